import type { Json, Property, UnavailableReason, Value, Variable } from '@throwpoint/protocol'
import { attribute, type Content, empty, html, type Html } from './html.ts'
import type { Sheet } from './sheet.ts'
import { count, cut, grouped } from './words.ts'

const longestLine = 160
/** Deeper ones are in the JSON: a browser lays out nested lists badly, and nobody reads them. */
const deepest = 16

interface Entry {
  readonly name: string
  readonly value: Value
  readonly key?: Value | undefined
}

/** Variables as a tree that opens without script. */
export function variableTree(variables: readonly Variable[], sheet: Sheet): Html {
  return tree(variables, sheet, 0)
}

/** One value whose members are shown at once. */
export function memberTree(value: Value, sheet: Sheet): Html {
  const { children } = value
  if (children === undefined || children.length === 0) return tree([{ name: '', value }], sheet, 0)
  return html`${tree(children.map(entryOf), sheet, 0, omitted(value))}`
}

/** Plain JSON, as the own properties of an error are. */
export function jsonTree(properties: Readonly<Record<string, Json>>, sheet: Sheet): Html {
  return tree(
    Object.entries(properties).map(([name, value]) => ({ name, value: valueOfJson(value, 0) })),
    sheet,
    0,
  )
}

function tree(entries: readonly Entry[], sheet: Sheet, depth: number, end: Content = null): Html {
  const rows: Html[] = []
  for (const entry of entries) {
    if (sheet.rows <= 0) {
      rows.push(html`<li class="why">… more in the JSON</li>`)
      break
    }
    sheet.rows -= 1
    rows.push(row(entry, sheet, depth))
  }
  return html`<ul class="tree">
    ${rows}${end}
  </ul>`
}

function entryOf({ name, key, value }: Property): Entry {
  return { name, key, value }
}

function row({ name, key, value }: Entry, sheet: Sheet, depth: number): Html {
  const label = labelOf(name, key)
  const id = value.refId === undefined ? undefined : attribute('id', `v${value.refId}`)
  const line = html`${label}${short(value)}${remarks(value)}`
  const more = moreOf({ name, key, value }, sheet, depth)
  return more === undefined
    ? html`<li><div class="row" ${id}>${line}</div></li>`
    : html`<li><details${id}><summary class="row">${line}</summary>${more}</details></li>`
}

function labelOf(name: string, key: Value | undefined): Content {
  if (key !== undefined) return html`<span class="k">${cut(lineOf(key), 80)}</span> ⇒ `
  return name === '' ? null : html`<span class="k">${cut(name, 120)}</span>: `
}

/** What opens below a row. */
function moreOf({ key, value }: Entry, sheet: Sheet, depth: number): Html | undefined {
  if (depth >= deepest) return undefined
  const children = (value.children ?? []).map(entryOf)
  const opensKey = key?.children !== undefined && key.children.length > 0
  if (children.length > 0 || opensKey) {
    const entries = opensKey ? [{ name: 'key', value: key }, ...children] : children
    return tree(entries, sheet, depth + 1, omitted(value))
  }
  const text = typeof value.value === 'string' ? value.value : value.description
  if (lineOf(value).length <= longestLine) return undefined
  return html`<pre class="long" tabindex="0" role="group" aria-label="Whole value">${text}</pre>`
}

function omitted({ size, children = [], type, unavailable }: Value): Content {
  if (size === undefined || type === 'string' || size <= children.length) return null
  const why = unavailable === undefined ? '' : ` (${reasons[unavailable]})`
  return html`<li class="why">… ${grouped(size - children.length)} more${why}</li>`
}

function short(value: Value): Html {
  const text = cut(lineOf(value), longestLine)
  const kind = kinds[value.subtype === 'null' ? 'null' : value.type]
  return kind === undefined ? html`<span>${text}</span>` : html`<span class="${kind}">${text}</span>`
}

const kinds: Readonly<Record<string, string | undefined>> = {
  string: 's',
  number: 'n',
  bigint: 'n',
  boolean: 'n',
  undefined: 'z',
  null: 'z',
  symbol: 's',
  function: 'k2',
}

function lineOf({ description, preview, type }: Value): string {
  if (preview === undefined || preview === description) return description
  return type !== 'object' || description === 'Object' ? preview : `${description} ${preview}`
}

function remarks({ unavailable, ref, size, type, value, children }: Value): Content {
  const texts: string[] = []
  if (type === 'string' && size !== undefined && typeof value === 'string' && size > value.length) {
    texts.push(`${count(size, 'character')} in all`)
  } else if (typeof value === 'string' && value.length > longestLine) {
    texts.push(count(value.length, 'character'))
  }
  if (unavailable !== undefined && (children === undefined || children.length === 0))
    texts.push(reasons[unavailable])
  const remark = texts.length === 0 ? empty : html` <span class="why">${texts.join(', ')}</span>`
  return ref === undefined ? remark : html`${remark} <a class="why" href="#v${ref}">shown elsewhere</a>`
}

const reasons: Readonly<Record<UnavailableReason, string>> = {
  getter: 'a getter, not called',
  redacted: 'hidden by redaction',
  'revoked-proxy': 'a revoked proxy',
  unreadable: 'cannot be read',
  uninitialized: 'not initialised yet',
  depth: 'deeper levels were not read',
  properties: 'the limit of properties',
  items: 'the limit of items',
  'string-length': 'the limit of characters',
  bytes: 'the limit of bytes',
  budget: 'not read in time',
  detached: 'transferred elsewhere',
  engine: 'this engine does not see it',
}

function valueOfJson(json: Json, depth: number): Value {
  if (typeof json === 'string') return { type: 'string', description: JSON.stringify(json), value: json }
  if (typeof json === 'number') return { type: 'number', description: String(json), value: json }
  if (typeof json === 'boolean') return { type: 'boolean', description: String(json), value: json }
  if (json === null) return { type: 'object', subtype: 'null', description: 'null', value: null }
  const list = Array.isArray(json)
  const entries = Object.entries(json)
  const description = list ? `Array(${entries.length})` : entries.length === 0 ? '{}' : '{…}'
  if (depth >= deepest) return { type: 'object', description, unavailable: 'depth' }
  return {
    type: 'object',
    ...(list ? { subtype: 'array' as const } : {}),
    description,
    children: entries.map(([name, value]) => ({
      name,
      kind: 'data' as const,
      value: valueOfJson(value as Json, depth + 1),
    })),
  }
}
