import { types } from 'node:util'
import type { Exchange } from '../scope/exchange.ts'
import { safeGet } from '../primordials.ts'

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
  const { req, res } = exchange
  const socket = req.socket as { errored?: unknown; destroyed?: boolean } | null
  if (socket?.errored === error) return true
  if (exchange.destroyed !== undefined || exchange.outcome === 'cut') return false
  if (req.httpVersionMajor >= 2) return req.aborted && !res.writableEnded
  return (req.aborted || socket?.destroyed === true) && !exchange.finished
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
