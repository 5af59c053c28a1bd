import type { Limits } from '@throwpoint/protocol'
import { defaultLimits } from '@throwpoint/protocol'
import { describe, expect, test } from 'vitest'
import { runInNewContext } from 'node:vm'
import { watched, withGetter } from '../../../../test/hostile-values.ts'
import { openRedactor, readerWith } from '../../../../test/read-corpus.ts'
import { type DescribedThrown, describeThrown } from './thrown.ts'

function described(thrown: unknown, limits: Partial<Limits> = {}): DescribedThrown {
  return describeThrown(thrown, readerWith({ limits }), {
    limits: { ...defaultLimits, ...limits },
    redactor: openRedactor,
  })
}

/** Each cause as `relation[index] < parent: message`, with what it refers to. */
function outline({ causes }: DescribedThrown): string[] {
  return causes.map(({ relation, index, parent, ref, error }) => {
    const at = index === undefined ? '' : `[${index}]`
    return `${relation}${at} < ${parent ?? -1}: ${error.message}${ref === undefined ? '' : ` = ${ref}`}`
  })
}

describe('an error', () => {
  test('with what it says', () => {
    const error = Object.assign(new RangeError('too far'), { code: 'E_FAR', limit: 7 })
    const { error: info, stackText, causes } = described(error)
    expect(info).toEqual({
      name: 'RangeError',
      message: 'too far',
      code: 'E_FAR',
      stack: error.stack,
      isError: true,
      properties: { limit: 7 },
    })
    expect(stackText).toBe(error.stack)
    expect(causes).toEqual([])
  })

  test('of another realm, frozen, or of an old-style class', () => {
    expect(described(runInNewContext('new TypeError("there")')).error).toMatchObject({
      name: 'TypeError',
      message: 'there',
      isError: true,
    })
    expect(described(Object.freeze(new Error('frozen'))).error.isError).toBe(true)
    const old = Object.create(Error.prototype, { message: { value: 'old' } }) as Error
    expect(described(old).error).toMatchObject({ name: 'Error', message: 'old', isError: true })
    expect(described(new DOMException('away', 'AbortError')).error).toMatchObject({
      name: 'AbortError',
      message: 'away',
      isError: true,
    })
  })

  test('whose name is behind a getter goes by its class', () => {
    class PaymentError extends Error {
      override get name(): string {
        throw new Error('called')
      }
    }
    const { error, stackText } = described(new PaymentError('declined'))
    expect(error).toMatchObject({
      name: 'PaymentError',
      message: 'declined',
      unavailable: 'name is a getter, which was not called',
    })
    expect(stackText).toMatch(/^PaymentError: declined\n {4}at .*thrown\.test\.ts/)
  })

  test.each<[string, unknown, string]>([
    ['a number', 42, '42'],
    ['an object', { text: 'inner' }, 'Object'],
    ['null', null, 'null'],
    ['undefined', undefined, ''],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
  ])('with %s as message', (_name, message, expected) => {
    expect(described(Object.assign(new Error('x'), { message })).error.message).toBe(expected)
  })

  test.each<[string, unknown]>([
    ['a number', 42],
    ['an object', {}],
    ['undefined', undefined],
  ])('with %s as stack', (_name, stack) => {
    const { error, stackText } = described(Object.assign(new Error('x'), { stack }))
    expect([error.stack, stackText]).toEqual(['', ''])
  })

  test('with a code that is neither text nor number', () => {
    for (const code of [{}, null, Number.NaN, true]) {
      expect(described(Object.assign(new Error('x'), { code })).error).not.toHaveProperty('code')
    }
    expect(described(Object.assign(new Error('x'), { code: 0 })).error.code).toBe(0)
    expect(described(Object.assign(new Error('x'), { code: {} })).error.properties).toEqual({ code: {} })
  })

  test('with a long message keeps the start of it and all frames', () => {
    const error = new Error('m'.repeat(400_000))
    const { error: info, stackText } = described(error)
    expect(info.message).toBe(`${'m'.repeat(10_000)}…`)
    expect(info.unavailable).toBe('the message has 400000 characters')
    expect(stackText.length).toBeLessThan(400_000)
    expect(stackText).toMatch(/\n {4}at .*thrown\.test\.ts/)
    void error.stack
    expect(described(error).stackText).toMatch(/^Error: m+…\nm*\n {4}at .*thrown\.test\.ts/)
  })

  test('keeps its own properties as they were', () => {
    const error = Object.assign(new Error('x'), { a: 1 })
    const before = Reflect.ownKeys(error)
    described(error)
    expect(Reflect.ownKeys(error)).toEqual(before)
  })
})

describe('properties of an error', () => {
  function properties(values: object, limits: Partial<Limits> = {}): unknown {
    return described(Object.assign(new Error('x'), values), limits).error.properties
  }

  test('as JSON, whatever they are', () => {
    expect(
      properties({
        text: 'a',
        number: 1,
        none: null,
        absent: undefined,
        method() {},
        zero: -0,
        large: 10n,
        symbol: Symbol('s'),
        date: new Date(0),
        pattern: /a/g,
        map: new Map([['a', 1]]),
        set: new Set(),
        bytes: Buffer.from('ab'),
        list: [1, undefined, [2]],
        nested: { a: { b: 1 } },
        error: new TypeError('inner'),
        promise: Promise.resolve(),
      }),
    ).toEqual({
      text: 'a',
      number: 1,
      none: null,
      zero: '-0',
      large: '10n',
      symbol: 'Symbol(s)',
      date: '1970-01-01T00:00:00.000Z',
      pattern: '/a/g',
      map: "Map(1) { 'a' => 1 }",
      set: 'Set(0) {}',
      bytes: 'Buffer(2) <61 62>',
      list: [1, 'undefined', [2]],
      nested: { a: { b: 1 } },
      error: { name: 'TypeError', message: 'inner' },
      promise: 'Promise',
    })
  })

  test('without those shown elsewhere, and only enumerable ones', () => {
    const error = Object.assign(new Error('x'), {
      name: 'Own',
      message: 'own',
      stack: 'own',
      cause: 1,
      code: 2,
    })
    Object.defineProperty(error, 'hidden', { value: 1 })
    expect(described(error).error.properties).toEqual({})
    expect(properties({ errors: [{ field: 'a' }] })).toEqual({ errors: [{ field: 'a' }] })
    expect(properties({ errors: [new Error('a')] })).toEqual({})
  })

  test('cycles, repetitions and streams by a word', () => {
    const error = Object.assign(new Error('x'), { self: {}, list: [] as unknown[] })
    error.self = error
    const shared = { a: 1 }
    const cycle: Record<string, unknown> = { shared }
    cycle['cycle'] = cycle
    const stream = { pipe() {}, on() {}, socket: { secret: 1 } }
    Object.assign(error, { shared, again: shared, cycle, request: stream, deep: { stream } })
    expect(described(error).error.properties).toEqual({
      self: '[Circular]',
      list: [],
      shared: { a: 1 },
      again: '[repeated: Object]',
      cycle: { shared: '[repeated: Object]', cycle: '[Circular]' },
      request: '[object Stream]',
      deep: { stream: '[object Stream]' },
    })
  })

  test('no getter, toJSON or trap is called', () => {
    let calls = 0
    const touch = (): number => calls++
    const values = {
      json: { toJSON: touch, a: 1 },
      proxy: watched({}, touch),
      inner: withGetter({}, 'trap', touch),
    }
    const error = withGetter(Object.assign(new Error('x'), values), 'own', touch)
    expect(described(error).error.properties).toEqual({
      json: { a: 1 },
      proxy: 'Proxy',
      inner: { trap: '[getter]' },
      own: '[getter]',
    })
    expect(calls).toBe(0)
  })

  test('within the limits', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`k${at}`, at]))
    const { error } = described(Object.assign(new Error('x'), many))
    expect(Object.keys(error.properties)).toHaveLength(50)
    expect(error.unavailable).toBe('only 50 of 1000 properties are shown')
    expect(
      properties({ list: Array.from({ length: 1000 }, () => 1), many, text: 'x'.repeat(1e6) }),
    ).toMatchObject({
      list: expect.arrayContaining(['… 1000 in all']),
      many: expect.objectContaining({ '…': '1000 in all' }),
      text: 'x'.repeat(10_000),
    })
    expect(properties({ a: { b: { c: { d: {} } } } })).toEqual({ a: { b: { c: { d: '[Object]' } } } })
  })
})

describe('a value that is no error', () => {
  test.each<[unknown, string, string]>([
    [undefined, 'undefined', 'undefined'],
    [null, 'null', 'null'],
    [0, 'number', '0'],
    ['', 'string', ''],
    ['text', 'string', 'text'],
    [Symbol('s'), 'symbol', 'Symbol(s)'],
    [10n, 'bigint', '10n'],
    [() => 1, 'function', 'function (anonymous)'],
    [{ status: 404 }, 'object', '{ status: 404 }'],
  ])('%o', (thrown, name, message) => {
    const { error, stackText, causes } = described(thrown)
    expect(error).toMatchObject({ name, message, stack: '', isError: false, properties: {} })
    expect(error.value?.type).toBe(typeof thrown)
    expect([stackText, causes]).toEqual(['', []])
  })

  test('a proxy of an error is not opened', () => {
    let calls = 0
    const { error } = described(watched(new Error('inside'), () => calls++))
    expect(error).toMatchObject({
      name: 'object',
      message: 'Proxy',
      isError: false,
      value: { subtype: 'proxy' },
    })
    expect(calls).toBe(0)
  })

  test('an object with a stack', () => {
    const object = { message: 'like an error' }
    Error.captureStackTrace(object)
    const { error, stackText } = described(object)
    expect(error.isError).toBe(false)
    expect(stackText).toMatch(/thrown\.test\.ts/)
  })
})

describe('causes', () => {
  test('one after the other', () => {
    const error = new Error('c', { cause: new Error('b', { cause: new Error('a') }) })
    const result = described(error)
    expect(outline(result)).toEqual(['cause < -1: b', 'cause < 0: a'])
    expect(result.causes[1]!.thrown).toBe((error.cause as Error).cause)
    expect(result.causes[1]!.stackText).toMatch(/^Error: a\n/)
  })

  test('aggregated errors, nested', () => {
    const inner = new AggregateError([new Error('x')], 'inner')
    const error = new AggregateError([inner, 'text'], 'outer', { cause: new Error('why') })
    expect(outline(described(error))).toEqual([
      'cause < -1: why',
      'aggregate[0] < -1: inner',
      'aggregate[1] < -1: text',
      'aggregate[0] < 1: x',
    ])
  })

  test('errors in an ordinary array of another error', () => {
    const error = Object.assign(new Error('invalid'), { errors: [new Error('a')] })
    expect(outline(described(error))).toEqual(['aggregate[0] < -1: a'])
    expect(outline(described(Object.assign(new Error('x'), { errors: [{ field: 'a' }, 'b'] })))).toEqual([])
    expect(outline(described(Object.assign(new Error('x'), { errors: 'none' })))).toEqual([])
  })

  test('a SuppressedError', () => {
    const error = Object.assign(new Error('two'), {
      name: 'SuppressedError',
      error: new Error('later'),
      suppressed: new Error('earlier'),
    })
    expect(outline(described(error))).toEqual(['aggregate[0] < -1: later', 'aggregate[1] < -1: earlier'])
  })

  test('absent ones are none', () => {
    for (const cause of [undefined, null, () => new Error('method')]) {
      expect(described(new Error('x', { cause })).causes).toEqual([])
    }
  })

  test('one that is no error is shown and not followed', () => {
    const error = new Error('x', { cause: { status: 500, cause: new Error('deeper') } })
    const { causes } = described(error)
    expect(causes).toHaveLength(1)
    expect(causes[0]!.error).toMatchObject({ isError: false, name: 'object' })
  })

  test('cycles refer back', () => {
    const self = new Error('self')
    self.cause = self
    expect(outline(described(self))).toEqual(['cause < -1: self = -1'])
    const b = new Error('b')
    const a = new Error('a', { cause: b })
    b.cause = a
    expect(outline(described(new Error('top', { cause: a })))).toEqual([
      'cause < -1: a',
      'cause < 0: b',
      'cause < 1: a = 0',
    ])
    const mention = described(self).causes[0]!.error
    expect(mention).toEqual({ name: 'Error', message: 'self', stack: '', isError: true, properties: {} })
  })

  test('no more than the limit, and how many there are', () => {
    let chain = new Error('0')
    for (let at = 1; at < 100; at++) chain = new Error(`${at}`, { cause: chain })
    const causes = described(chain).causes
    expect(causes).toHaveLength(20)
    expect(causes[19]).toMatchObject({ omitted: 79, error: { message: '79' } })
    expect(causes.slice(0, 19).every(({ omitted }) => omitted === undefined)).toBe(true)
    const many = new AggregateError(Array.from({ length: 10_000 }, (_, at) => new Error(`${at}`)))
    expect(described(many).causes.at(-1)).toMatchObject({ index: 19, omitted: 9980 })
    expect(described(chain, { causes: 0 }).causes).toEqual([])
    expect(described(chain, { causes: 99 }).causes.at(-1)).not.toHaveProperty('omitted')
  })

  test('a getter is not called, which is said', () => {
    const error = withGetter(new Error('x'), 'cause', () => {})
    const { error: info, causes } = described(error)
    expect(causes).toEqual([])
    expect(info.unavailable).toBe('cause is a getter, which was not called')
  })
})
