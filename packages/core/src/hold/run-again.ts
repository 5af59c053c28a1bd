import { AsyncLocalStorage } from 'node:async_hooks'
import { IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { guard } from '../recorder/guard.ts'
import type { Exchange } from '../scope/exchange.ts'
import { canAnswer } from './respond.ts'

type ServedSocket = Socket & { server?: Server; _httpMessage?: unknown }

/** What Node's server sets on the responses it makes. */
interface Internals {
  _keepAliveTimeout?: unknown
  _maxRequestsPerSocket?: unknown
  _last?: boolean
  _header?: unknown
  _closed?: boolean
  finished?: boolean
  destroyed?: boolean
}

/** The context of no request. */
const outside = AsyncLocalStorage.snapshot()

/** @returns true, or why this request cannot run once more on its connection */
export function canRunAgain(exchange: Exchange): true | string {
  const { req, res, tape } = exchange
  const answerable = canAnswer(exchange)
  if (answerable !== true) return answerable
  if (req.httpVersionMajor >= 2) return 'a request over HTTP/2 cannot run again on its stream'
  const socket = req.socket as ServedSocket
  if (!(res instanceof ServerResponse) || typeof socket.server?.emit !== 'function')
    return 'its connection belongs to no server of node:http'
  if (socket._httpMessage !== res) return 'another response of this connection has to be sent first'
  if (!hasBody(req)) return true
  if (!req.complete) return 'the body of the request has not been received to its end'
  const missing = tape === undefined ? 'late' : tape.request.missing('late')
  if (missing === undefined) return true
  return missing === 'limit'
    ? 'the body of the request is too large to be kept (limits.bodyBytes)'
    : 'the body of the request was not recorded from its beginning: nobody was there when it came, or the middleware is not the first'
}

function hasBody({ headers }: IncomingMessage): boolean {
  if (headers['transfer-encoding'] !== undefined) return true
  return Number(headers['content-length'] ?? 0) > 0
}

/**
 * Sends the same request through the whole application once more. It gets a request and a response of its own, because
 * those of the first run carry all that the application did to them; the connection is handed over, and back when the
 * new response is done, so that for Node the first response is the one that ended.
 */
export function runAgain(exchange: Exchange): void {
  const { req, tape } = exchange
  const res = exchange.res as ServerResponse & Internals
  const socket = req.socket as ServedSocket
  const request = new IncomingMessage(socket)
  const { httpVersion, httpVersionMajor, httpVersionMinor, method, rawHeaders } = req
  const url = tape?.url ?? originalUrl(exchange)
  Object.assign(request, { httpVersion, httpVersionMajor, httpVersionMinor, method, url })
  setHeaders(request, [...(tape?.headers ?? rawHeaders)], req)
  const body = tape?.request.kept
  if (body !== undefined && body.byteLength > 0) request.push(body)
  request.complete = true
  request.push(null)

  const response = new ServerResponse(request) as ServerResponse & Internals
  response._keepAliveTimeout = res._keepAliveTimeout
  response._maxRequestsPerSocket = res._maxRequestsPerSocket
  response.shouldKeepAlive = res.shouldKeepAlive
  res.detachSocket(socket)
  response.assignSocket(socket)

  let over = false
  response.once('finish', () => {
    over = true
    response.detachSocket(socket)
    ;(request as { _dump?: () => void })._dump?.()
    process.nextTick(() => guard(() => close(response)))
    // Node's own listener for 'finish' of the first response goes on with the connection.
    res.assignSocket(socket)
    res.statusCode = response.statusCode
    res._header = response._header
    res._last = response._last ?? false
    res.finished = true
    res.emit('finish')
  })
  // The client went away meanwhile.
  response.once('close', () => {
    if (over) return
    over = true
    request.destroy()
    guard(() => close(res))
  })
  outside(() => socket.server!.emit('request', request, response))
}

/** `headers` is made from `rawHeaders` and a count that only this method sets. */
function setHeaders(request: IncomingMessage, raw: string[], before: IncomingMessage): void {
  const { joinDuplicateHeaders } = before as { joinDuplicateHeaders?: boolean }
  if (joinDuplicateHeaders !== undefined) Object.assign(request, { joinDuplicateHeaders })
  const { _addHeaderLines: add } = request as { _addHeaderLines?: (lines: string[], count: number) => void }
  if (typeof add === 'function') return add.call(request, raw, raw.length)
  request.rawHeaders = raw
  request.headers = { ...before.headers }
}

function close(res: ServerResponse & Internals): void {
  if (res._closed === true) return
  res.destroyed = true
  res._closed = true
  res.emit('close')
}

function originalUrl({ req, context }: Exchange): string {
  const kept =
    (req as { originalUrl?: unknown }).originalUrl ?? (context as { originalUrl?: unknown })?.originalUrl
  return typeof kept === 'string' ? kept : (req.url ?? '/')
}
