// Held from the start: an application may replace it.
const { stringify } = JSON

/** A report, or a part of one, as JSON. Calls no `toJSON` that somebody put on a prototype. */
export function jsonText(value: unknown): string {
  if (!('toJSON' in Object.prototype) && !('toJSON' in Array.prototype)) return stringify(value)
  return plain(value) ?? 'null'
}

function plain(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'function' ? undefined : stringify(value)
  const parts: string[] = []
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) parts[at] = plain(value[at]) ?? 'null'
    return `[${parts.join(',')}]`
  }
  const keys = Object.keys(value)
  for (let at = 0; at < keys.length; at++) {
    const text = plain((value as Record<string, unknown>)[keys[at]!])
    if (text !== undefined) parts[parts.length] = `${stringify(keys[at])}:${text}`
  }
  return `{${parts.join(',')}}`
}
