import { safeGet } from '../primordials.ts'

/**
 * Whether an error is an HTTP answer in the form of an error: one that may be shown to the client (`expose`, as
 * http-errors marks 4xx errors, those of body-parser, send and `ctx.throw` included), or one Express makes itself.
 * A bare numeric `status` is not enough: an unhandled error of an HTTP client carries one too.
 */
export function isExpectedError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  if (safeGet(error, 'expose').value === true) return true
  // Express' decode_param: a URIError with a status, and no `expose`.
  const message = safeGet(error, 'message').value
  return (
    safeGet(error, 'status').value === 400 &&
    typeof message === 'string' &&
    message.startsWith('Failed to decode param')
  )
}
