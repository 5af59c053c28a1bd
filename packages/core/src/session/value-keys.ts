import { types } from 'node:util'
import { getOwnPropertyDescriptor, getPrototypeOf, isArray, ownKeys } from '../primordials.ts'
import { head } from '../report/columns.ts'
import { oneLine } from '../report/visible.ts'
import { functionName } from '../value/class-name.ts'

export interface KeyGroup {
  /** `own`, or the class they come from. */
  readonly of: string
  readonly names: readonly string[]
}

const mostKeys = 300
const mostLevels = 10
/** Everything has these. */
const common = new Set<unknown>([Object.prototype, Function.prototype, Array.prototype])

/** Names of the properties of a value, its own and those of its classes. Runs no getter and no trap of a proxy. */
export function keysOf(value: unknown): KeyGroup[] {
  const groups: KeyGroup[] = []
  let object = isObject(value) ? value : primitivePrototype(value)
  for (let level = 0; object !== null && level < mostLevels; level++) {
    if (types.isProxy(object)) {
      groups.push({ of: 'Proxy', names: ['(its handler would be called)'] })
      break
    }
    if (level > 0 && common.has(object)) break
    const isOwn = level === 0 && isObject(value)
    const names = namesOf(object)
    const of = isOwn ? 'own' : ownerName(object)
    if (names.length > 0) groups.push({ of: oneLine(head(of, 100).text), names })
    object = getPrototypeOf(object)
  }
  return groups
}

/** Of a prototype: the class it belongs to. */
function ownerName(prototype: object): string {
  const maker = getOwnPropertyDescriptor(prototype, 'constructor')
  const name = typeof maker?.value === 'function' ? functionName(maker.value as object) : ''
  return name === '' ? 'prototype' : name
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function primitivePrototype(value: unknown): object | null {
  return value === null || value === undefined ? null : (getPrototypeOf(Object(value) as object) ?? null)
}

/** Its own keys; of long lists none of the items: they alone could fill the memory. */
export function listedKeys(object: object): readonly PropertyKey[] {
  if (types.isTypedArray(object)) return []
  if (isArray(object) && object.length > mostKeys) return ['length']
  return ownKeys(object)
}

function namesOf(object: object): string[] {
  const keys = listedKeys(object)
  const names: string[] = []
  for (const key of keys) {
    if (names.length === mostKeys) {
      names.push(`… ${keys.length - mostKeys} more`)
      break
    }
    if (key === 'constructor') continue
    const descriptor = getOwnPropertyDescriptor(object, key)
    const name = oneLine(
      head(typeof key === 'symbol' ? `Symbol(${key.description ?? ''})` : String(key), 100).text,
    )
    if (descriptor === undefined) continue
    if (!('value' in descriptor)) names.push(`${name} [getter]`)
    else names.push(typeof descriptor.value === 'function' ? `${name}()` : name)
  }
  return names
}
