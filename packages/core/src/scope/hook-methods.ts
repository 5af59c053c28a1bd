export type Method = (this: any, ...args: any[]) => unknown

/** Makes the replacement of a method; `original` gives what it replaces, as it is when it is called. */
export type Hook = (original: () => Method) => Method

const hooked: unique symbol = Symbol.for('throwpoint.hooked.1') as never

/** Prototypes of the objects that came last, by landmark. */
const lastSeen = new Map<string, object>()

/**
 * Replaces methods of a class of Node's, once, however many copies of this package there are: a request then costs a
 * look at one property and no allocation, and no property or listener is seen on its objects. What middlewares put on
 * the object itself (compression replaces `res.end`) stands before it, as it would stand before Node's own method.
 *
 * @param instance any object of the class
 * @param landmark a method the class itself has; frameworks put objects of theirs between it and their instances
 * @param makeHooks called for a class that has none yet: a request makes no closures
 * @param mark which set of hooks this is
 */
export function hookMethods(
  instance: object,
  landmark: string,
  makeHooks: () => Readonly<Record<string, Hook>>,
  mark: symbol = hooked,
): void {
  const seen = Object.getPrototypeOf(instance) as object | null
  // A look at the prototype is much cheaper than one at a property of an object whose prototype was exchanged.
  if (seen === null || (mark === hooked && seen === lastSeen.get(landmark))) return
  if (mark === hooked) lastSeen.set(landmark, seen)
  if ((seen as Record<symbol, unknown>)[mark] === true) return
  let owner: object | null = seen
  while (owner !== null && !Object.hasOwn(owner, landmark))
    owner = Object.getPrototypeOf(owner) as object | null
  // An imitation of a request or response: it is not watched.
  if (owner === null) return
  const prototype = owner as Record<string, unknown>
  const parent = Object.getPrototypeOf(prototype) as Record<string, Method>
  for (const [name, hook] of Object.entries(makeHooks())) {
    const own = Object.getOwnPropertyDescriptor(prototype, name)?.value as Method | undefined
    if (own === undefined && typeof parent[name] !== 'function') continue
    // An inherited method may still be replaced by others where it stands.
    const replacement = hook(own === undefined ? () => parent[name]! : () => own)
    define(prototype, name, replacement)
  }
  define(prototype, mark, true)
}

function define(owner: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(owner, name, { value, writable: true, configurable: true, enumerable: false })
}
