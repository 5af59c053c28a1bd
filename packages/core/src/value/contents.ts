import type { Limits, Property, UnavailableReason } from '@throwpoint/protocol'
import {
  getOwnPropertyDescriptor,
  hasOwn,
  isModuleNamespaceObject,
  keysOf,
  ownKeys,
  peekStack,
  type SafeRead,
} from '../primordials.ts'
import { lengthOf, type Kind } from './identify.ts'
import * as own from './intrinsics.ts'
import { cutAt } from './text.ts'

/** One thing inside an object, before it is described. */
export interface Slot {
  readonly name: string
  readonly kind: Property['kind']
  /** What redaction is asked about; undefined for what has no name. */
  readonly label: string | undefined
  readonly value: unknown
  readonly unavailable: UnavailableReason | undefined
  /** The key of an entry, in a box: it may be anything. */
  readonly key: { readonly value: unknown } | undefined
  /** So many indexes of an array hold nothing. */
  readonly holes: number
}

/** How much there is in all, where not all was visited. */
export interface Extent {
  readonly size: number
  readonly reason: UnavailableReason
}

/** Is given each slot; says false to stop. */
export type Visit = (slot: Slot) => boolean

type ItemLimits = Pick<Limits, 'items' | 'properties'>

/** Indexes looked at in one array, holes included. */
const indexes = 2000
/** Up to so many items, an array is asked for its other own properties, which costs a list of all keys. */
const listedItems = 1000

/** Visits what is inside an object that is no proxy, down to the limits. Undefined when all of it was visited. */
export function visitContents(
  object: object,
  kind: Kind,
  limits: ItemLimits,
  visit: Visit,
): Extent | undefined {
  switch (kind) {
    case 'array':
      return visitArray(object, limits, visit)
    case 'map':
      return visitMap(object, limits, visit)
    case 'set':
      return visitSet(object, limits, visit)
    case 'search':
      return visitSearch(object, limits, visit)
    case 'typedarray':
      return visitTypedArray(object as Uint8Array, limits, visit)
    case 'boxed':
      return visitBoxed(object, limits, visit)
    case 'weakref':
      visit(internal('[[WeakRefTarget]]', own.referent(object)))
      return visitProperties(object, limits, visit)
    case 'url':
      visit(internal('[[href]]', hrefOf(object)))
      return visitProperties(object, limits, visit)
    case 'function':
      return visitProperties(object, limits, visit, isUsualOfFunction)
    case 'regexp':
      return visitProperties(object, limits, visit, isUsualOfRegExp)
    case 'plain':
    case 'error':
    case 'environment':
      return visitProperties(object, limits, visit)
    default:
      return undefined
  }
}

function internal(name: string, value: unknown): Slot {
  return { name, kind: 'internal', label: undefined, value, unavailable: undefined, key: undefined, holes: 0 }
}

function entry(at: number, key: { readonly value: unknown } | undefined, value: unknown): Slot {
  const label = key !== undefined && typeof key.value === 'string' ? key.value : undefined
  return { name: `[${at}]`, kind: 'entry', label, value, unavailable: undefined, key, holes: 0 }
}

function visitArray(array: object, limits: ItemLimits, visit: Visit): Extent | undefined {
  const length = lengthOf(array)
  let shown = 0
  let at = 0
  let holesFrom = 0
  const holes = (): boolean => holesFrom === at || visit(hole(holesFrom, at))
  for (; at < length && at < indexes && shown < limits.items; at++) {
    if (!hasOwn(array, at)) continue
    if (!holes()) return { size: length, reason: 'items' }
    holesFrom = at + 1
    shown++
    const read = readOwn(array, at)
    if (!visit(dataSlot(`[${at}]`, undefined, read))) return { size: length, reason: 'items' }
  }
  if (shown < limits.items) holes()
  if (at < length) return { size: length, reason: 'items' }
  if (length > listedItems) return undefined
  return visitProperties(array, limits, visit, isUsualOfArray)
}

function hole(from: number, to: number): Slot {
  const name = to - from === 1 ? `[${from}]` : `[${from}…${to - 1}]`
  return { ...dataSlot(name, undefined, { value: undefined, unavailable: undefined }), holes: to - from }
}

function visitMap(map: object, limits: ItemLimits, visit: Visit): Extent | undefined {
  const size = own.mapSize(map)
  const entries = own.mapEntries(map)
  for (let at = 0; at < limits.items; at++) {
    const step = own.nextOfMap(entries)
    if (step.done === true) return visitProperties(map, limits, visit)
    const pair = step.value as readonly unknown[]
    if (!visit(entry(at, { value: pair[0] }, pair[1]))) return { size, reason: 'items' }
  }
  return size > limits.items ? { size, reason: 'items' } : visitProperties(map, limits, visit)
}

function visitSet(set: object, limits: ItemLimits, visit: Visit): Extent | undefined {
  const size = own.setSize(set)
  const values = own.setValues(set)
  for (let at = 0; at < limits.items; at++) {
    const step = own.nextOfSet(values)
    if (step.done === true) return visitProperties(set, limits, visit)
    if (!visit(entry(at, undefined, step.value))) return { size, reason: 'items' }
  }
  return size > limits.items ? { size, reason: 'items' } : visitProperties(set, limits, visit)
}

function visitSearch(search: object, limits: ItemLimits, visit: Visit): Extent | undefined {
  let entries: unknown
  try {
    entries = own.searchEntries(search)
  } catch {
    // An object that only inherits from URLSearchParams.
    return visitProperties(search, limits, visit)
  }
  for (let at = 0; ; at++) {
    const step = own.nextOfSearch(entries)
    if (step.done === true) return undefined
    if (at === limits.items) return { size: at + 1, reason: 'items' }
    const pair = step.value as readonly unknown[]
    if (!visit(entry(at, { value: pair[0] }, pair[1]))) return { size: at + 1, reason: 'items' }
  }
}

function visitTypedArray(array: Uint8Array, limits: ItemLimits, visit: Visit): Extent | undefined {
  const length = own.typedArrayLength(array)
  for (let at = 0; at < length && at < limits.items; at++) {
    if (!visit(dataSlot(`[${at}]`, undefined, { value: array[at], unavailable: undefined })))
      return { size: length, reason: 'items' }
  }
  return length > limits.items ? { size: length, reason: 'items' } : undefined
}

function visitBoxed(object: object, limits: ItemLimits, visit: Visit): Extent | undefined {
  const value = own.unboxed(object)
  visit(internal('[[PrimitiveValue]]', value))
  if (typeof value !== 'string') return visitProperties(object, limits, visit)
  return value.length > listedItems ? undefined : visitProperties(object, limits, visit, isUsualOfArray)
}

function hrefOf(url: object): unknown {
  try {
    return own.urlText(url)
  } catch {
    return undefined
  }
}

const iteratorSymbol = Symbol.iterator

type IsUsual = (key: PropertyKey, object: object) => boolean

/** Own properties, symbols and non-enumerable ones included. */
function visitProperties(
  object: object,
  limits: ItemLimits,
  visit: Visit,
  isUsual?: IsUsual,
): Extent | undefined {
  const keys = keysIn(object)
  let shown = 0
  let skipped = 0
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!
    if (isUsual?.(key, object) === true || isNote(key)) {
      skipped++
      continue
    }
    if (shown === limits.properties) return { size: keys.length - skipped, reason: 'properties' }
    shown++
    if (!visit(dataSlot(nameOf(key), labelOf(key), readOwn(object, key)))) {
      return { size: keys.length - skipped, reason: 'properties' }
    }
  }
  return undefined
}

/** What Node notes for async hooks (numbers, and the store of a context), and what we note ourselves. */
function isNote(key: PropertyKey): boolean {
  if (typeof key !== 'symbol') return false
  const text = own.symbolText(key)
  return (
    text === 'kResourceStore' ||
    text === 'async_id_symbol' ||
    text === 'trigger_async_id_symbol' ||
    (text !== undefined && own.stringSlice(text, 0, 11) === 'throwpoint.')
  )
}

function keysIn(object: object): PropertyKey[] {
  try {
    const keys = keysOf(object)
    // Of so many, those that are not enumerable are not missed.
    if (keys.length > listedItems) return keys
  } catch {
    // The namespace of a module that has not run yet.
  }
  return ownKeys(object)
}

/** Own data, or why there is none. V8 keeps `stack` as something that a look at its descriptor would change. */
export function readOwn(object: object, key: PropertyKey): SafeRead {
  if (key === 'stack') return peekStack(object)
  let unavailable: UnavailableReason | undefined
  try {
    const descriptor = getOwnPropertyDescriptor(object, key)
    if (descriptor === undefined) return { value: undefined, unavailable }
    if (hasOwn(descriptor, 'value')) return { value: descriptor.value, unavailable }
    unavailable = 'getter'
  } catch {
    unavailable = isModuleNamespaceObject(object) ? 'uninitialized' : 'unreadable'
  }
  return { value: undefined, unavailable }
}

function dataSlot(name: string, label: string | undefined, read: SafeRead): Slot {
  const { unavailable } = read
  const kind = unavailable === 'getter' ? 'accessor' : 'data'
  return { name, kind, label, value: read.value, unavailable, key: undefined, holes: 0 }
}

/** Longest name of a property that is shown. */
const nameLength = 200

function nameOf(key: PropertyKey): string {
  if (typeof key === 'symbol') return `Symbol(${cutAt(own.symbolText(key) ?? '', nameLength)})`
  const name = key as string
  return name.length > nameLength ? `${cutAt(name, nameLength)}…` : name
}

function labelOf(key: PropertyKey): string {
  return typeof key === 'symbol' ? (own.symbolText(key) ?? '') : (key as string)
}

function isUsualOfFunction(key: PropertyKey): boolean {
  return key === 'length' || key === 'name' || key === 'prototype' || key === 'arguments' || key === 'caller'
}

function isUsualOfRegExp(key: PropertyKey, object: object): boolean {
  return key === 'lastIndex' && readOwn(object, key).value === 0
}

function isUsualOfArray(key: PropertyKey, object: object): boolean {
  if (key === 'length') return true
  if (key === 'callee' || key === iteratorSymbol) return own.types.isArgumentsObject(object)
  if (typeof key !== 'string') return false
  const index = +key
  return own.isInteger(index) && index >= 0 && index < 2 ** 32 - 1 && `${index}` === key
}
