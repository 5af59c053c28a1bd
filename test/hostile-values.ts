import { inspect } from 'node:util'
import { createContext, runInContext, runInNewContext } from 'node:vm'

/**
 * Values that break, deceive or call back whoever reads them carelessly. Each `make` gets a function that every getter,
 * trap and method of the value calls: none of them may run while the value is read.
 */
export interface HostileValue {
  readonly name: string
  readonly make: (touch: () => void) => unknown
}

/** A proxy whose handler reports whatever is asked of it, the asking for a trap included. */
export function watched<Target extends object>(target: Target, touch: () => void): Target {
  const handler = new Proxy(
    {},
    {
      get() {
        touch()
        return undefined
      },
    },
  )
  return new Proxy(target, handler)
}

export function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

/** Gives an object a getter that reports its call and throws. */
export function withGetter<Target extends object>(
  target: Target,
  name: PropertyKey,
  touch: () => void,
): Target {
  return Object.defineProperty(target, name, {
    enumerable: true,
    configurable: true,
    get() {
      touch()
      throw new Error(`the getter ${String(name)} was called`)
    },
    set() {
      touch()
    },
  })
}

/** Gives an object everything that something may call of itself. */
export function withMethods<Target extends object>(target: Target, touch: () => void): Target {
  const names: PropertyKey[] = [
    'toString',
    'toJSON',
    'valueOf',
    'toISOString',
    'getTime',
    'entries',
    'keys',
    'values',
    'forEach',
    'next',
    'slice',
    'deref',
    Symbol.iterator,
    Symbol.asyncIterator,
    Symbol.toPrimitive,
    Symbol.hasInstance,
    Symbol.isConcatSpreadable,
    Symbol.match,
    inspect.custom,
    Symbol.for('nodejs.util.inspect.custom'),
  ]
  for (const name of names) {
    Object.defineProperty(target, name, {
      configurable: true,
      enumerable: true,
      value() {
        touch()
        throw new Error(`${String(name)} was called`)
      },
    })
  }
  return target
}

/** Gives an object getters for what is read most. */
export function withGetters<Target extends object>(target: Target, touch: () => void): Target {
  const names: PropertyKey[] = [
    'constructor',
    'then',
    'size',
    'byteLength',
    'buffer',
    'source',
    'flags',
    'global',
    'href',
    'description',
    'callee',
    'value',
    'key',
    'pipe',
    'on',
    'jse_cause',
    Symbol.toStringTag,
    Symbol.species,
  ]
  for (const name of names) withGetter(target, name, touch)
  return target
}

function errorWith(touch: () => void, ...names: PropertyKey[]): Error {
  const error = new Error('with getters')
  for (const name of names) withGetter(error, name, touch)
  return error
}

function classOf(name: string, touch: () => void): new () => object {
  class Made {
    #secret = 42
    plain = 1
    get inherited(): never {
      touch()
      throw new Error(`${this.#secret}`)
    }
    get [Symbol.toStringTag](): string {
      touch()
      return name
    }
    static get name(): string {
      touch()
      return name
    }
    static [Symbol.hasInstance](): boolean {
      touch()
      return true
    }
  }
  return Made
}

function nested(levels: number): object {
  let object = {}
  for (let level = 0; level < levels; level++) object = { level, object }
  return object
}

function causeChain(length: number): Error {
  let error = new Error('the first')
  for (let at = 1; at < length; at++) error = new Error(`number ${at}`, { cause: error })
  return error
}

function cyclic(): object {
  const a: Record<string, unknown> = { name: 'a' }
  const b = { name: 'b', a, list: [a] }
  a['b'] = b
  a['self'] = a
  a['map'] = new Map<unknown, unknown>([[a, b]])
  a['set'] = new Set([a, b])
  return a
}

function cyclicCause(): Error {
  const inner = new Error('inner')
  const outer = new Error('outer', { cause: inner })
  inner.cause = outer
  return outer
}

function selfAggregate(): AggregateError {
  const error = new AggregateError([new Error('a'), 'b', null], 'all failed')
  error.errors.push(error)
  error.cause = error
  return error
}

function detached(): object {
  const buffer = new ArrayBuffer(16)
  const parts = { buffer, bytes: new Uint8Array(buffer), view: new DataView(buffer, 4) }
  structuredClone(buffer, { transfer: [buffer] })
  return parts
}

function sparse(): unknown[] {
  const array: unknown[] = []
  array.length = 2 ** 32 - 1
  array[3] = 'three'
  array[2 ** 32 - 2] = 'last'
  return array
}

function rejected(): Promise<unknown> {
  const promise = Promise.reject(new Error('rejected'))
  promise.catch(() => {})
  return promise
}

function subclassed(touch: () => void): object {
  class Rows extends Array<unknown> {
    override get length(): number {
      touch()
      return 7
    }
  }
  class Index extends Map<unknown, unknown> {
    override get size(): number {
      touch()
      return -1
    }
  }
  class Names extends Set<unknown> {
    override get size(): number {
      touch()
      return Number.NaN
    }
  }
  class Bytes extends Uint8Array {
    override get length(): number {
      touch()
      return 1e9
    }
    override get buffer(): ArrayBuffer {
      touch()
      throw new Error('buffer')
    }
  }
  const parts = {
    rows: withMethods(Rows.from([1, 2]), touch),
    index: withMethods(new Index([['a', 1]]), touch),
    names: withMethods(new Names(['a']), touch),
    bytes: withMethods(new Bytes(3), touch),
  }
  return parts
}

/** An error that nobody has looked at yet: V8 formats its stack at the first look, and asks for name and message. */
function unreadError(touch: () => void): Error {
  class Unread extends Error {
    override get name(): string {
      touch()
      return 'Unread'
    }
    override get message(): string {
      touch()
      return 'unread'
    }
    get code(): string {
      touch()
      return 'E_UNREAD'
    }
    override get cause(): unknown {
      touch()
      return new Error('cause')
    }
    get errors(): unknown[] {
      touch()
      return []
    }
  }
  return new Unread()
}

function tamperedArguments(): object {
  return (function (..._rest: unknown[]): object {
    // oxlint-disable-next-line prefer-rest-params
    const list = arguments
    Object.defineProperty(list, 'length', { value: 2 ** 53 })
    return list
  })(1, 2, 3)
}

function contextGlobal(touch: () => void): unknown {
  return runInContext('this', createContext(withGetter({ plain: 1 }, 'trap', touch)))
}

/** All of them. Made anew at each call of `make`; nothing is shared. */
export const hostileValues: readonly HostileValue[] = [
  { name: 'a proxy', make: (touch) => watched({ a: 1 }, touch) },
  { name: 'a proxy of an array', make: (touch) => watched([1], touch) },
  { name: 'a proxy of a function', make: (touch) => watched(() => 1, touch) },
  { name: 'a proxy of an error', make: (touch) => watched(new Error('inside'), touch) },
  { name: 'a proxy of a proxy', make: (touch) => watched(watched(new Map(), touch), touch) },
  { name: 'a revoked proxy', make: () => revoked({}) },
  { name: 'a revoked proxy of an array', make: () => revoked([]) },
  { name: 'a revoked proxy of a function', make: () => revoked(() => 1) },
  { name: 'a proxy as prototype', make: (touch) => Object.create(watched({}, touch)) },
  { name: 'a revoked proxy as prototype', make: () => Object.create(revoked({})) },
  {
    name: 'a proxy as constructor',
    make: (touch) => Object.create({ constructor: watched(class {}, touch) }),
  },
  {
    name: 'an error whose prototype is a proxy',
    make: (touch) => Object.setPrototypeOf(new Error('e'), watched(Error.prototype, touch)),
  },
  {
    name: 'proxies in everything',
    make: (touch) => {
      const proxy = watched({}, touch)
      return { list: [proxy], map: new Map([[proxy, proxy]]), set: new Set([proxy]), gone: revoked({}) }
    },
  },
  { name: 'own getters', make: (touch) => withGetters({}, touch) },
  { name: 'inherited getters', make: (touch) => Object.create(withGetters({}, touch)) },
  { name: 'methods that throw', make: (touch) => withMethods({}, touch) },
  { name: 'inherited methods that throw', make: (touch) => Object.create(withMethods({}, touch)) },
  { name: 'a class that watches', make: (touch) => classOf('Lie', touch) },
  { name: 'an object of a class that watches', make: (touch) => new (classOf('Lie', touch))() },
  { name: 'a getter in an array', make: (touch) => withGetter([1, 2, 3], 1, touch) },
  { name: 'a getter under a symbol', make: (touch) => withGetter({}, Symbol('trap'), touch) },
  { name: 'a function with a getter as name', make: (touch) => withGetter(() => 1, 'name', touch) },
  {
    name: 'a function that overrides toString',
    make: (touch) =>
      withMethods(
        withGetters(() => 1, touch),
        touch,
      ),
  },
  { name: 'a class', make: () => class Order {} },
  { name: 'an async generator function', make: () => async function* rows() {} },
  { name: 'a bound function', make: () => function total() {}.bind(null) },
  { name: 'subclasses that lie about their size', make: subclassed },
  ...[
    () => new Map([['a', 1]]),
    () => new Set([1]),
    () => new WeakMap(),
    () => new WeakSet(),
    () => new Date(0),
    () => new Date(Number.NaN),
    () => /a/giu,
    () => new Uint8Array([1, 2, 3]),
    () => Buffer.from('abc'),
    () => new ArrayBuffer(4),
    () => new SharedArrayBuffer(4),
    () => new DataView(new ArrayBuffer(4)),
    () => Promise.resolve(1),
    () => Object(1),
    () => Object('text'),
    () => Object(true),
    () => Object(1n),
    () => Object(Symbol('boxed')),
    () => new URL('http://user@localhost/?a=1'),
    () => new URLSearchParams('a=1&b=2'),
    () => new WeakRef({ alive: true }),
    () => (function* rows() {})(),
    () => new Map([[1, 2]]).entries(),
    () => new Set([1]).values(),
    () => [1, 2].values(),
    () => new Error('plain'),
    () => new DOMException('away', 'AbortError'),
  ].map((make): HostileValue => {
    const name = Object.prototype.toString.call(make()).slice(8, -1)
    return {
      name: `a ${name} with methods and getters of its own`,
      make: (touch) => withMethods(withGetters(make(), touch), touch),
    }
  }),
  { name: 'only the prototype of a URL', make: () => Object.create(URL.prototype) },
  { name: 'only the prototype of URLSearchParams', make: () => Object.create(URLSearchParams.prototype) },
  { name: 'only the prototype of a WeakRef', make: () => Object.create(WeakRef.prototype) },
  { name: 'only the prototype of a Map', make: () => Object.create(Map.prototype) },
  { name: 'only the prototype of a Date', make: () => Object.create(Date.prototype) },
  { name: 'only the prototype of a DOMException', make: () => Object.create(DOMException.prototype) },
  { name: 'only the prototype of an Error', make: () => Object.create(Error.prototype) },
  {
    name: 'a regular expression with an object as lastIndex',
    make: (touch) => {
      const pattern = /a/g
      Object.assign(pattern, { lastIndex: withMethods({}, touch) })
      return pattern
    },
  },
  { name: 'an error nobody has read', make: unreadError },
  {
    name: 'an error of another realm nobody has read',
    make: (touch) =>
      runInNewContext('class B extends Error { get name() { touch(); return 1 } }; new B("b")', { touch }),
  },
  { name: 'an error of another realm', make: () => runInNewContext('new RangeError("there")') },
  {
    name: 'an error with getters',
    make: (touch) => errorWith(touch, 'name', 'message', 'cause', 'code', 'errors'),
  },
  { name: 'an error with a getter as stack', make: (touch) => errorWith(touch, 'stack') },
  {
    name: 'an error with objects as texts',
    make: (touch) => {
      const text = (): object => withMethods({}, touch)
      return Object.assign(new Error('x'), { name: text(), message: text(), code: text(), stack: text() })
    },
  },
  { name: 'an error with a number as stack', make: () => Object.assign(new Error('x'), { stack: 42 }) },
  {
    name: 'an error with undefined as stack',
    make: () => Object.assign(new Error('x'), { stack: undefined }),
  },
  { name: 'an error with a long message', make: () => new Error('m'.repeat(10_000_000)) },
  {
    name: 'an error with a proxy as cause',
    make: (touch) => new Error('x', { cause: watched(new Error('y'), touch) }),
  },
  { name: 'an error with a revoked proxy as cause', make: () => new Error('x', { cause: revoked({}) }) },
  {
    name: 'an error with a proxy as errors',
    make: (touch) => Object.assign(new Error('x'), { errors: watched([], touch) }),
  },
  {
    name: 'an error with getters in errors',
    make: (touch) => new AggregateError([withGetter(new Error('a'), 'cause', touch)]),
  },
  {
    name: 'an error with a getter among errors',
    make: (touch) => {
      const error = new AggregateError([new Error('a'), new Error('b')])
      withGetter(error.errors, 0, touch)
      return error
    },
  },
  { name: 'a frozen error', make: () => Object.freeze(new Error('frozen')) },
  { name: 'a sealed error', make: () => Object.seal(new TypeError('sealed')) },
  {
    name: 'an error that is its own cause',
    make: () => {
      const error = new Error('self')
      error.cause = error
      return error
    },
  },
  { name: 'errors that cause each other', make: cyclicCause },
  { name: 'a chain of causes', make: () => causeChain(20_000) },
  { name: 'an aggregate of itself', make: selfAggregate },
  {
    name: 'an aggregate of many',
    make: () => new AggregateError(Array.from({ length: 10_000 }, (_, at) => new Error(`${at}`))),
  },
  {
    name: 'an object with the stack of an error',
    make: (touch) => {
      const object = withGetter({}, 'name', touch)
      Error.captureStackTrace(object)
      return object
    },
  },
  { name: 'an object that inherits from an error', make: (touch) => Object.create(errorWith(touch, 'name')) },
  { name: 'undefined', make: () => undefined },
  { name: 'null', make: () => null },
  { name: 'zero', make: () => 0 },
  { name: 'minus zero', make: () => -0 },
  { name: 'NaN', make: () => Number.NaN },
  { name: 'Infinity', make: () => -Infinity },
  { name: 'an empty string', make: () => '' },
  { name: 'a lone surrogate', make: () => '\ud800 and \udc00' },
  { name: 'control characters', make: () => '\u0000\u001b[31m\u202e\u2028</script><img src=x onerror=1>' },
  { name: 'a long string', make: () => 'é'.repeat(50_000_000) },
  { name: 'a symbol', make: () => Symbol('with a description') },
  { name: 'a symbol without a description', make: () => Symbol() },
  { name: 'a BigInt', make: () => -(2n ** 64n) },
  { name: 'a BigInt of a million bits', make: () => 2n ** 1_000_000n },
  { name: 'a function', make: () => function handler() {} },
  { name: 'null-prototype object', make: () => Object.assign(Object.create(null), { a: 1 }) },
  {
    name: 'names of Object.prototype as own keys',
    make: () => JSON.parse('{"__proto__":{"polluted":1},"constructor":1,"hasOwnProperty":2,"toString":3}'),
  },
  { name: 'symbol keys', make: () => ({ [Symbol('one')]: 1, [Symbol.iterator]: 2, [Symbol()]: 3 }) },
  { name: 'cycles', make: cyclic },
  { name: 'nesting', make: () => nested(100_000) },
  { name: 'a sparse array', make: sparse },
  { name: 'a large Map', make: () => new Map(Array.from({ length: 200_000 }, (_, at) => [at, { at }])) },
  {
    name: 'a large object',
    make: () => Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, at])),
  },
  { name: 'detached buffers', make: detached },
  { name: 'a large buffer', make: () => Buffer.alloc(50_000_000) },
  { name: 'a rejected promise', make: rejected },
  { name: 'arguments with a length of their own', make: tamperedArguments },
  { name: 'the global object of another context', make: contextGlobal },
  { name: 'the environment', make: () => process.env },
  { name: 'the global object', make: () => globalThis },
]
