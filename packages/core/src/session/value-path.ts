import type { ErrorInfo, Frame, Json, Property, Report, Value } from '@throwpoint/protocol'
import { closed } from '../value/draft.ts'
import { quoted } from '../value/text.ts'

/** One step of a path: the name of a property, an index, or what `get()` of a Map is asked for. */
export interface Step {
  readonly name: string
  readonly get?: true
}

export interface Path {
  readonly root: string
  readonly steps: readonly Step[]
}

const name = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$]*`
const start = new RegExp(`^${name}`, 'u')
const step = new RegExp(
  String.raw`^\s*(?:\??\.\s*(#?${name})|(?:\?\.)?\[\s*(\d+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\])`,
  'u',
)
const mapGet = /^\s*\??\.\s*get\(\s*(\d+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)/

/** `order.rows[0].price`, as text; undefined when it is anything else. */
export function parsePath(text: string): Path | undefined {
  const trimmed = text.trim()
  const root = start.exec(trimmed)?.[0]
  if (root === undefined) return undefined
  const steps: Step[] = []
  for (let rest = trimmed.slice(root.length); rest.trim() !== '';) {
    const get = mapGet.exec(rest)
    if (get !== null) {
      steps.push({ name: unquoted(get[1]!), get: true })
      rest = rest.slice(get[0].length)
      continue
    }
    const found = step.exec(rest)
    if (found === null) return undefined
    steps.push({ name: found[1] ?? unquoted(found[2]!) })
    rest = rest.slice(found[0].length)
  }
  return { root, steps }
}

function unquoted(text: string): string {
  return /^\d/.test(text) ? text : text.slice(1, -1).replaceAll(/\\(.)/g, '$1')
}

/** The last name of a path or expression, for redaction: of `user.password` it is `password`. */
export function lastName(code: string): string | undefined {
  const trimmed = code.trim().replace(/^await\s+/, '')
  const path = parsePath(trimmed)
  const found =
    path === undefined ? /(?:^|[.\s([!])([A-Za-z_$][\w$]*)\s*\)*;?$/.exec(trimmed)?.[1] : undefined
  return path === undefined ? found : (path.steps.at(-1)?.name ?? path.root)
}

/** What a path leads to in what a report has; or why it leads nowhere. */
export function walk(root: Value, rootName: string, steps: readonly Step[], report: Report): Value | string {
  let value = resolved(root, report)
  let path = rootName
  for (const { name, get } of steps) {
    if (value.unavailable === 'redacted') return `${path} is hidden by redaction`
    const found = get === true ? entryOf(value, name) : childOf(value, name)
    path += get === true ? `.get(${JSON.stringify(name)})` : /^\d+$/.test(name) ? `[${name}]` : `.${name}`
    const next = found ?? missing(value, path, name)
    if (typeof next === 'string') return next
    value = resolved(next, report)
  }
  return value
}

function childOf(value: Value, name: string): Value | undefined {
  const found = value.children?.find((child) => child.key === undefined && isNamed(child, name))
  if (found !== undefined) return found.value
  if (name === 'length' && typeof value.value === 'string') return number(value.size ?? value.value.length)
  if (name === 'length' && value.subtype === 'array') return number(sizeOf(value))
  if (name === 'size' && (value.subtype === 'map' || value.subtype === 'set')) return number(sizeOf(value))
  return undefined
}

function isNamed({ name }: Property, wanted: string): boolean {
  return name === wanted || name === `[${wanted}]`
}

function entryOf({ children }: Value, key: string): Value | undefined {
  return children?.find((child) => child.key !== undefined && String(child.key.value) === key)?.value
}

function sizeOf({ size, children = [], description }: Value): number {
  return size ?? Number(/\((\d+)\)$/.exec(description)?.[1] ?? children.length)
}

function number(value: number): Value {
  return { ...closed('number', String(value)), value }
}

function missing(value: Value, path: string, name: string): Value | string {
  if (value.type === 'undefined' || value.subtype === 'null')
    return `${path}: what is before ${JSON.stringify(name)} is ${value.description}`
  if (value.unavailable !== undefined && value.unavailable !== 'redacted')
    return `${path} was not captured: its owner was cut (${value.unavailable}), so nobody can tell`
  if (value.children === undefined && value.type === 'object') return `${path} was not captured`
  const { className = 'Object', type } = value
  if (type === 'object' && className !== 'Object' && className !== 'Array')
    return `${path} was not captured: ${JSON.stringify(name)} is no own property of this ${className}, and what a class adds (getters, methods) is not in a report`
  return closed('undefined', 'undefined')
}

const known = new WeakMap<Report, ReadonlyMap<number, Value>>()

/** The objects of a report that others refer to. */
function sharedIn(report: Report): ReadonlyMap<number, Value> {
  const before = known.get(report)
  if (before !== undefined) return before
  const shared = new Map<number, Value>()
  const stack: unknown[] = [report.frames, report.causes, report.request, report.error]
  while (stack.length > 0) {
    const next = stack.pop()
    if (typeof next !== 'object' || next === null) continue
    const { refId, description } = next as Partial<Value>
    if (typeof refId === 'number' && refId > 0 && typeof description === 'string')
      shared.set(refId, next as Value)
    stack.push(...(Object.values(next) as unknown[]))
  }
  known.set(report, shared)
  return shared
}

/** An object that was shown before is only referred to. */
export function resolved(value: Value, report: Report): Value {
  return value.ref === undefined ? value : (sharedIn(report).get(value.ref) ?? value)
}

/** Objects that are opened while one is expanded. */
const mostObjects = 3000

/** The value as if it had been captured alone: what it shares with others is in it, and cycles say so. */
export function expanded(value: Value, report: Report, levels: number): Value {
  let left = mostObjects
  const open = (one: Value, level: number, path: readonly number[]): Value => {
    if (one.ref !== undefined && path.includes(one.ref)) return one
    const { refId, ref: _, ...whole } = resolved(one, report)
    const { children } = whole
    if (children === undefined || children.length === 0) return whole
    if (level >= levels || --left < 0) return { ...closedAt(whole), unavailable: 'depth' }
    const inside = refId === undefined ? path : [...path, refId]
    const opened = children.map((child): Property => {
      return { ...child, value: open(child.value, level + 1, inside) }
    })
    const isCyclic = refId !== undefined && opened.some((child) => refersTo(child.value, refId))
    return isCyclic ? { ...whole, refId, children: opened } : { ...whole, children: opened }
  }
  return open(value, 0, [])
}

function closedAt({ children: _, preview: __, ...rest }: Value): Value {
  return rest
}

function refersTo(value: Value, id: number): boolean {
  return value.ref === id || (value.children?.some((child) => refersTo(child.value, id)) ?? false)
}

/** Where the names of a frame lead in a report: its variables, `this`, `$err`, `$req` and `$res`. */
export function rootValue(
  root: string,
  frame: Frame | undefined,
  report: Report,
  error: ErrorInfo,
): Value | undefined {
  for (const { variables } of frame?.scopes ?? []) {
    const found = variables.find((variable) => variable.name === root)
    if (found !== undefined) return found.value
  }
  if (root === 'this') return frame?.this
  if (root === '$err') return error.value ?? errorValue(error)
  if (root === '$req') return report.request === null ? undefined : requestValue(report.request)
  if (root === '$res') {
    if (report.response === null) return undefined
    const { status, headersSent, headers } = report.response
    return objectValue('Response', { statusCode: status, headersSent, headers: Object.fromEntries(headers) })
  }
  return undefined
}

function requestValue(request: NonNullable<Report['request']>): Value {
  const { method, url, httpVersion, headers, params, query, body } = request
  const made = objectValue('Request', { method, url, httpVersion, headers: Object.fromEntries(headers) })
  const more = Object.entries({ params, query, body }).flatMap(([name, value]): Property[] =>
    value === undefined ? [] : [{ name, kind: 'data', value }],
  )
  return { ...made, children: [...made.children!, ...more] }
}

function errorValue(error: ErrorInfo): Value {
  const { name, message, stack, properties, code } = error
  const fields = { name, message, stack, ...(code === undefined ? {} : { code }), ...properties }
  const made = objectValue(name, fields)
  return { ...made, subtype: 'error', description: message === '' ? name : `${name}: ${message}` }
}

function objectValue(className: string, fields: Readonly<Record<string, Json>>): Value {
  const children = Object.entries(fields).map(([key, json]): Property => {
    return { name: key, kind: 'data', value: jsonValue(json, 0) }
  })
  return { type: 'object', className, description: className, children }
}

/** Plain JSON as a value. */
export function jsonValue(json: Json, depth: number): Value {
  if (typeof json === 'string') return { type: 'string', description: quoted(json, 500), value: json }
  if (typeof json === 'number' || typeof json === 'boolean')
    return { type: typeof json as 'number' | 'boolean', description: String(json), value: json }
  if (json === null) return { type: 'object', subtype: 'null', description: 'null', value: null }
  if (depth > 20) return { type: 'object', description: 'Object', unavailable: 'depth' }
  const children = Object.entries(json).map(([key, inner]): Property => ({
    name: Array.isArray(json) ? `[${key}]` : key,
    kind: 'data',
    value: jsonValue(inner as Json, depth + 1),
  }))
  return Array.isArray(json)
    ? { type: 'object', subtype: 'array', className: 'Array', description: `Array(${json.length})`, children }
    : { type: 'object', className: 'Object', description: 'Object', children }
}
