import { expect, test } from 'vitest'
import { describeThrown } from '../packages/core/src/thrown/thrown.ts'
import { defaultLimits } from '../packages/protocol/src/limits.ts'
import { openRedactor, readerWith, readValue } from './read-corpus.ts'

/*
 * An application may replace any built-in after this code was loaded. Here each method of one owner is replaced by one
 * that counts its calls and throws, while values are read, and put back at once.
 */

const owners: ReadonlyArray<readonly [name: string, owner: object]> = [
  ['Object', Object],
  ['Object.prototype', Object.prototype],
  ['Reflect', Reflect],
  ['JSON', JSON],
  ['Array', Array],
  ['Array.prototype', Array.prototype],
  ['String', String],
  ['String.prototype', String.prototype],
  ['Number', Number],
  ['Number.prototype', Number.prototype],
  ['BigInt.prototype', BigInt.prototype],
  ['Boolean.prototype', Boolean.prototype],
  ['Symbol.prototype', Symbol.prototype],
  ['Math', Math],
  ['Date', Date],
  ['Date.prototype', Date.prototype],
  ['RegExp.prototype', RegExp.prototype],
  ['Map.prototype', Map.prototype],
  ['Set.prototype', Set.prototype],
  ['WeakMap.prototype', WeakMap.prototype],
  ['WeakSet.prototype', WeakSet.prototype],
  ['WeakRef.prototype', WeakRef.prototype],
  ['Promise', Promise],
  ['Promise.prototype', Promise.prototype],
  ['Function.prototype', Function.prototype],
  ['Error', Error],
  ['Error.prototype', Error.prototype],
  ['ArrayBuffer.prototype', ArrayBuffer.prototype],
  ['DataView.prototype', DataView.prototype],
  ['TypedArray.prototype', Object.getPrototypeOf(Uint8Array.prototype) as object],
  ['the iterator of arrays', Object.getPrototypeOf([].values()) as object],
  ['the iterator of Maps', Object.getPrototypeOf(new Map().values()) as object],
  ['the iterator of Sets', Object.getPrototypeOf(new Set().values()) as object],
  ['Buffer', Buffer],
  ['Buffer.prototype', Buffer.prototype],
  ['URL.prototype', URL.prototype],
  ['URLSearchParams.prototype', URLSearchParams.prototype],
  ['performance', performance],
  ['the global object', globalThis],
]

const kept = new Set<PropertyKey>(['constructor', '__proto__'])
const globals = new Set<PropertyKey>(
  'Object Reflect JSON Array String Number BigInt Symbol Math Date RegExp Map Set WeakMap WeakSet WeakRef Promise '
    .concat(
      'Function Error TypeError Proxy ArrayBuffer DataView Uint8Array Buffer URL URLSearchParams DOMException ',
    )
    .concat('performance process')
    .split(' '),
)

interface Patch {
  readonly name: PropertyKey
  readonly before: PropertyDescriptor
  readonly after: PropertyDescriptor
}

/** Replaces each method and getter of an owner. */
function patchesOf(owner: object, touch: () => void): Patch[] {
  const fail = (): never => {
    touch()
    throw new TypeError('a broken built-in was called')
  }
  return Reflect.ownKeys(owner).flatMap((name) => {
    const before = Reflect.getOwnPropertyDescriptor(owner, name)!
    const { get, value, enumerable } = before
    if (before.configurable === false || kept.has(name)) return []
    if (owner === globalThis ? !globals.has(name) : get === undefined && typeof value !== 'function')
      return []
    const shape = { __proto__: null, configurable: true, enumerable }
    const after = get === undefined ? { ...shape, value: fail, writable: true } : { ...shape, get: fail }
    return [
      {
        name,
        before: { __proto__: null, ...before } as PropertyDescriptor,
        after: after as PropertyDescriptor,
      },
    ]
  })
}

/** Runs something while the built-ins are broken. Only syntax may stand in here, and what was taken before. */
function whileBroken<Result>(owner: object, touch: () => void, run: () => Result): Result {
  const patches = patchesOf(owner, touch)
  const { length } = patches
  const define = Reflect.defineProperty
  try {
    for (let at = 0; at < length; at++) define(owner, patches[at]!.name, patches[at]!.after)
    return run()
  } finally {
    for (let at = 0; at < length; at++) define(owner, patches[at]!.name, patches[at]!.before)
  }
}

class Order {
  id = 7
  rows = [{ a: 1 }, { b: [2] }]
  total = new Map<unknown, unknown>([
    ['k', new Set([1, 'x'])],
    [{}, 2],
  ])
  get tax(): number {
    return 1
  }
}

/** One value of each sort. */
function sample(): unknown[] {
  const order: Record<string, unknown> = { order: new Order() }
  order['self'] = order
  const code = { code: 'E', list: [1, { a: new Date(0) }], map: new Map([[1, 2]]), deep: { deeper: {} } }
  const cause = new AggregateError([new Error('a'), 1], 'all')
  return [
    order,
    Object.assign(['text', 'x'.repeat(20_000), -0, 10n, Symbol('s'), null, undefined], {
      length: 12,
      extra: 1,
    }),
    [
      new Date(0),
      /a/gi,
      new Uint8Array(3),
      Buffer.from('abc'),
      new ArrayBuffer(2),
      new DataView(new ArrayBuffer(2)),
    ],
    [Object(1), Object('s'), Object(2n), Object(true), Object(Symbol('t'))],
    [
      Promise.resolve(1),
      new WeakMap(),
      new WeakSet(),
      new WeakRef(order),
      new Map().keys(),
      new Set().values(),
    ],
    [new URL('http://h/?a=1'), new URLSearchParams('a=1&b=2'), () => 1, Order, (function* () {})()],
    [
      new Proxy({}, {}),
      Object.create(null),
      new Error('in', { cause: 1 }),
      new DOMException('d', 'AbortError'),
    ],
    Object.assign(new RangeError('outer', { cause }), code),
    'x'.repeat(20_000),
    new DOMException('d', 'AbortError'),
  ]
}

const options = { limits: defaultLimits, redactor: openRedactor }

for (const [name, owner] of owners) {
  test(`${name} broken: values are read as before, and nothing of it is called`, () => {
    for (const value of sample()) {
      let calls = 0
      const reader = readerWith()
      const read = whileBroken(
        owner,
        () => calls++,
        () => reader.read(value),
      )
      expect(read).toEqual(readValue(value))
      expect(calls).toBe(0)
    }
  })

  test(`${name} broken: what is thrown is described as before`, () => {
    for (const value of sample()) {
      // First, so that the stack is formatted: the hook of the test runner needs the built-ins.
      const expected = describeThrown(value, readerWith(), options)
      const reader = readerWith()
      const found = whileBroken(
        owner,
        () => {},
        () => describeThrown(value, reader, options),
      )
      expect(found).toEqual(expected)
    }
  })
}

test('nothing of what Object.prototype was given shows through', () => {
  const names = [
    'get',
    'set',
    'value',
    'unavailable',
    'key',
    'children',
    'preview',
    'ref',
    'toJSON',
    'then',
    'closedStreams',
    'refId',
  ]
  const values = sample()
  const plain = values.map((value) => readValue(value))
  let calls = 0
  const getter = { __proto__: null, configurable: true, get: () => calls++, set: () => calls++ }
  const data = { __proto__: null, configurable: true, writable: false, value: 'polluted' }
  for (const descriptor of [getter, data] as PropertyDescriptor[]) {
    const define = Reflect.defineProperty
    const read: unknown[] = []
    const readers = values.map(() => readerWith())
    try {
      for (const name of names) define(Object.prototype, name, descriptor)
      for (let at = 0; at < values.length; at++) read.push(readers[at]!.read(values[at]))
    } finally {
      for (const name of names) Reflect.deleteProperty(Object.prototype, name)
    }
    expect(read).toEqual(plain)
    expect(calls).toBe(0)
  }
})

test('nothing is called through setters on Array.prototype', () => {
  const values = sample()
  const plain = values.map((value) => readValue(value))
  const readers = values.map(() => readerWith())
  const read: unknown[] = values.map(() => undefined)
  let calls = 0
  const setter = {
    __proto__: null,
    configurable: true,
    get: () => calls++,
    set: () => calls++,
  } as PropertyDescriptor
  const define = Reflect.defineProperty
  try {
    for (let at = 0; at < 20; at++) define(Array.prototype, at, setter)
    for (let at = 0; at < values.length; at++) read[at] = readers[at]!.read(values[at])
  } finally {
    for (let at = 0; at < 20; at++) Reflect.deleteProperty(Array.prototype, at)
  }
  expect(calls).toBe(0)
  expect(read).toEqual(plain)
})
