import type { ServerResponse } from 'node:http'

/**
 * The headers of a response whose head was made, by lower-case name. `res.writeHead(200, headers)` on a response
 * without any other keeps none that `getHeader` would find: what was sent stands in `_header`, which Node has had
 * since its beginning.
 */
export function sentHeaders(res: ServerResponse): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  for (const [name, value] of Object.entries(res.getHeaders())) headers.set(name.toLowerCase(), String(value))
  const { _header: head } = res as { _header?: unknown }
  if (typeof head !== 'string') return headers
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  return headers
}
