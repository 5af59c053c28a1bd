import type { Json, Limits, Value } from '@throwpoint/protocol'
import { serializeError } from 'serialize-error'
import { defineProperty, keysOf } from '../primordials.ts'
import { readOwn } from '../value/contents.ts'
import { append } from '../value/intrinsics.ts'
import type { ValueReader } from '../value/read-value.ts'

export interface ErrorProperties {
  readonly properties: Readonly<Record<string, Json>>
  /** How many there are, where some were left out. */
  readonly size?: number
}

/**
 * The own enumerable properties of an error as JSON. serialize-error calls getters and `toJSON` and cannot be bounded,
 * so what it gets is a plain copy of what was read safely.
 * @param leftOut names that the report shows elsewhere
 */
export function errorProperties(
  error: object,
  reader: ValueReader,
  limits: Pick<Limits, 'properties'>,
  leftOut: (name: string) => boolean,
): ErrorProperties {
  const brief = reader.brief(error)
  const copy: Plain = plainObject()
  let shown = 0
  let size = 0
  const keys = keysOf(error)
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!
    if (leftOut(key)) continue
    size++
    if (shown === limits.properties) continue
    shown++
    const { value, unavailable } = readOwn(error, key)
    const json = unavailable === undefined ? plain(brief.read(value, key), self) : `[${unavailable}]`
    if (json !== undefined) put(copy, brief.text(key), json)
  }
  return size > shown ? { properties: serialized(copy), size } : { properties: serialized(copy) }
}

type Plain = Record<string, Json>

/** The objects around a value; the error itself is 0. */
interface Ancestor {
  readonly refId: number
  readonly outer: Ancestor | undefined
}

const self: Ancestor = { refId: 0, outer: undefined }

function serialized(copy: Plain): Plain {
  try {
    return serializeError(copy, { useToJSON: false }) as Plain
  } catch {
    return copy
  }
}

function plainObject(): Plain {
  return { __proto__: null } as unknown as Plain
}

function put(object: Plain, name: string, value: Json): void {
  defineProperty(object, name, {
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  } as never)
}

/** A Value as JSON with nothing but the data; undefined for functions and undefined. */
function plain(value: Value, within: Ancestor): Json | undefined {
  if (value.value !== undefined) return value.value
  if (value.unserializableValue !== undefined) return value.unserializableValue
  if (value.ref !== undefined) {
    return holds(within, value.ref) ? '[Circular]' : `[repeated: ${value.description}]`
  }
  if (value.type === 'function') return undefined
  if (value.type === 'undefined') return value.unavailable === undefined ? undefined : value.description
  if (value.children === undefined) {
    if (value.unavailable === 'depth') return `[${value.description}]`
    return value.preview === undefined ? value.description : `${value.description} ${value.preview}`
  }
  const inner = value.refId === undefined ? within : { refId: value.refId, outer: within }
  switch (value.subtype) {
    case 'array':
      return plainArray(value, inner)
    case 'error':
    case undefined:
      return plainMembers(value, inner)
    default:
      return `${value.description} ${value.preview ?? ''}`
  }
}

function holds(within: Ancestor | undefined, ref: number): boolean {
  for (let ancestor = within; ancestor !== undefined; ancestor = ancestor.outer) {
    if (ancestor.refId === ref) return true
  }
  return false
}

function plainArray({ children = [], unavailable, size }: Value, within: Ancestor): Json {
  const items: Json[] = []
  for (let at = 0; at < children.length; at++) {
    const { name, kind, value } = children[at]!
    if (name[0] === '[' && kind === 'data') append(items, plain(value, within) ?? value.description)
  }
  if (unavailable !== undefined) append(items, `… ${size === undefined ? 'more' : `${size} in all`}`)
  return items
}

function plainMembers(value: Value, within: Ancestor): Json {
  const { children = [], subtype, className, unavailable, size } = value
  const object = plainObject()
  if (subtype === 'error') put(object, 'name', className ?? 'Error')
  for (let at = 0; at < children.length; at++) {
    const { name, kind, value: member } = children[at]!
    // The stack of an error in an error is long, and nothing leads to its lines.
    if (subtype === 'error' && name === 'stack') continue
    const json = kind === 'entry' ? member.description : plain(member, within)
    if (json !== undefined) put(object, name, json)
  }
  if (unavailable !== undefined) put(object, '…', size === undefined ? 'more' : `${size} in all`)
  return object
}
