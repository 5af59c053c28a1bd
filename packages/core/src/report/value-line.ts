import type { Value } from '@throwpoint/protocol'

/** A value on one line, as Node's `inspect` sets it: `'tea'`, `{ id: 7, rows: Array(2) }`, `Order { id: 7 }`. */
export function valueLine(value: Value): string {
  if (value.unavailable === 'redacted') return '[redacted]'
  const { type, description, preview, subtype } = value
  if (type === 'string') return singleQuoted(description)
  if (preview === undefined || subtype === 'error') return description
  if (description === 'Object' || isPlainArray(value)) return preview
  return `${description} ${preview}`
}

/** An array whose class says nothing. */
export function isPlainArray({ description, subtype }: Value): boolean {
  return subtype === 'array' && /^Array\(\d+\)$/.test(description)
}

/** A text in double quotes, as JSON has it, in single quotes unless it has such quotes itself. */
function singleQuoted(text: string): string {
  const [, inner, rest] = /^"([^]*)"(…?)$/.exec(text) ?? []
  if (inner === undefined || inner.includes("'")) return text
  return `'${inner.replaceAll(/\\([^])/g, (whole, escaped: string) => (escaped === '"' ? '"' : whole))}'${rest}`
}
