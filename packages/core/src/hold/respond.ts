import { ServerResponse } from 'node:http'
import type { Exchange } from '../scope/exchange.ts'
import type { Release } from './hold.ts'

type Answer = Extract<Release, { kind: 'respond' }>

/** What described another body, and must not stand beside this one. */
const ofOtherBody =
  /^(?:content-(?:type|length|encoding|range|disposition|language|location|md5)|transfer-encoding|etag|last-modified|accept-ranges|trailer)$/

/** @returns true, or why this client cannot be answered any more */
export function canAnswer(exchange: Exchange): true | string {
  const { res } = exchange
  if (!exchange.connected) return 'the client has gone'
  if (res.writableEnded) return 'the response is finished'
  if (res.headersSent) return 'the status and the headers of the response have been sent'
  return res.destroyed ? 'the connection of the response is closed' : true
}

/**
 * Answers with what somebody typed. It goes through `res.end` as the application's answers do: sessions are saved,
 * bodies compressed and requests logged. The headers the application has set stay, but for those of a body.
 */
export function respond({ req, res }: Exchange, { status, headers, body }: Answer): void {
  for (const name of res.getHeaderNames()) if (ofOtherBody.test(name)) res.removeHeader(name)
  res.statusCode = status
  if (res instanceof ServerResponse) res.statusMessage = ''
  const seen = new Set<string>()
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    if (seen.has(key)) res.appendHeader(name, value)
    else res.setHeader(name, value)
    seen.add(key)
  }
  const bodiless = status === 204 || status === 304
  if (!bodiless && !seen.has('content-type')) res.setHeader('Content-Type', 'text/plain; charset=utf-8')
  if (!bodiless) res.setHeader('Content-Length', Buffer.byteLength(body))
  if (bodiless || req.method === 'HEAD') res.end()
  else res.end(body)
}
