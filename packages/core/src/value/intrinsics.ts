/* oxlint-disable typescript/unbound-method -- methods are taken from their prototypes on purpose here */
import { types as nodeTypes } from 'node:util'
import {
  construct,
  defineProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  getterOf,
  uncurry,
} from '../primordials.ts'

/*
 * The built-ins that know what is inside an object: they read its internal slots and ask it nothing. Taken at load,
 * like those of primordials.ts.
 */

/** Tells what an object is by its internal slots; no prototype and no `Symbol.toStringTag` is believed. */
export const types: typeof nodeTypes = { ...nodeTypes }

export const stringSlice: (text: string, from: number, to?: number) => string = uncurry(
  String.prototype.slice,
)
export const charCodeAt: (text: string, at: number) => number = uncurry(String.prototype.charCodeAt)
export const indexOf: (text: string, part: string) => number = uncurry(
  String.prototype.indexOf as (this: string, part: string) => number,
)
export const fromCharCode: (code: number) => string = String.fromCharCode
export const toJson: (text: string) => string = JSON.stringify
export const fromJson: (json: string) => string = JSON.parse
export const isInteger: (value: unknown) => value is number = Number.isInteger as never
export const isSame: (one: unknown, other: unknown) => boolean = Object.is
export const bigIntText: (value: bigint) => string = uncurry(
  BigInt.prototype.toString as (this: bigint) => string,
)
export const symbolText: (value: symbol) => string | undefined = getterOf(
  Symbol.prototype,
  'description',
) as never
export const functionText: (value: unknown) => string = uncurry(Function.prototype.toString) as never

type Getter<Result> = (self: unknown) => Result
/** One step of an iterator of the platform; its result is a plain object. */
type Step = (iterator: unknown) => { readonly done?: boolean; readonly value: unknown }

export const mapSize: Getter<number> = getterOf(Map.prototype, 'size') as never
export const mapEntries: Getter<unknown> = uncurry(Map.prototype.entries) as never
export const nextOfMap: Step = stepOf(new Map().entries())
export const setSize: Getter<number> = getterOf(Set.prototype, 'size') as never
export const setValues: Getter<unknown> = uncurry(Set.prototype.values) as never
export const nextOfSet: Step = stepOf(new Set().values())
export const searchEntries: Getter<unknown> = uncurry(URLSearchParams.prototype.entries) as never
export const nextOfSearch: Step = stepOf(new URLSearchParams().entries())
export const searchPrototype: object = URLSearchParams.prototype
export const urlText: Getter<string> = getterOf(URL.prototype, 'href') as never
export const urlPrototype: object = URL.prototype
export const bufferPrototype: object = Buffer.prototype
export const exceptionName: Getter<string> = getterOf(DOMException.prototype, 'name') as never

function stepOf(iterator: object): Step {
  // The nearest `next` of the prototypes, whose objects are no globals.
  let holder: object | null = iterator
  while (holder !== null && getOwnPropertyDescriptor(holder, 'next') === undefined)
    holder = getPrototypeOf(holder)
  return uncurry((holder as { next: () => never }).next)
}

const typedArray = getPrototypeOf(Uint8Array.prototype)!
export const typedArrayName: Getter<string | undefined> = getterOf(typedArray, Symbol.toStringTag) as never
export const typedArrayLength: Getter<number> = getterOf(typedArray, 'length') as never
export const typedArrayOffset: Getter<number> = getterOf(typedArray, 'byteOffset') as never
export const typedArrayBytes: Getter<number> = getterOf(typedArray, 'byteLength') as never
export const typedArrayBuffer: Getter<ArrayBufferLike> = getterOf(typedArray, 'buffer') as never
export const dataViewBytes: Getter<number> = getterOf(DataView.prototype, 'byteLength') as never
export const dataViewOffset: Getter<number> = getterOf(DataView.prototype, 'byteOffset') as never
export const dataViewBuffer: Getter<ArrayBufferLike> = getterOf(DataView.prototype, 'buffer') as never
const arrayBufferBytes = getterOf(ArrayBuffer.prototype, 'byteLength') as Getter<number>
const sharedBufferBytes = getterOf(SharedArrayBuffer.prototype, 'byteLength') as Getter<number>

export function bufferBytes(buffer: unknown): number {
  return types.isSharedArrayBuffer(buffer) ? sharedBufferBytes(buffer) : arrayBufferBytes(buffer)
}

const Bytes = Uint8Array

/** A view of at most `length` bytes; throws when the buffer was transferred. */
export function bytesOf(buffer: ArrayBufferLike, offset: number, length: number): Uint8Array {
  return construct(Bytes, [buffer, offset, length]) as Uint8Array
}

export function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    construct(Bytes, [buffer, 0, 0])
    return false
  } catch {
    return true
  }
}

export const dateTime: Getter<number> = uncurry(Date.prototype.getTime) as never
export const dateText: Getter<string> = uncurry(Date.prototype.toISOString) as never

const regExpSource = getterOf(RegExp.prototype, 'source') as Getter<string>
const flagLetters = ['d', 'g', 'i', 'm', 's', 'u', 'v', 'y'] as const
const flagNames = {
  d: 'hasIndices',
  g: 'global',
  i: 'ignoreCase',
  m: 'multiline',
  s: 'dotAll',
  u: 'unicode',
  v: 'unicodeSets',
  y: 'sticky',
} as const
const flagGetters = flagLetters.map((letter) => getterOf(RegExp.prototype, flagNames[letter]))

/** `/source/flags`. The getter `flags` itself would ask the object for `global` and the others. */
export function regExpText(value: unknown): string {
  let flags = ''
  for (let at = 0; at < flagLetters.length; at++) {
    if (flagGetters[at]!(value) === true) flags += flagLetters[at]!
  }
  return `/${regExpSource(value)}/${flags}`
}

const booleanValue = uncurry(Boolean.prototype.valueOf)
const numberValue = uncurry(Number.prototype.valueOf)
const stringValue = uncurry(String.prototype.valueOf)
const bigIntValue = uncurry(BigInt.prototype.valueOf)
const symbolValue = uncurry(Symbol.prototype.valueOf)

/** The primitive in a `new Number(7)`. */
export function unboxed(value: unknown): unknown {
  if (types.isNumberObject(value)) return numberValue(value as never)
  if (types.isStringObject(value)) return stringValue(value as never)
  if (types.isBooleanObject(value)) return booleanValue(value as never)
  if (types.isBigIntObject(value)) return bigIntValue(value as never)
  return symbolValue(value as never)
}

const WeakReference = WeakRef
const dereference = uncurry(WeakRef.prototype.deref)

/** What a WeakRef still refers to; undefined also when the object is none. */
export function referent(value: unknown): object | undefined {
  try {
    return dereference(value as WeakRef<object>)
  } catch {
    return undefined
  }
}

export const weakRefPrototype: object = WeakReference.prototype

const SafeWeakMap = WeakMap
const weakMapGet = uncurry(WeakMap.prototype.get) as (map: object, key: object) => unknown
const weakMapSet = uncurry(WeakMap.prototype.set) as (map: object, key: object, item: unknown) => unknown

/** Objects and what is known of them. */
export class ObjectMap<Item> {
  readonly #map = new SafeWeakMap<object, Item>()

  get(key: object): Item | undefined {
    return weakMapGet(this.#map, key) as Item | undefined
  }

  set(key: object, item: Item): void {
    weakMapSet(this.#map, key, item)
  }
}

/** `list.push(item)`, also when Array.prototype was given setters or another `push`. */
export function append<Item>(list: Item[], item: Item): void {
  const descriptor = { __proto__: null, value: item, writable: true, enumerable: true, configurable: true }
  defineProperty(list, list.length, descriptor)
}

/** Whether one of the prototypes of an object is this one. Stops at a proxy. */
export function inherits(value: object, prototype: object): boolean {
  let holder = getPrototypeOf(value)
  for (let steps = 0; holder !== null && steps < 64; steps++) {
    if (holder === prototype) return true
    if (types.isProxy(holder)) return false
    holder = getPrototypeOf(holder)
  }
  return false
}
