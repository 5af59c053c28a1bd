import type { Property, Value } from '@throwpoint/protocol'
import { columnsOf, fit, head } from '../report/columns.ts'
import type { Paint } from '../report/paint.ts'
import { isPlainArray, valueLine } from '../report/value-line.ts'
import { oneLine, visible } from '../report/visible.ts'

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u
/** Lines of one value. */
const mostLines = 400

/** A value on one line, at most so many columns. */
export function briefText(value: Value, columns: number): string {
  return fit(oneLine(head(brief(value), columns * 4 + 20).text), columns)
}

function brief(value: Value): string {
  return value.ref === undefined || value.unavailable === 'redacted'
    ? valueLine(value)
    : `${value.description} [shown above]`
}

/** How a value is set in lines. */
interface Sheet {
  readonly paint: Paint
  readonly columns: number
  /** Levels that are opened. */
  readonly levels: number
}

/**
 * A value as a tree of lines, as deep as its picture goes; what fits into a line stays on one. Everything that was cut
 * says so.
 *
 * @param most lines: above that fewer levels are opened, down to one
 */
export function valueLines(value: Value, paint: Paint, columns: number, most: number = mostLines): string[] {
  const width = Math.max(30, columns)
  for (let levels = most === mostLines ? 100 : 4; ; levels--) {
    const lines = tree(value, { paint, columns: width, levels }, 0)
    if (lines.length <= most) return lines
    if (levels > 1 && levels < 100) continue
    const left = lines.length - most
    const more = omitted(value).replace('… ', ', and ')
    return [...lines.slice(0, most), paint.dim(`… ${left} more ${left === 1 ? 'line' : 'lines'}${more}`)]
  }
}

/** @param taken columns of the first line that something else takes */
function tree(value: Value, sheet: Sheet, level: number, taken = 0): string[] {
  const { paint } = sheet
  const children = childrenOf(value)
  if (children.length === 0 || level >= sheet.levels)
    return [leaf(value, paint, sheet.columns - level * 2 - taken - 1)]
  const { open, close, prefix } = brackets(value)
  const isFlat = children.every(({ value: child, key }) => {
    return (isLeaf(child) || level + 1 >= sheet.levels) && (key === undefined || isLeaf(key))
  })
  const columns = sheet.columns - level * 2
  const more = omitted(value)
  if (isFlat) {
    const plain = children.map((child) => label(child, value) + plainLeaf(child.value))
    const length =
      columnsOf(prefix) + plain.reduce((sum, part) => sum + columnsOf(part) + 2, 4) + columnsOf(more)
    const parts = children.map((child) => label(child, value) + leaf(child.value, paint))
    if (more !== '') parts.push(paint.dim(more))
    if (length <= columns) {
      return [`${prefix}${open} ${parts.join(', ')} ${close}${mark(value, paint)}`]
    }
    const isList = open === '[' && plain.every((part) => part.length < 20)
    if (isList)
      return [`${prefix}${open}${mark(value, paint)}`, ...flowed(parts, [...plain, more], columns - 2), close]
  }
  const lines = [`${prefix}${open}${mark(value, paint)}`]
  children.forEach((child, index) => {
    const name = label(child, value)
    const inner = tree(child.value, sheet, level + 1, columnsOf(name))
    inner[0] = `${name}${inner[0]}`
    if (index < children.length - 1 || more !== '') inner[inner.length - 1] += ','
    lines.push(...inner.map((line) => `  ${line}`))
  })
  if (more !== '') lines.push(`  ${paint.dim(more)}`)
  lines.push(close)
  return lines
}

/** Short items, as many in a line as fit. */
function flowed(parts: readonly string[], plain: readonly string[], columns: number): string[] {
  const lines: string[] = []
  let line = ''
  let taken = 0
  parts.forEach((part, index) => {
    const width = columnsOf(plain[index] ?? '') + 2
    if (line !== '' && taken + width > columns) {
      lines.push(`  ${line},`)
      line = ''
      taken = 0
    }
    line += line === '' ? part : `, ${part}`
    taken += width
  })
  lines.push(`  ${line}`)
  return lines
}

function isLeaf(value: Value): boolean {
  return childrenOf(value).length === 0
}

/** Of an error without what its first line says. */
function childrenOf({ children = [], subtype }: Value): readonly Property[] {
  if (subtype !== 'error') return children
  return children.filter(({ name }) => !['name', 'stack', 'message'].includes(name))
}

/** Referred to from elsewhere. */
function mark({ refId }: Value, paint: Paint): string {
  return refId === undefined ? '' : ` ${paint.dim(`*${refId}`)}`
}

function brackets(value: Value): { open: string; close: string; prefix: string } {
  const { description, subtype } = value
  const list = subtype === 'array' || subtype === 'typedarray'
  const [open, close] = list ? ['[', ']'] : ['{', '}']
  const name = oneLine(head(description, 200).text)
  const isBare = description === 'Object' || isPlainArray(value)
  return { open: open!, close: close!, prefix: isBare ? '' : `${name} ` }
}

function label({ name, kind, key }: Property, owner: Value): string {
  if (key !== undefined) return `${plainLeaf(key)} => `
  if (kind === 'entry') return ''
  if (owner.subtype === 'array' && kind === 'data' && name.startsWith('[')) return ''
  const shown = oneLine(head(name, 100).text)
  return `${kind !== 'data' || identifier.test(shown) || /^\[|^Symbol\(/.test(shown) ? shown : quotedName(shown)}: `
}

function quotedName(name: string): string {
  return valueLine({ type: 'string', description: JSON.stringify(name) })
}

function plainLeaf(value: Value): string {
  if (value.unavailable === 'redacted') return '[redacted]'
  if (value.ref !== undefined) return `[as *${value.ref}]`
  const text =
    value.children?.length === 0 && value.subtype !== 'error' ? emptyText(value) : oneLine(closedText(value))
  return head(text, 2000).text
}

/** An object that is not opened here. */
function closedText(value: Value): string {
  if (value.unavailable !== 'depth' || value.type !== 'object' || value.preview !== undefined)
    return brief(value)
  const { description } = value
  if (description === 'Object') return '{…}'
  return /\(\d+\)$/.test(description) || value.subtype === 'error' ? description : `${description} {…}`
}

function emptyText(value: Value): string {
  const { open, close, prefix } = brackets(value)
  return `${prefix}${open}${close}`
}

/** @param columns an object that is not opened takes no more; a text is not cut */
function leaf(value: Value, paint: Paint, columns = Infinity): string {
  const plain = plainLeaf(value)
  const text = value.type === 'object' && columns !== Infinity ? fit(plain, Math.max(20, columns - 4)) : plain
  return `${toneOf(value, paint)(text)}${mark(value, paint)}`
}

function toneOf({ type, subtype, unavailable }: Value, paint: Paint): (text: string) => string {
  if (unavailable === 'redacted') return paint.warn
  if (unavailable !== undefined && type !== 'string') return paint.dim
  if (subtype === 'error') return paint.error
  if (type === 'string') return paint.good
  if (type === 'number' || type === 'bigint' || type === 'boolean') return paint.warn
  if (type === 'undefined' || subtype === 'null') return paint.dim
  if (type === 'function' || type === 'symbol') return paint.place
  return (text) => text
}

const reasons: Partial<Record<NonNullable<Value['unavailable']>, string>> = {
  properties: 'more properties',
  items: 'more items',
  depth: 'deeper',
  budget: 'there was no time to read more',
  bytes: 'there was no room for more',
  'string-length': 'more characters',
}

function omitted({ unavailable, size, children = [] }: Value): string {
  if (unavailable === undefined) return ''
  const reason = reasons[unavailable]
  if (reason === undefined) return ''
  const left = size === undefined ? 0 : size - children.length
  if (left > 0 && (unavailable === 'items' || unavailable === 'properties')) return `… ${left} ${reason}`
  return `… ${reason}`
}

/** A string as it is, in lines; undefined for anything else. */
export function rawLines(value: Value): string[] | undefined {
  if (typeof value.value !== 'string' || value.unavailable === 'redacted') return undefined
  const lines = visible(value.value).split('\n')
  if (value.size !== undefined) lines.push(`… ${value.size - value.value.length} more characters`)
  return lines
}
