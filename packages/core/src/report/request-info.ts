import { parse } from 'node:querystring'
import type { Limits, RequestInfo, Value } from '@throwpoint/protocol'
import type { Redactor } from '../redact/redactor.ts'
import type { Exchange, RequestDetails } from '../scope/exchange.ts'
import type { ValueReader } from '../value/read-value.ts'
import { hideParams } from './hide-params.ts'

interface Reading {
  readonly reader: ValueReader
  readonly redactor: Redactor
  readonly limits: Limits
}

/** What the report says of the request. A part that cannot be read is left out. */
export function requestInfo(exchange: Exchange, { reader, redactor, limits }: Reading): RequestInfo {
  const { req } = exchange
  const url = originalUrl(req)
  const details = detailsOf(exchange)
  const query = queryOf(url, limits)
  const body = bodyWithin(details.body, limits)
  return {
    method: req.method ?? '',
    url: redactor.text(cutText(hideParams(url, details.params, redactor), limits.stringLength)),
    httpVersion: req.httpVersion,
    headers: headerPairs(req.rawHeaders, redactor, limits),
    ...(details.route === undefined ? {} : { route: details.route }),
    ...optional('params', details.params, reader),
    ...optional('query', query, reader),
    ...optional('body', body, reader),
  }
}

function originalUrl(req: { url?: string | undefined }): string {
  const { originalUrl } = req as { originalUrl?: unknown }
  return typeof originalUrl === 'string' ? originalUrl : (req.url ?? '')
}

function detailsOf(exchange: Exchange): RequestDetails {
  try {
    return exchange.adapter.details(exchange)
  } catch {
    return {}
  }
}

function optional<Name extends string>(
  name: Name,
  value: unknown,
  reader: ValueReader,
): { [Key in Name]?: Value } {
  if (value === undefined || value === null) return {}
  return { [name]: reader.read(value) } as { [Key in Name]: Value }
}

/** Read from the URL and not from `req.query`, whose getter may be the application's. */
function queryOf(url: string, limits: Limits): unknown {
  const start = url.indexOf('?')
  if (start === -1) return undefined
  return parse(url.slice(start + 1, start + 1 + limits.stringLength), '&', '=', {
    maxKeys: limits.properties,
  })
}

function bodyWithin(body: unknown, limits: Limits): unknown {
  if (typeof body === 'string') return cutText(body, limits.bodyBytes)
  if (ArrayBuffer.isView(body) && body.byteLength > limits.bodyBytes) {
    return Buffer.from(body.buffer, body.byteOffset, limits.bodyBytes)
  }
  return body
}

/** A flat list of names and values, as they came. */
export function headerPairs(
  flat: readonly unknown[],
  redactor: Redactor,
  limits: Pick<Limits, 'stringLength'>,
): Array<readonly [string, string]> {
  const pairs: Array<readonly [string, string]> = []
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = String(flat[at])
    // HTTP/2 pseudo headers repeat the request line.
    if (name.startsWith(':')) continue
    pairs.push([name, cutText(redactor.header(name, String(flat[at + 1])), limits.stringLength)])
  }
  return pairs
}

function cutText(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}… (${text.length} characters)` : text
}
