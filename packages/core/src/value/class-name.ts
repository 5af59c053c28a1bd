import { getOwnPropertyDescriptor, getPrototypeOf, hasOwn, isProxy } from '../primordials.ts'
import { cutAt } from './text.ts'

/** Longest name that is shown. */
const nameLength = 100

/**
 * The name of the class that made an object: that of the nearest prototype with a named constructor. Nothing is called:
 * a name or constructor behind a getter counts as none. Undefined without one, as for `Object.create(null)`.
 */
export function classNameOf(object: object): string | undefined {
  let holder = getPrototypeOf(object)
  for (let steps = 0; holder !== null && steps < 64 && !isProxy(holder); steps++) {
    const maker = ownData(holder, 'constructor')
    if (typeof maker === 'function' && !isProxy(maker)) {
      const name = ownData(maker, 'name')
      if (typeof name === 'string' && name !== '') return cutAt(name, nameLength)
    }
    holder = getPrototypeOf(holder)
  }
  return undefined
}

/** The value of an own data property of an object that is no proxy. */
export function ownData(object: object, name: PropertyKey): unknown {
  const descriptor = getOwnPropertyDescriptor(object, name)
  return descriptor !== undefined && hasOwn(descriptor, 'value') ? descriptor.value : undefined
}

export function functionName(target: object): string {
  const name = ownData(target, 'name')
  return typeof name === 'string' ? cutAt(name, nameLength) : ''
}
