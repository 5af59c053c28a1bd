import { types } from 'node:util'
import { safeGet } from '../primordials.ts'
import type { Exchange } from '../scope/exchange.ts'

const abortCodes = new Set<unknown>([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ABORT_ERR',
  // `server.requestTimeout`, `headersTimeout`: Node has cut the connection.
  'ERR_HTTP_REQUEST_TIMEOUT',
])

/**
 * Whether an error only says that the client went away. The code alone cannot tell: a stream destroyed on this side
 * produces the same ones. So the peer must have gone first.
 */
export function isClientAbort(error: unknown, exchange: Exchange): boolean {
  if (typeof error !== 'object' || error === null) return false
  const code = safeGet(error, 'code').value
  // What Node's parser says of a request that broke off; it says the same of an upstream's answer.
  const isParserError = typeof code === 'string' && code.startsWith('HPE_')
  if (!isParserError && !abortCodes.has(code) && !isAbortException(error) && !saysAborted(error)) return false
  const socket = exchange.req.socket as { errored?: unknown } | null
  return socket?.errored === error || clientHasGone(exchange)
}

/** Whether the peer has left before it had its answer, and not because of something on this side. */
export function clientHasGone(exchange: Exchange): boolean {
  const { req, res } = exchange
  if (exchange.destroyed !== undefined || exchange.outcome === 'cut') return false
  if (req.httpVersionMajor >= 2) return req.aborted && !res.writableEnded
  return (
    (req.aborted || (req.socket as { destroyed?: boolean } | null)?.destroyed === true) && !exchange.finished
  )
}

/** The exchange whose listeners hear right now that the client has gone. */
let told: Exchange | undefined

/** Runs listeners of a request whose client has gone, and notes with which reasons they abort what they have begun. */
export function tellOfAbort<T>(exchange: Exchange, emit: () => T): T {
  const outer = told
  told = exchange
  const restore = outer === undefined ? noteReasons() : undefined
  try {
    return emit()
  } finally {
    told = outer
    restore?.()
  }
}

function noteReasons(): (() => void) | undefined {
  const owner = AbortController.prototype
  const descriptor = Object.getOwnPropertyDescriptor(owner, 'abort')
  if (descriptor?.configurable !== true || typeof descriptor.value !== 'function') return undefined
  const original = descriptor.value as (reason?: unknown) => void
  function abort(this: AbortController, reason?: unknown): void {
    if (told !== undefined && reason !== undefined) (told.abortReasons ??= []).push(reason)
    return Reflect.apply(original, this, arguments)
  }
  Object.defineProperty(owner, 'abort', { ...descriptor, value: abort })
  return () => {
    if (owner.abort === abort) Object.defineProperty(owner, 'abort', descriptor)
  }
}

/**
 * Whether an error is the reason with which the application has aborted its own work because the client has gone:
 * `controller.abort(new Error('gone'))` in a listener for 'close' or 'aborted' of the request or the response. It comes
 * back later, through a promise or a stream.
 */
export function isAbortReason(error: unknown, exchange: Exchange): boolean {
  return exchange.abortReasons?.some((reason) => Object.is(reason, error)) === true
}

const exceptionName = Object.getOwnPropertyDescriptor(DOMException.prototype, 'name')!.get!

/** Parsers of uploads (multer, formidable) make an error without a code when a request breaks off. */
function saysAborted(error: object): boolean {
  const message = safeGet(error, 'message').value
  return typeof message === 'string' && /^request (?:aborted|closed)$/i.test(message)
}

/** An `AbortError` of an AbortController: its name is behind a getter of the platform, which may be called. */
function isAbortException(error: object): boolean {
  if (types.isProxy(error)) return false
  try {
    return Reflect.apply(exceptionName, error, []) === 'AbortError'
  } catch {
    return false
  }
}

/** Whether an error is what a destroyed response or source leaves behind, after the real one was noted. */
export function isAftermath(error: unknown, exchange: Exchange): boolean {
  if (typeof error !== 'object' || error === null) return false
  if (exchange.records === undefined) return false
  if (exchange.destroyed === undefined && exchange.outcome === undefined) return false
  const code = safeGet(error, 'code').value
  // An HTTP/2 stream that was cut tells its own side too.
  return abortCodes.has(code) || (exchange.outcome === 'cut' && code === 'ERR_HTTP2_STREAM_ERROR')
}
