import type { Report, Value } from '@throwpoint/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expanded, lastName, parsePath, walk } from './value-path.ts'

const number = (value: number): Value => ({ type: 'number', description: String(value), value })
const object = (children: Record<string, Value>, more: Partial<Value> = {}): Value => ({
  type: 'object',
  className: 'Object',
  description: 'Object',
  children: Object.entries(children).map(([name, value]) => ({ name, kind: 'data', value })),
  ...more,
})
const list = (...items: Value[]): Value => ({
  type: 'object',
  subtype: 'array',
  className: 'Array',
  description: `Array(${items.length})`,
  children: items.map((value, index) => ({ name: `[${index}]`, kind: 'data', value })),
})
const report = (...values: Value[]): Report =>
  ({
    frames: [{ scopes: [{ variables: values.map((value) => ({ name: 'x', value })) }] }],
    causes: [],
  }) as never

describe('parsePath', () => {
  it.each([
    ['order', 'order', []],
    ['order.rows[0].price', 'order', ['rows', '0', 'price']],
    ['order?.rows?.[0]', 'order', ['rows', '0']],
    ['a["b c"].d', 'a', ['b c', 'd']],
    ["a['it\\'s']", 'a', ["it's"]],
    ['a . b', 'a', ['b']],
    ['$req.headers["x-id"]', '$req', ['headers', 'x-id']],
    ['o.#secret', 'o', ['#secret']],
    ['größe.länge', 'größe', ['länge']],
  ])('%s', (text, root, names) => {
    expect(parsePath(text)).toEqual({ root, steps: names.map((name) => ({ name })) })
  })

  it('get() of a Map', () => {
    expect(parsePath('rates.get("de").tax')!.steps).toEqual([{ name: 'de', get: true }, { name: 'tax' }])
  })

  it.each(['', '1', 'a b', 'f()', 'a + b', 'a.', 'a[b]', 'a[', '[0]', 'a.b = 1', 'a[0]]', '!a'])(
    '%s is none',
    (text) => {
      expect(parsePath(text)).toBeUndefined()
    },
  )
})

describe('walk', () => {
  const order = object({ id: number(7), rows: list(object({ price: number(3) })) })
  const at = (text: string, root: Value = order): Value | string => {
    return walk(root, 'order', parsePath(text)!.steps, report(root))
  }

  it('finds what was captured', () => {
    expect(at('order.rows[0].price')).toMatchObject({ value: 3 })
    expect(at('order.rows.length')).toMatchObject({ value: 1 })
    expect(at('order.none')).toMatchObject({ type: 'undefined' })
  })

  it('says why there is nothing', () => {
    expect(at('order.none.more')).toMatch(/order.none.more: what is before "more" is undefined/)
    expect(at('order.id', object({}, { unavailable: 'depth' }))).toMatch(
      /was not captured: its owner was cut \(depth\)/,
    )
    expect(at('order.total', object({}, { className: 'Order' }))).toMatch(/no own property of this Order/)
    expect(at('order.a', { type: 'object', description: 'x', unavailable: 'redacted' })).toMatch(
      /hidden by redaction/,
    )
  })

  it('goes through what was shown before', () => {
    const shared = object({ price: number(9) }, { refId: 4 })
    const owner = object({ row: { type: 'object', description: 'Object', ref: 4 } })
    expect(walk(owner, 'o', [{ name: 'row' }, { name: 'price' }], report(shared, owner))).toMatchObject({
      value: 9,
    })
  })
})

it('expands what values share, and leaves cycles', () => {
  const shared = object({ price: number(9) }, { refId: 4 })
  const self = object(
    {
      row: { type: 'object', description: 'Object', ref: 4 },
      me: { type: 'object', description: 'Object', ref: 5 },
    },
    { refId: 5 },
  )
  const whole = expanded(self, report(shared, self), 5)
  expect(whole.refId).toBe(5)
  expect(whole.children![0]!.value.children).toHaveLength(1)
  expect(whole.children![1]!.value).toMatchObject({ ref: 5 })
})

it('stops at objects that share each other without an end', () => {
  const values = Array.from({ length: 30 }, (_, index) => {
    const next = { type: 'object', description: 'Object', ref: index + 2 } as const
    return object({ a: next, b: next }, { refId: index + 1 })
  })
  expect(JSON.stringify(expanded(values[0]!, report(...values), 100)).length).toBeLessThan(10_000_000)
})

it.each([
  ['user.password', 'password'],
  ['await db.token', 'token'],
  ['x["api-key"]', 'api-key'],
  ['getSecret()', undefined],
  ['a + user.password', 'password'],
  ['(user.password)', 'password'],
  ['1', undefined],
])('the last name of %s', (code, name) => {
  expect(lastName(code)).toBe(name)
})

it('takes any text', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      parsePath(text)
      lastName(text)
    }),
  )
})
