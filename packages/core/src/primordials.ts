/* oxlint-disable typescript/unbound-method -- methods are taken from their prototypes on purpose here */
import { types } from 'node:util'
import type { UnavailableReason } from '@throwpoint/protocol'

/*
 * The built-ins that reading a value needs, taken when this module is loaded: an application that replaces or breaks
 * them later neither stops nor deceives the reader. Whoever reads values calls nothing else: no method of a prototype,
 * no `for…of` over an array, no array destructuring.
 */

type Uncurried<This, Arguments extends readonly unknown[], Result> = (
  self: This,
  ...rest: Arguments
) => Result

/** Turns a method into a function of `this`; later changes of `Function.prototype` do not reach it. */
export const uncurry = Function.prototype.bind.bind(Function.prototype.call) as unknown as <
  This,
  Arguments extends readonly unknown[],
  Result,
>(
  method: (this: This, ...rest: Arguments) => Result,
) => Uncurried<This, Arguments, Result>

export const apply: typeof Reflect.apply = Reflect.apply
export const construct: typeof Reflect.construct = Reflect.construct
export const defineProperty: typeof Reflect.defineProperty = Reflect.defineProperty
export const getOwnPropertyDescriptor: typeof Reflect.getOwnPropertyDescriptor =
  Reflect.getOwnPropertyDescriptor
export const getPrototypeOf: typeof Reflect.getPrototypeOf = Reflect.getPrototypeOf
export const ownKeys: typeof Reflect.ownKeys = Reflect.ownKeys
/** Own enumerable string keys: three times as fast as `ownKeys` where there are many. */
export const keysOf: (target: object) => string[] = Object.keys
export const hasOwn: (target: object, name: PropertyKey) => boolean = Object.hasOwn
export const isArray: (value: unknown) => value is unknown[] = Array.isArray
export const isProxy: typeof types.isProxy = types.isProxy
export const isNativeError: typeof types.isNativeError = types.isNativeError
export const isModuleNamespaceObject: typeof types.isModuleNamespaceObject = types.isModuleNamespaceObject
export const now: () => number = performance.now.bind(performance)

/** The getter of an accessor property, as a function of `this`. */
export function getterOf(owner: object, name: PropertyKey): (self: unknown) => unknown {
  const get = getOwnPropertyDescriptor(owner, name)?.get
  if (get === undefined) throw new TypeError(`${String(name)} is not an accessor`)
  return (self) => apply(get, self, [])
}

/** What a safe read found. Without `unavailable` the value is the property's, `undefined` when there is none. */
export interface SafeRead {
  readonly value: unknown
  readonly unavailable?: UnavailableReason | undefined
}

/** Both fields are own ones: what Object.prototype was given must not show through. */
function found(value: unknown): SafeRead {
  return { value, unavailable: undefined }
}

function missing(unavailable: UnavailableReason): SafeRead {
  return { value: undefined, unavailable }
}

/** Longest prototype chain that is walked. */
const chainLength = 64

/** Getters of the platform that only read a private field: calling them runs no code of the application. */
const platformGetters: ReadonlyArray<() => unknown> = ['name', 'message'].flatMap((name) => {
  return getOwnPropertyDescriptor(DOMException.prototype, name)?.get ?? []
})

/**
 * Reads an own or inherited property without running any code of the application: a getter is not called, a proxy not
 * asked. Never throws. `stack` is read as V8 keeps it; see `stackOf`.
 * @example
 * const { value: code } = safeGet(error, 'code')
 */
export function safeGet(target: unknown, name: PropertyKey): SafeRead {
  if (!isObject(target)) return found(undefined)
  if (name === 'stack') return stackOf(target, ownStack)
  return lookUp(target, name)
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function lookUp(target: object, name: PropertyKey): SafeRead {
  let holder: object | null = target
  try {
    for (let steps = 0; holder !== null; steps++) {
      if (steps === chainLength || isProxy(holder)) return missing('unreadable')
      const descriptor = getOwnPropertyDescriptor(holder, name)
      if (descriptor !== undefined) return readDescriptor(descriptor, target)
      holder = getPrototypeOf(holder)
    }
  } catch {
    // A binding of a module that has not run yet.
    return missing(isModuleNamespaceObject(holder) ? 'uninitialized' : 'unreadable')
  }
  return found(undefined)
}

function readDescriptor(descriptor: PropertyDescriptor, target: object): SafeRead {
  // Own fields only: descriptors inherit from Object.prototype, which may have got a `get` or `value`.
  if (hasOwn(descriptor, 'value')) return found(descriptor.value)
  const getter = descriptor.get
  for (let at = 0; at < platformGetters.length; at++) {
    if (platformGetters[at] !== getter) continue
    try {
      return found(apply(platformGetters[at]!, target, []))
    } catch {
      break
    }
  }
  return missing('getter')
}

/** Since V8 12 an own accessor; before that a data property that is computed when its descriptor is asked for. */
const nativeStackGetter = getOwnPropertyDescriptor(new Error(), 'stack')?.get

/**
 * The `stack` of an error, or of an object that got one from `Error.captureStackTrace`. The first read makes V8 format
 * it, and that calls `Error.prepareStackTrace` of the application (as any log line does), but also getters called `name`
 * and `message`. Where such a getter is in the way, only the call sites are taken and nothing is formatted.
 */
function stackOf(target: object, read: (holder: object) => SafeRead): SafeRead {
  let holder: object | null = target
  try {
    for (let steps = 0; holder !== null; steps++) {
      if (steps === chainLength || isProxy(holder)) return missing('unreadable')
      if (hasOwn(holder, 'stack')) return read(holder)
      holder = getPrototypeOf(holder)
    }
  } catch {
    return missing('unreadable')
  }
  return found(undefined)
}

/**
 * The `stack` as it is, without making V8 format it: what nobody has read yet stays unread for the application, whose
 * hook is not called either. Never throws.
 */
export function peekStack(target: unknown): SafeRead {
  return isObject(target) ? stackOf(target, bareStack) : found(undefined)
}

/** Formatting a stack copies the message some times; longer ones are left alone. */
const longMessage = 100_000

function ownStack(holder: object): SafeRead {
  if (!isPlainText(lookUp(holder, 'name')) || !isPlainText(lookUp(holder, 'message')))
    return bareStack(holder)
  try {
    return readStack(holder)
  } catch {
    // Error.prepareStackTrace of the application failed.
    return bareStack(holder)
  }
}

function isPlainText({ value, unavailable }: SafeRead): boolean {
  if (typeof value === 'string') return value.length < longMessage
  return unavailable === undefined && !isObject(value) && typeof value !== 'symbol'
}

function readStack(holder: object): SafeRead {
  const descriptor = getOwnPropertyDescriptor(holder, 'stack')
  if (descriptor === undefined) return found(undefined)
  if (hasOwn(descriptor, 'value')) return found(textOfStack(descriptor.value))
  // Not the getter that was found, but V8's own: where the application has put another, its text is still there.
  const value = nativeStackGetter === undefined ? undefined : apply(nativeStackGetter, holder, [])
  return value === undefined ? missing('getter') : found(textOfStack(value))
}

const stop = Symbol('stop')
const { deleteProperty } = Reflect
const probeSite: unknown = takeCallSites(() => new Error('probe').stack)?.[0]
const callSitePrototype: object | null = isObject(probeSite) ? getPrototypeOf(probeSite) : null
const callSiteText: ((site: unknown) => string) | undefined =
  callSitePrototype === null
    ? undefined
    : uncurry((callSitePrototype as { toString(this: unknown): string }).toString)

/** Reads the stack with a hook in place that keeps the call sites and throws, so that V8 does not keep the result. */
function bareStack(holder: object): SafeRead {
  let read = missing('unreadable')
  const sites = takeCallSites(() => {
    read = readStack(holder)
  })
  return sites === undefined ? read : found(textOfStack(sites, headerOf(holder)))
}

/**
 * The call sites of an error whose `stack` nobody has read yet, without making V8 format it: the first read fixes the
 * header and calls `Error.prepareStackTrace`. Undefined where there are none left to take.
 */
export function unreadCallSites(target: unknown): readonly unknown[] | undefined {
  if (!isObject(target) || isProxy(target)) return undefined
  return takeCallSites(() => {
    if (hasOwn(target, 'stack')) readStack(target)
  })
}

/** The call sites that V8 hands to `Error.prepareStackTrace` in `read`; undefined when it does not ask. */
function takeCallSites(read: () => void): readonly unknown[] | undefined {
  const before = getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  // `throwpoint/register` puts an accessor there. It is neither called nor lost while it is put aside.
  if (before?.configurable === false && !hasOwn(before, 'value')) return undefined
  let sites: unknown
  const hook = (_error: unknown, trace: unknown): never => {
    sites = trace
    throw stop
  }
  const { writable = true, enumerable = true, configurable = true } = before ?? {}
  if (!defineProperty(Error, 'prepareStackTrace', bare({ writable, enumerable, configurable, value: hook })))
    return undefined
  try {
    read()
  } catch {
    // `stop`, or what V8 made of it.
  } finally {
    if (before === undefined) deleteProperty(Error, 'prepareStackTrace')
    else defineProperty(Error, 'prepareStackTrace', bare(before))
  }
  return isArray(sites) ? sites : undefined
}

/** A descriptor that inherits no `get` from an Object.prototype that got one. */
function bare(descriptor: PropertyDescriptor): PropertyDescriptor {
  return { __proto__: null, ...descriptor } as PropertyDescriptor
}

function headerOf(holder: object): string {
  const maker = lookUp(holder, 'constructor').value
  const own = lookUp(holder, 'name').value ?? (isObject(maker) ? lookUp(maker, 'name').value : undefined)
  const name = typeof own === 'string' ? own : 'Error'
  const { value: message } = lookUp(holder, 'message')
  if (typeof message !== 'string' || message === '') return name
  return `${name}: ${message.length < longMessage ? message : `[${message.length} characters]`}`
}

/** A hook of the application may have left the call sites themselves as `stack`. */
function textOfStack(stack: unknown, header = 'Error'): unknown {
  if (callSiteText === undefined || isProxy(stack) || !isArray(stack)) return stack
  let text = header
  for (let at = 0; at < stack.length && at < 1000; at++) {
    const site = getOwnPropertyDescriptor(stack, at)?.value as unknown
    if (!isObject(site) || isProxy(site) || getPrototypeOf(site) !== callSitePrototype) return stack
    text += `\n    at ${callSiteText(site)}`
  }
  return text
}
