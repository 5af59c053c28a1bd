import { safeGet } from '../primordials.ts'

/**
 * Whether an error is an HTTP answer in the form of an error: one that may be shown to the client (`expose`, as
 * http-errors marks 4xx errors, those of body-parser, send and `ctx.throw` included), or one Express makes itself.
 * A bare numeric `status` is not enough: an unhandled error of an HTTP client carries one too.
 */
export function isExpectedError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const get = (name: string): unknown => safeGet(error, name).value
  if (get('expose') === true) return true
  if (get('status') === 404) return isMissingFile(get)
  if (get('status') !== 400) return false
  const message = get('message')
  if (typeof message !== 'string') return false
  // Express' decode_param: a URIError with a status, and no `expose`.
  if (message.startsWith('Failed to decode param')) return true
  // co-body, behind Koa's body parsers: a SyntaxError of JSON.parse with the body that was sent.
  const syntax =
    get('name') === 'SyntaxError' || message.startsWith('invalid JSON, only supports object and array')
  return syntax && typeof get('body') === 'string'
}

/** res.sendFile, res.download and express.static: `send` hides the error of `stat`, which names a path. */
function isMissingFile(get: (name: string) => unknown): boolean {
  const code = get('code')
  const missing = code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG'
  return missing && get('expose') === false && get('syscall') === 'stat'
}
