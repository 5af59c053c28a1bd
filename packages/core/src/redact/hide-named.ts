import type { Property, Value } from '@throwpoint/protocol'
import { looksSecret } from './looks-secret.ts'
import { hidesText, marker, type Names, type Rule, wordSet } from './names.ts'
import { isList, isPlain, renameProperties, rewriteList, rewriteObject } from './rewrite.ts'

/** What the report may show of a text; and where what was hidden is remembered. */
export interface Texts {
  readonly names: Names
  text(text: string): string
  source(text: string): string
  header(name: string, value: string): string
  remember(secret: string): void
}

/** Fields of a report, not of what is in it, that are words of ours or that something is looked up by. */
export const fixedFields: Readonly<Record<string, true>> = wordSet(`
  boundary client cwd file fingerprint format id kind outcome platform relation subtype time type unavailable used
`)

/**
 * The report without what its names and shapes say is secret. Most of it was hidden when it was read; here is seen what
 * only the whole shows: what stands in `cookies` and `credentials`, what an error has in its own properties.
 */
export function hideNamed<T extends object>(report: T, texts: Texts): T {
  return rewriteObject(report, (value, name) => part(value, name, texts))
}

function part(value: unknown, field: string, texts: Texts): unknown {
  if (typeof value === 'string') return field in fixedFields ? value : texts.text(value)
  if (isList(value)) {
    if (field === 'headers') return rewriteList(value, (pair) => headerPair(pair, texts))
    return rewriteList(value, (item) => part(item, field, texts))
  }
  if (!isPlain(value)) return value
  if (field === 'properties') return json(value, '', false, texts, 0)
  if (field === 'source' || field === 'sources') return sourceTexts(value, texts)
  if (isValue(value)) return hideInValue(value, undefined, false, texts)
  if (isVariable(value)) {
    const { name } = value
    return rewriteObject(value, (inner, key) => {
      // A thrown value that is no error has a message beside its name and value.
      return key === 'value' ? hideInValue(inner as Value, name, false, texts) : part(inner, key, texts)
    })
  }
  return rewriteObject(value, (inner, name) => part(inner, name, texts))
}

function sourceTexts(source: object, texts: Texts): object {
  return rewriteObject(source, (value) => {
    if (typeof value === 'string') return texts.source(value)
    if (!isList(value)) return value
    return rewriteList(value, (line) => (typeof line === 'string' ? texts.source(line) : line))
  })
}

function headerPair(pair: unknown, texts: Texts): unknown {
  if (!isList(pair) || typeof pair[0] !== 'string' || typeof pair[1] !== 'string') return pair
  const name = pair[0]
  return rewriteList(pair, (value, index) => (index === 1 ? texts.header(name, value as string) : value))
}

export function isValue(value: Readonly<Record<string, unknown>>): value is Record<string, unknown> & Value {
  return typeof value['description'] === 'string' && typeof value['type'] === 'string'
}

function isVariable(value: Readonly<Record<string, unknown>>): value is { name: string; value: Value } {
  const { name, value: inner } = value
  return typeof name === 'string' && isPlain(inner) && isValue(inner)
}

const noRule: Rule = { verdict: 'never' }

function hideInValue(value: Value, name: string | undefined, safe: boolean, texts: Texts): Value {
  const { names } = texts
  if (value.unavailable === 'redacted') return value
  const rule = name === undefined ? noRule : names.rule(name)
  const kept = name !== undefined && names.keeps(name)
  if (hidesPrimitive(value.value, rule, safe && !kept, texts)) return hiddenValue(value)
  const inSafe = !kept && (safe || (name !== undefined && names.isSafe(name)))
  let hidden = false
  const children =
    value.children === undefined
      ? undefined
      : rewriteList(value.children, (child) => {
          const changed = hideInProperty(child, value, name, rule, inSafe, texts)
          hidden ||= changed.value !== child.value && changed.value.unavailable === 'redacted'
          return changed
        })
  return rewriteObject(value, (field, key) => {
    if (key === 'children') return children
    // It repeats what was hidden in it just now.
    if (key === 'preview' && hidden) return `{ ${marker} }`
    return typeof field === 'string' && !(key in fixedFields) ? texts.text(field) : field
  })
}

function hideInProperty(
  property: Property,
  owner: Value,
  ownerName: string | undefined,
  ownerRule: Rule,
  safe: boolean,
  texts: Texts,
): Property {
  const name = nameOf(property, ownerName)
  return rewriteObject(property, (field, key) => {
    if (key === 'name') return texts.text(field as string)
    if (key === 'key') return hideInValue(field as Value, undefined, false, texts)
    if (key !== 'value') return field
    const value = field as Value
    // In `tokens: [...]` the items have no names of their own.
    if (isItem(property, owner) && hidesItem(value.value, ownerRule, texts)) return hiddenValue(value)
    return hideInValue(value, name, safe, texts)
  })
}

/** An internal slot is the object itself: the target of a proxy, the value of a promise. */
function nameOf({ name, kind, key }: Property, ownerName: string | undefined): string | undefined {
  if (kind === 'internal') return ownerName
  if (key !== undefined) return typeof key.value === 'string' ? key.value : undefined
  return name
}

function isItem({ kind, key, name }: Property, { subtype }: Value): boolean {
  if (kind === 'entry') return key === undefined
  return subtype === 'array' && kind === 'data' && name[0] === '['
}

function hidesItem(item: unknown, { verdict }: Rule, texts: Texts): boolean {
  if (typeof item !== 'string' || verdict === 'never' || !looksSecret(item)) return false
  texts.remember(item)
  return true
}

function hidesPrimitive(value: unknown, rule: Rule, safe: boolean, texts: Texts): boolean {
  const { verdict } = rule
  if (typeof value === 'number') return safe || verdict === 'always' || verdict === 'number'
  if (typeof value !== 'string' || value === '' || value === marker) return false
  if (!safe && !hidesText(rule, value)) return false
  texts.remember(value)
  return true
}

function hiddenValue({ type, refId }: Value): Value {
  const hidden = { __proto__: null, type, description: marker, unavailable: 'redacted' } as unknown as Value
  return refId === undefined ? hidden : { ...hidden, refId }
}

const deepest = 200

/** The properties of an error: JSON with the application's own names. */
function json(value: unknown, name: string, safe: boolean, texts: Texts, depth: number): unknown {
  const { names } = texts
  if (typeof value === 'string' || typeof value === 'number') {
    if (hidesPrimitive(value, names.rule(name), safe && !names.keeps(name), texts)) return marker
    return typeof value === 'string' ? texts.text(value) : value
  }
  if (typeof value !== 'object' || value === null) return value
  // Deeper than anything of ours goes: not looked at, so not shown.
  if (depth === deepest || (names.verdict(name) === 'always' && depth > 0)) return marker
  const inSafe = !names.keeps(name) && (safe || names.isSafe(name))
  if (!isList(value)) {
    const label = namedBy(value as Readonly<Record<string, unknown>>)
    const shown = rewriteObject(value, (inner, key) => {
      return json(inner, key === 'value' && label !== undefined ? label : key, inSafe, texts, depth + 1)
    })
    return renameProperties(shown, (key) => texts.text(key))
  }
  const rule = names.rule(name)
  return rewriteList(value, (item, index) => {
    if (hidesItem(item, rule, texts)) return marker
    return json(item, labelBefore(value, index, name) ?? '', inSafe, texts, depth + 1)
  })
}

/** `{ name: 'password', value: 'x' }` */
function namedBy(object: Readonly<Record<string, unknown>>): string | undefined {
  const name = object['name'] ?? object['key']
  return typeof name === 'string' ? name : undefined
}

/** In `['password', 'x']` and in a flat list of headers. */
function labelBefore(list: readonly unknown[], index: number, listName: string): string | undefined {
  const before = list[index - 1]
  if (typeof before !== 'string' || index % 2 === 0) return undefined
  return list.length === 2 || listName === 'rawHeaders' ? before : undefined
}
