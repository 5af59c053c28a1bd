import { OutgoingMessage, ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Exchange } from '../scope/exchange.ts'
import { later } from '../later.ts'
import type { Answer } from './answerer.ts'

/**
 * The last moment of a response: the framework or the process is about to leave its client with nothing, or with
 * the beginning of an answer. Everything here is synchronous and goes around what middlewares put on the response
 * (compression replaces `res.end`, sessions hook `res.writeHead`), because there is no later.
 */

const nativeWrite = OutgoingMessage.prototype.write
const nativeEnd = OutgoingMessage.prototype.end
const nativeWriteHead = ServerResponse.prototype.writeHead

/** Sends a whole answer on a response that has no head yet. */
export function sendAnswer(res: ServerResponse, status: number, answer: Answer): void {
  for (const name of res.getHeaderNames()) res.removeHeader(name)
  if (!(res instanceof OutgoingMessage)) return sendHttp2(res, status, answer)
  res.statusCode = status
  setHeaders(res, answer)
  res.setHeader('Content-Length', Buffer.byteLength(answer.body))
  // The process may be about to die, and the body of the request may never be read: this connection ends here.
  res.setHeader('Connection', 'close')
  Reflect.apply(nativeWriteHead, res, [status, STATUS_CODES[status]])
  Reflect.apply(nativeEnd, res, [res.req?.method === 'HEAD' ? undefined : answer.body])
  flush(res.socket)
}

/** Writes into a body that has begun; false when the bytes cannot leave any more. */
export function writeNotice(res: ServerResponse, notice: string): boolean {
  if (res.writableEnded || res.destroyed) return false
  if (!(res instanceof OutgoingMessage)) {
    ;(res as ServerResponse).write(notice)
    noticed.add(res)
    return true
  }
  // Behind another response on this connection (pipelining): it has no socket of its own yet.
  if (res.socket === null || res.socket.destroyed) return false
  Reflect.apply(nativeWrite, res, [notice])
  flush(res.socket)
  holdOpen(res.socket)
  return true
}

/** How long a browser has to read a notice: it drops what it has not parsed yet when it learns of the broken end. */
const readingMs = 300
const noticed = new WeakSet<object>()

/**
 * Whoever destroys this socket now does so a moment later. Until then nothing is written any more: what an application
 * writes behind its failure, above all a valid end, would not have left a destroyed socket either.
 */
function holdOpen(socket: Socket): void {
  if (noticed.has(socket)) return
  noticed.add(socket)
  let over = false
  let reason: Error | undefined
  const restore = [
    shadow(socket, 'destroy', function destroyLater(error?: Error): Socket {
      over = true
      reason ??= error
      return socket
    }),
    shadow(socket, 'write', function writeNothing(): boolean {
      over = true
      return false
    }),
  ]
  later(readingMs, () => {
    for (const take of restore) take()
    noticed.delete(socket)
    if (over) socket.destroy(reason)
  })
}

/** Gives an object an own method for a while; returns what takes it back. */
function shadow<Name extends 'destroy' | 'write'>(
  socket: Socket,
  name: Name,
  method: Socket[Name],
): () => void {
  const own = Object.getOwnPropertyDescriptor(socket, name)
  Object.defineProperty(socket, name, { value: method, configurable: true, writable: true })
  return () => {
    if (own === undefined) delete (socket as Partial<Socket>)[name]
    else Object.defineProperty(socket, name, own)
  }
}

/** Ends the connection so that the client can tell that the answer is not whole. */
export function cut(exchange: Exchange): void {
  const { req, res } = exchange
  const stream = (res as { stream?: { close?: (code: number) => void } }).stream
  if (req.httpVersionMajor >= 2 && typeof stream?.close === 'function') {
    // INTERNAL_ERROR, RFC 9113 section 7
    if (noticed.has(res)) later(readingMs, () => stream.close?.(2))
    else stream.close(2)
    return
  }
  const socket = req.socket as Socket | null
  if (socket === null || socket.destroyed) return
  // More was written than announced, and Node refused: to flush it would make it a whole answer.
  const full = (exchange.body?.bytes ?? exchange.whole) >= Number(res.getHeader('Content-Length'))
  if (noticed.has(socket) || (full && !exchange.headOnTheWire)) return void socket.destroy()
  flush(socket)
  // What was written before still arrives; the missing last chunk or the missing bytes say the rest.
  if (socket.writableLength > 0) socket.destroySoon()
  else socket.destroy()
}

/** A withheld answer brings no headers for its own body: in the framework's answer they would describe another one. */
function setHeaders(res: ServerResponse, answer: Answer): void {
  for (const [name, value] of answer.headers) res.setHeader(name, value)
  if (answer.withheld === undefined) return
  res.setHeader('Content-Type', 'text/plain; charset=utf-8')
  res.setHeader('Cache-Control', 'no-store, no-transform')
  res.setHeader('X-Content-Type-Options', 'nosniff')
}

function sendHttp2(res: ServerResponse, status: number, answer: Answer): void {
  res.statusCode = status
  setHeaders(res, answer)
  res.end(answer.body)
}

/** Node corks the socket until the next tick; a dying process has none. */
function flush(socket: Socket | null): void {
  while (socket !== null && socket.writableCorked > 0) socket.uncork()
}
