import type { Property, Value } from '@throwpoint/protocol'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { revoked, watched } from '../../../../test/hostile-values.ts'
import { openRedactor, readerWith, readValue } from '../../../../test/read-corpus.ts'

/** What a value looks like on one line. */
function line(value: unknown): string {
  const { description, preview } = readValue(value)
  return preview === undefined ? description : `${description} ${preview}`
}

function child(value: Value, name: string): Value {
  const found = value.children?.find((property) => property.name === name)
  if (found === undefined) throw new Error(`no ${name} in ${JSON.stringify(value)}`)
  return found.value
}

function names(value: Value): string[] {
  return (value.children ?? []).map(({ name }) => name)
}

describe('primitives', () => {
  test.each<[unknown, Partial<Value>]>([
    [undefined, { type: 'undefined', description: 'undefined' }],
    [null, { type: 'object', subtype: 'null', description: 'null', value: null }],
    [true, { type: 'boolean', description: 'true', value: true }],
    [1.5, { type: 'number', description: '1.5', value: 1.5 }],
    [-0, { type: 'number', description: '-0', unserializableValue: '-0' }],
    [Number.NaN, { type: 'number', description: 'NaN', unserializableValue: 'NaN' }],
    [-Infinity, { type: 'number', description: '-Infinity', unserializableValue: '-Infinity' }],
    [-12n, { type: 'bigint', description: '-12n', unserializableValue: '-12n' }],
    ['a "b"\n', { type: 'string', description: '"a \\"b\\"\\n"', value: 'a "b"\n' }],
    ['', { type: 'string', description: '""', value: '' }],
    ['\ud800', { type: 'string', description: '"\\ud800"', value: '\ud800' }],
    [Symbol('kind'), { type: 'symbol', description: 'Symbol(kind)' }],
    [Symbol(), { type: 'symbol', description: 'Symbol()' }],
  ])('%o', (value, expected) => {
    expect(readValue(value)).toEqual(expected)
  })

  test('a BigInt too large to be written', () => {
    expect(readValue(2n ** 1_000_000n)).toEqual({
      type: 'bigint',
      description: 'an integer of more than 4096 bits',
      unavailable: 'string-length',
    })
  })

  test('JSON loses nothing of a lone surrogate', () => {
    const value = JSON.parse(JSON.stringify(readValue('\udc00x\ud800'))) as Value
    expect(value.value).toBe('\udc00x\ud800')
  })
})

describe('objects on one line', () => {
  class Order {
    id = 7
    rows = [{}, {}]
  }
  // Not test.each: it looks into the values itself.
  const lines: Array<[unknown, string]> = [
    [new Order(), 'Order { id: 7, rows: Array(2) }'],
    [{}, 'Object {}'],
    [{ a: 'x', b: null, [Symbol('c')]: 1n }, "Object { a: 'x', b: null, Symbol(c): 1n }"],
    [Object.create(null), 'Object (null prototype) {}'],
    [[], 'Array(0) []'],
    [Object.assign([] as unknown[], { 0: 1, 1: 'a', 3: undefined }), "Array(4) [ 1, 'a', empty, undefined ]"],
    [Object.assign([1], { extra: true }), 'Array(1) [ 1, extra: true ]'],
    [new (class Rows extends Array<unknown> {})(), 'Rows(0) []'],
    [
      new Map<unknown, unknown>([
        ['a', [1]],
        [{}, 2],
      ]),
      "Map(2) { 'a' => Array(1), Object => 2 }",
    ],
    [new Set(['a', Number.NaN]), "Set(2) { 'a', NaN }"],
    [new Uint8Array([1, 255]), 'Uint8Array(2) [ 1, 255 ]'],
    [new BigInt64Array([-1n]), 'BigInt64Array(1) [ -1n ]'],
    [Buffer.from('abc'), 'Buffer(3) <61 62 63>'],
    [new ArrayBuffer(2), 'ArrayBuffer(2) <00 00>'],
    [new SharedArrayBuffer(1), 'SharedArrayBuffer(1) <00>'],
    [new DataView(new ArrayBuffer(4), 1, 2), 'DataView(2) <00 00>'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(Number.NaN), 'Invalid Date'],
    [/a\/b/dgimsuy, '/a\\/b/dgimsuy'],
    [new RegExp('[a]', 'v'), '/[a]/v'],
    [Promise.resolve(1), 'Promise'],
    [new WeakMap(), 'WeakMap'],
    [new WeakSet(), 'WeakSet'],
    [new Map().keys(), 'Map Iterator'],
    [new Set().values(), 'Set Iterator'],
    [[].values(), 'Array Iterator'],
    [(function* () {})(), 'Generator'],
    [(async function* () {})(), 'AsyncGenerator'],
    [Object(7), 'Number { [[PrimitiveValue]]: 7 }'],
    [Object('ab'), "String { [[PrimitiveValue]]: 'ab' }"],
    [Object(Symbol('s')), 'Symbol { [[PrimitiveValue]]: Symbol(s) }'],
    [new URLSearchParams('a=1'), "URLSearchParams { 'a' => '1' }"],
    [new URL('http://h/p?q=1'), "URL { [[href]]: 'http://h/p?q=1' }"],
    [function total() {}, 'function total'],
    [() => 1, 'function (anonymous)'],
    [async () => 1, 'async function (anonymous)'],
    [function* rows() {}, 'function* rows'],
    [async function* rows() {}, 'async function* rows'],
    [class Order {}, 'class Order'],
    [class {}, 'class (anonymous)'],
    // A parameter of that name makes no class.
    // oxlint-disable-next-line no-unused-vars
    [(classy: number) => 1, 'function (anonymous)'],
    [new Proxy({}, {}), 'Proxy'],
    [new Proxy([], {}), 'Proxy(Array)'],
    [new Proxy(() => 1, {}), 'Proxy(function)'],
    [revoked({}), '[revoked proxy]'],
    [
      (function (..._: unknown[]): unknown {
        return arguments
      })(1, 2),
      'Arguments(2) [ 1, 2 ]',
    ],
  ]
  for (const [value, expected] of lines) {
    test(expected, () => expect(line(value)).toBe(expected))
  }

  test('an error', () => {
    const error = Object.assign(new TypeError('no total\nin row 3'), { row: 3 })
    const value = readValue(error)
    expect(value).toMatchObject({ type: 'object', subtype: 'error', className: 'TypeError' })
    expect(value.description).toBe('TypeError: no total\nin row 3')
    expect(child(value, 'message').value).toBe('no total\nin row 3')
    expect(child(value, 'stack').value).toMatch(/^TypeError: no total\nin row 3\n {4}at /)
    expect(child(value, 'row').value).toBe(3)
  })

  test('a class is found behind constructors that are no classes', () => {
    class Base {}
    const made = Object.create(Object.create(Base.prototype, { constructor: { value: 'none' } }))
    expect(readValue(made).className).toBe('Base')
    expect(readValue({ constructor: { name: 'Fake' } }).className).toBe('Object')
  })

  test('kinds are told by what an object is, not by what it says', () => {
    expect(readValue({ [Symbol.toStringTag]: 'Map' }).subtype).toBeUndefined()
    expect(readValue({ [Symbol.toStringTag]: 'Row Iterator' }).subtype).toBe('iterator')
    expect(readValue(Object.setPrototypeOf(new Map([[1, 2]]), null))).toMatchObject({
      subtype: 'map',
      className: 'Map',
    })
    expect(readValue(Object.setPrototypeOf(new Date(0), Map.prototype)).description).toBe(
      '1970-01-01T00:00:00.000Z',
    )
    expect(readValue(Object.create(Map.prototype)).subtype).toBeUndefined()
  })
})

describe('what is inside', () => {
  test('own properties of every sort, under the names they have', () => {
    const key = Symbol('kind')
    const object = Object.defineProperties(
      { b: 1, 2: 'two', [key]: 'symbol' },
      { hidden: { value: 'not enumerable' }, computed: { get: () => 1, enumerable: true } },
    )
    const { children } = readValue(object)
    expect(children?.map(({ name, kind, value }) => [name, kind, value.description])).toEqual([
      ['2', 'data', '"two"'],
      ['b', 'data', '1'],
      ['hidden', 'data', '"not enumerable"'],
      ['computed', 'accessor', '[getter]'],
      ['Symbol(kind)', 'data', '"symbol"'],
    ])
    expect(child(readValue(object), 'computed').unavailable).toBe('getter')
  })

  test('own keys with the names of Object.prototype', () => {
    const value = readValue(JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"hasOwnProperty":2}'))
    expect(names(value)).toEqual(['__proto__', 'constructor', 'hasOwnProperty'])
    expect(child(child(value, '__proto__'), 'polluted').value).toBe(true)
    expect(Object.prototype).not.toHaveProperty('polluted')
  })

  test('entries have keys', () => {
    const key = { id: 1 }
    const { children } = readValue(new Map([[key, 'value']]))
    expect(children).toHaveLength(1)
    expect(children?.[0]).toMatchObject({ name: '[0]', kind: 'entry', value: { value: 'value' } })
    expect(child(children![0]!.key!, 'id').value).toBe(1)
    expect(readValue(new Set(['a'])).children).toMatchObject([{ kind: 'entry', value: { value: 'a' } }])
  })

  test('holes of an array, counted', () => {
    const array = Object.assign([] as unknown[], { 0: 1, 2: 3, length: 6 })
    expect(readValue(array).children?.map(({ name, value }) => [name, value.description])).toEqual([
      ['[0]', '1'],
      ['[1]', 'empty'],
      ['[2]', '3'],
      ['[3…5]', 'empty × 3'],
    ])
    array.length = 2 ** 32 - 1
    const long = readValue(array)
    expect(long).toMatchObject({ description: 'Array(4294967295)', size: 2 ** 32 - 1, unavailable: 'items' })
    expect(names(long)).toEqual(['[0]', '[1]', '[2]', '[3…1999]'])
  })

  test('a promise, a proxy and a buffer stay closed', () => {
    expect(readValue(Promise.resolve({ a: 1 })).children).toBeUndefined()
    expect(readValue(new Proxy({ a: 1 }, {}))).toEqual({
      type: 'object',
      subtype: 'proxy',
      description: 'Proxy',
      unavailable: 'engine',
    })
    expect(readValue(revoked({})).unavailable).toBe('revoked-proxy')
    expect(readValue(Buffer.from('abc')).children).toBeUndefined()
  })

  test('the target of a WeakRef', () => {
    const target = { a: 1 }
    expect(child(child(readValue(new WeakRef(target)), '[[WeakRefTarget]]'), 'a').value).toBe(1)
  })

  test('transferred buffers', () => {
    const buffer = new ArrayBuffer(8)
    const [bytes, view] = [new Uint8Array(buffer), new DataView(buffer)]
    structuredClone(buffer, { transfer: [buffer] })
    expect(readValue(buffer)).toMatchObject({
      description: 'ArrayBuffer (detached)',
      unavailable: 'detached',
    })
    expect(readValue(bytes)).toMatchObject({ description: 'Uint8Array (detached)', unavailable: 'detached' })
    expect(readValue(view)).toMatchObject({ description: 'DataView (detached)', unavailable: 'detached' })
  })

  test('of the environment the names', () => {
    process.env['THROWPOINT_CANARY'] = 'canary-of-the-environment'
    try {
      const value = readValue({ env: process.env }, { limits: { properties: 10_000 } })
      expect(names(child(value, 'env'))).toContain('THROWPOINT_CANARY')
      expect(child(child(value, 'env'), 'THROWPOINT_CANARY').unavailable).toBe('redacted')
      expect(JSON.stringify(value)).not.toContain('canary-of-the-environment')
    } finally {
      delete process.env['THROWPOINT_CANARY']
    }
  })

  test('a function shows what was put on it', () => {
    class Registry {
      static entries = 3
    }
    expect(names(readValue(Registry))).toEqual(['entries'])
    expect(readValue(() => 1).children).toBeUndefined()
  })
})

describe('limits', () => {
  test('depth counts the levels below a value', () => {
    const value = { a: { b: { c: 1 } } }
    const at = (depth: number): string => JSON.stringify(readValue(value, { limits: { depth } }))
    expect(readValue(value, { limits: { depth: 0 } })).toEqual({
      type: 'object',
      className: 'Object',
      description: 'Object',
      unavailable: 'depth',
    })
    expect(at(1)).not.toContain('"b"')
    expect(at(2)).toContain('"b"')
    expect(at(2)).not.toContain('"c"')
    expect(at(3)).not.toContain('depth')
  })

  test('a depth without end stops', () => {
    let value: object = {}
    for (let level = 0; level < 1000; level++) value = { value }
    const text = JSON.stringify(readValue(value, { limits: { depth: Infinity } }))
    expect(text.match(/"children"/g)).toHaveLength(100)
    expect(text).toContain('"unavailable":"depth"')
  })

  test('properties', () => {
    const value = readValue({ a: 1, b: 2, c: 3 }, { limits: { properties: 2 } })
    expect(value).toMatchObject({ size: 3, unavailable: 'properties', preview: '{ a: 1, b: 2, … }' })
    expect(names(value)).toEqual(['a', 'b'])
    expect(readValue({ a: 1, b: 2 }, { limits: { properties: 2 } })).not.toHaveProperty('unavailable')
  })

  test.each<[string, unknown]>([
    ['array', [1, 2, 3]],
    ['set', new Set([1, 2, 3])],
    [
      'map',
      new Map([
        [1, 1],
        [2, 2],
        [3, 3],
      ]),
    ],
    ['typed array', new Int8Array(3)],
    ['search', new URLSearchParams('a=1&b=2&c=3')],
  ])('items of a %s', (_name, value) => {
    const cut = readValue(value, { limits: { items: 2 } })
    expect(cut).toMatchObject({ size: 3, unavailable: 'items' })
    expect(cut.children).toHaveLength(2)
    const whole = readValue(value, { limits: { items: 3 } })
    expect(whole.children).toHaveLength(3)
    expect(whole).not.toHaveProperty('unavailable')
  })

  test('length of strings, without tearing a pair', () => {
    const cut = readValue('aé😀b', { limits: { stringLength: 3 } })
    expect(cut).toEqual({
      type: 'string',
      value: 'aé',
      description: '"aé"',
      size: 5,
      unavailable: 'string-length',
    })
    expect(readValue('abc', { limits: { stringLength: 3 } })).not.toHaveProperty('size')
  })

  test('bytes of a buffer', () => {
    const value = readValue(Buffer.alloc(1000, 0xab))
    expect(value).toMatchObject({ description: 'Buffer(1000)', size: 1000, unavailable: 'bytes' })
    expect(value.preview).toBe(`<${'ab '.repeat(64)}…>`)
    const view = new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 2)
    expect(readValue(view).preview).toBe('<03 04>')
  })

  test('a string too long to be opened', () => {
    expect(readValue('ab'.repeat(25_000_000))).toEqual({
      type: 'string',
      description: 'a string of 50000000 characters',
      size: 50_000_000,
      unavailable: 'string-length',
    })
  })

  test('a part of a large text keeps only itself alive', () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const parts = (): string[] => {
      return Array.from({ length: 40 }, (_, at) => {
        return Buffer.alloc(1_000_000, `${at}`).toString('latin1').slice(10, 60)
      })
    }
    collect()
    const before = process.memoryUsage().heapUsed
    // In a function of its own: a register of this one would keep the list.
    const values = ((): Value => readerWith().read(parts()))()
    collect()
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000)
    expect(values.children).toHaveLength(40)
  })

  test('the budget: what is read by then is kept', () => {
    const value = readValue({ a: { b: 1 } }, { budgetMs: -1 })
    expect(value).toEqual({
      type: 'object',
      className: 'Object',
      description: 'Object',
      unavailable: 'budget',
    })
    expect(readValue('text', { budgetMs: -1 }).value).toBe('text')
  })

  test('the budget: of an object that was opened, some properties are read all the same', () => {
    let late = false
    const hides = (): boolean => {
      // Uses up the time there is.
      for (const until = performance.now() + 20; !late && performance.now() < until;);
      late = true
      return false
    }
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`k${at}`, { at }]))
    const value = readValue(many, { redactor: { ...openRedactor, hides }, budgetMs: 10 })
    expect(value).toMatchObject({ unavailable: 'budget', size: 40 })
    expect(value.children).toHaveLength(20)
    expect(child(value, 'k0').unavailable).toBe('budget')
  })

  test('what does not fit is what lies deepest', () => {
    const tree = (levels: number): unknown[] =>
      Array.from({ length: 60 }, () => (levels === 0 ? { a: 1 } : tree(levels - 1)))
    const value = readValue(tree(2), { limits: { reportBytes: 60_000 } })
    expect(value.children).toHaveLength(60)
    expect(value.children?.every(({ value: item }) => item.description === 'Array(60)')).toBe(true)
    expect(child(value, '[0]').children).toHaveLength(60)
    expect(child(value, '[59]').unavailable).toBe('bytes')
  })

  test('the bytes of the report', () => {
    const rows = Array.from({ length: 100 }, (_, id) => ({ id, text: 'x'.repeat(1000), more: { id } }))
    const text = JSON.stringify(readValue({ rows }, { limits: { reportBytes: 50_000 } }))
    expect(text).toContain('"unavailable":"bytes"')
    expect(text.length).toBeLessThan(50_000)
  })

  test('the bytes of the report hold for all values of one reader', () => {
    const reader = readerWith({ limits: { reportBytes: 50_000 } })
    const values = Array.from({ length: 100 }, (_, id) => reader.read({ id, text: 'x'.repeat(1000) }))
    expect(JSON.stringify(values).length).toBeLessThan(50_000)
    expect(values.at(-1)?.unavailable).toBe('bytes')
  })
})

describe('objects seen before', () => {
  test('a cycle refers to where it began', () => {
    const order: Record<string, unknown> = { id: 7 }
    order['self'] = order
    const value = readValue(order)
    expect(value.refId).toBe(1)
    expect(child(value, 'self')).toEqual({
      type: 'object',
      className: 'Object',
      description: 'Object',
      ref: 1,
    })
  })

  test('a shared object is shown where it is nearest', () => {
    const shared = { shared: true }
    const value = readValue({ deep: { deeper: { shared } }, near: shared })
    expect(child(child(value, 'near'), 'shared').value).toBe(true)
    expect(child(child(child(value, 'deep'), 'deeper'), 'shared').ref).toBe(child(value, 'near').refId)
  })

  test('through all values of one reader', () => {
    const shared = { shared: true }
    const reader = readerWith()
    const first = reader.read({ shared })
    const second = reader.read(shared)
    expect(second.ref).toBe(child(first, 'shared').refId)
    expect(second.children).toBeUndefined()
  })

  test('one that was cut at the depth is shown later', () => {
    const deep = { deep: true }
    const reader = readerWith({ limits: { depth: 1 } })
    expect(child(reader.read({ deep }), 'deep').unavailable).toBe('depth')
    expect(child(reader.read(deep), 'deep').value).toBe(true)
  })

  test('in keys, prototypes and functions', () => {
    const key = { a: 1 }
    const map = new Map<unknown, unknown>([[key, key]])
    map.set(map, map)
    const { children, refId } = readValue(map)
    const [first, second] = children as [Property, Property]
    expect(first.key?.ref).toBe(first.value.refId)
    expect([second.key?.ref, second.value.ref]).toEqual([refId, refId])
  })
})

test('a reader whose redactor fails hides, and never throws', () => {
  const fail = (): never => {
    throw new Error('broken redactor')
  }
  const value = readValue(
    { a: 1, list: ['text', new Error('secret')], rawHeaders: ['a', 'b'] },
    { redactor: { hides: fail, text: fail, header: fail } },
  )
  expect(JSON.stringify(value)).not.toMatch(/text|secret|"b"/)
  expect(child(value, 'a').unavailable).toBe('redacted')
  expect(readValue(watched(['a'], fail)).description).toBe('Proxy(Array)')
})
