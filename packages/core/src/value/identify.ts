import type { UnavailableReason, ValueSubtype } from '@throwpoint/protocol'
import { isArray, isModuleNamespaceObject, isNativeError, isProxy, safeGet } from '../primordials.ts'
import { classNameOf, functionName, ownData } from './class-name.ts'
import * as own from './intrinsics.ts'
import { cutAt } from './text.ts'

/** How the contents of an object are read. */
export type Kind =
  | 'plain'
  | 'array'
  | 'map'
  | 'set'
  | 'search'
  | 'typedarray'
  | 'bytes'
  | 'boxed'
  | 'function'
  | 'regexp'
  | 'error'
  | 'url'
  | 'weakref'
  | 'environment'
  | 'closed'

/** What an object is, found out without asking it. */
export interface Identity {
  readonly kind: Kind
  readonly type: 'object' | 'function'
  readonly subtype: ValueSubtype | undefined
  readonly className: string | undefined
  /** Not redacted yet. */
  readonly description: string
  /** Why nothing of its contents can be read. */
  readonly unavailable: UnavailableReason | undefined
}

const environment = process.env
const { types } = own

/** Throws for nothing but a lack of stack. */
export function identify(object: object): Identity {
  if (isProxy(object)) return proxyIdentity(object)
  if (typeof object === 'function') return functionIdentity(object)
  const className = classNameOf(object)
  if (isArray(object)) return sized('array', 'array', className ?? 'Array', object.length)
  if (isErrorObject(object)) return errorIdentity(object, className)
  if (types.isMap(object)) return sized('map', 'map', className ?? 'Map', own.mapSize(object))
  if (types.isSet(object)) return sized('set', 'set', className ?? 'Set', own.setSize(object))
  if (types.isTypedArray(object)) return typedArrayIdentity(object, className)
  if (types.isDataView(object)) return viewIdentity(object, className)
  if (types.isAnyArrayBuffer(object)) return bufferIdentity(object, className)
  return slotIdentity(object, className) ?? otherIdentity(object, className)
}

/** Whether it is an Error object of any realm, a DOMException, or made by an old-style class over Error.prototype. */
export function isErrorObject(value: unknown): value is object {
  if (isNativeError(value)) return true
  if (typeof value !== 'object' || value === null || isProxy(value)) return false
  return own.inherits(value, errorPrototype) && value !== errorPrototype
}

const errorPrototype: object = Error.prototype

function made(
  kind: Kind,
  subtype: ValueSubtype | undefined,
  className: string | undefined,
  description: string,
  unavailable?: UnavailableReason,
): Identity {
  return { kind, type: 'object', subtype, className, description, unavailable }
}

function sized(kind: Kind, subtype: ValueSubtype | undefined, className: string, size: number): Identity {
  return made(kind, subtype, className, `${className}(${size})`)
}

/** `Array.isArray` and `typeof` see through a proxy without calling its handler; the first throws when it is revoked. */
function proxyIdentity(proxy: object): Identity {
  const type = typeof proxy === 'function' ? 'function' : 'object'
  let description = 'Proxy'
  let unavailable: UnavailableReason = 'engine'
  try {
    if (type === 'function') description = 'Proxy(function)'
    if (isArray(proxy)) description = 'Proxy(Array)'
  } catch {
    description = '[revoked proxy]'
    unavailable = 'revoked-proxy'
  }
  return { kind: 'closed', type, subtype: 'proxy', className: undefined, description, unavailable }
}

function functionIdentity(target: object): Identity {
  const text = own.functionText(target)
  const name = functionName(target)
  let sort = 'function'
  if (own.stringSlice(text, 0, 5) === 'class' && text[5] !== undefined && !isNameCharacter(text[5]))
    sort = 'class'
  else if (types.isGeneratorFunction(target))
    sort = types.isAsyncFunction(target) ? 'async function*' : 'function*'
  else if (types.isAsyncFunction(target)) sort = 'async function'
  const description = `${sort} ${name === '' ? '(anonymous)' : name}`
  const className = classNameOf(target) ?? 'Function'
  return {
    kind: 'function',
    type: 'function',
    subtype: undefined,
    className,
    description,
    unavailable: undefined,
  }
}

/** `classify => 1` is no class. */
function isNameCharacter(character: string): boolean {
  return (
    character !== ' ' && character !== '{' && character !== '\n' && character !== '\t' && character !== '/'
  )
}

function errorIdentity(error: object, className: string | undefined): Identity {
  const { value: ownName } = safeGet(error, 'name')
  const { value: message } = safeGet(error, 'message')
  const name = typeof ownName === 'string' && ownName !== '' ? cutAt(ownName, 100) : (className ?? 'Error')
  const text = typeof message === 'string' && message !== '' ? `${name}: ${cutAt(message, 1000)}` : name
  return made('error', 'error', className ?? name, text)
}

function typedArrayIdentity(array: object, className: string | undefined): Identity {
  const name = className ?? own.typedArrayName(array) ?? 'TypedArray'
  const length = own.typedArrayLength(array)
  if (length === 0 && own.isDetached(own.typedArrayBuffer(array))) return detachedIdentity('typedarray', name)
  return sized(own.inherits(array, own.bufferPrototype) ? 'bytes' : 'typedarray', 'typedarray', name, length)
}

function viewIdentity(view: object, className = 'DataView'): Identity {
  try {
    return sized('bytes', 'dataview', className, own.dataViewBytes(view))
  } catch {
    return detachedIdentity('dataview', className)
  }
}

function bufferIdentity(buffer: ArrayBufferLike, className = 'ArrayBuffer'): Identity {
  const size = own.bufferBytes(buffer)
  if (size === 0 && own.isDetached(buffer)) return detachedIdentity('arraybuffer', className)
  return sized('bytes', 'arraybuffer', className, size)
}

function detachedIdentity(subtype: ValueSubtype, className: string): Identity {
  return made('closed', subtype, className, `${className} (detached)`, 'detached')
}

/** Objects with an internal slot of another sort. */
function slotIdentity(object: object, className: string | undefined): Identity | undefined {
  if (types.isDate(object)) {
    const time = own.dateTime(object)
    return made('plain', 'date', className ?? 'Date', time === time ? own.dateText(object) : 'Invalid Date')
  }
  if (types.isRegExp(object)) return made('regexp', 'regexp', className ?? 'RegExp', own.regExpText(object))
  if (types.isPromise(object)) return named('plain', 'promise', className ?? 'Promise')
  if (types.isWeakMap(object)) return named('plain', 'weakmap', className ?? 'WeakMap')
  if (types.isWeakSet(object)) return named('plain', 'weakset', className ?? 'WeakSet')
  if (types.isMapIterator(object)) return named('plain', 'iterator', 'Map Iterator')
  if (types.isSetIterator(object)) return named('plain', 'iterator', 'Set Iterator')
  if (types.isGeneratorObject(object)) return named('plain', 'generator', tagOf(object) ?? 'Generator')
  if (types.isArgumentsObject(object)) return sized('array', 'array', 'Arguments', lengthOf(object))
  if (types.isBoxedPrimitive(object)) return named('boxed', undefined, className ?? 'Object')
  return undefined
}

function otherIdentity(object: object, className: string | undefined): Identity {
  if (object === environment) return named('environment', undefined, 'process.env')
  if (isModuleNamespaceObject(object)) return named('plain', undefined, 'Module')
  if (own.inherits(object, own.weakRefPrototype)) return named('weakref', undefined, className ?? 'WeakRef')
  if (own.inherits(object, own.urlPrototype)) return named('url', undefined, className ?? 'URL')
  if (own.inherits(object, own.searchPrototype))
    return named('search', undefined, className ?? 'URLSearchParams')
  const tag = tagOf(object)
  if (tag !== undefined && own.stringSlice(tag, -9) === ' Iterator') return named('plain', 'iterator', tag)
  if (className !== undefined) return named('plain', undefined, className)
  return made('plain', undefined, undefined, 'Object (null prototype)')
}

function named(kind: Kind, subtype: ValueSubtype | undefined, className: string): Identity {
  return made(kind, subtype, className, className)
}

function tagOf(object: object): string | undefined {
  const { value } = safeGet(object, Symbol.toStringTag)
  return typeof value === 'string' && value.length <= 100 ? value : undefined
}

/** The number of items an array says it has. */
export function lengthOf(array: object): number {
  const length = ownData(array, 'length')
  return own.isInteger(length) && length > 0 ? length : 0
}
