import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Property, Value } from '../packages/protocol/src/value.ts'
import { hostileValues } from './hostile-values.ts'
import { readerWith, readValue, reportOfThrown, reportWith } from './read-corpus.ts'
import { assertReport } from './report-schema.ts'

const anything = fc.anything({
  maxDepth: 4,
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
})

const limits = fc.record({
  depth: fc.integer({ min: 0, max: 6 }),
  properties: fc.integer({ min: 0, max: 5 }),
  items: fc.integer({ min: 0, max: 5 }),
  stringLength: fc.integer({ min: 0, max: 20 }),
})

function all(value: Value): Value[] {
  const found: Value[] = []
  const later = [value]
  for (let next = later.pop(); next !== undefined; next = later.pop()) {
    found.push(next)
    for (const { key, value: item } of next.children ?? [])
      later.push(item, ...(key === undefined ? [] : [key]))
  }
  return found
}

function levels(value: Value): number {
  const below = (value.children ?? []).flatMap(({ key, value: item }: Property) => [
    item,
    ...(key ? [key] : []),
  ])
  return below.length === 0 ? 0 : 1 + Math.max(...below.map(levels))
}

test('any value is read as a valid Value within the limits', () => {
  fc.assert(
    fc.property(anything, limits, (value, { depth, properties, items, stringLength }) => {
      const read = readValue(value, { limits: { depth, properties, items, stringLength } })
      assertReport(reportWith(read))
      expect(levels(read)).toBeLessThanOrEqual(depth)
      for (const each of all(read)) {
        // Runs of holes stand between the items, and an array has other properties.
        expect((each.children ?? []).length).toBeLessThanOrEqual(2 * items + properties + 1)
        if (typeof each.value === 'string') expect(each.value.length).toBeLessThanOrEqual(stringLength)
        if (each.size !== undefined) expect(each.unavailable).toBeDefined()
        expect(each.description).not.toBe('')
      }
    }),
    { numRuns: 300 },
  )
})

test('every reference leads to a value of the same reader', () => {
  const shared = fc.array(anything, { minLength: 1, maxLength: 3 }).chain((pool) => {
    return fc.array(fc.constantFrom(...pool), { minLength: 2, maxLength: 6 })
  })
  fc.assert(
    fc.property(shared, (values) => {
      const reader = readerWith()
      const read = values.map((value) => reader.read(value)).flatMap(all)
      const ids = read.flatMap(({ refId }) => refId ?? [])
      expect(new Set(ids).size).toBe(ids.length)
      for (const { ref } of read) if (ref !== undefined) expect(ids).toContain(ref)
    }),
    { numRuns: 200 },
  )
})

test('primitives survive the way through JSON', () => {
  const primitive = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
  )
  fc.assert(
    fc.property(primitive, (value) => {
      expect(restored(JSON.parse(JSON.stringify(readValue(value))) as Value)).toStrictEqual(value)
    }),
    { numRuns: 500 },
  )
})

function restored({ type, value, unserializableValue }: Value): unknown {
  if (unserializableValue === undefined) return type === 'undefined' ? undefined : value
  return type === 'bigint' ? BigInt(unserializableValue.slice(0, -1)) : Number(unserializableValue)
}

test('anything can be thrown, as it is and inside an error', () => {
  fc.assert(
    fc.property(anything, anything, (value, other) => {
      const error = Object.assign(new Error('outer', { cause: value }), {
        value,
        errors: [other, new Error('in')],
      })
      for (const thrown of [value, error]) assertReport(reportOfThrown(thrown))
      expect(reportOfThrown(error).causes.length).toBeLessThanOrEqual(20)
    }),
    { numRuns: 200 },
  )
})

test('hostile values stay hostile to nobody wherever they stand', () => {
  const small = hostileValues.filter(
    ({ name }) => !/chain|many|large|long|nesting|global object|million/.test(name),
  )
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...small), { minLength: 1, maxLength: 5 }),
      anything,
      (chosen, other) => {
        let calls = 0
        const made = chosen.map(({ make }) => make(() => calls++))
        const value = {
          other,
          made,
          map: new Map(made.map((item, at) => [item, made[made.length - 1 - at]])),
        }
        assertReport(reportWith(readValue(value)))
        assertReport(reportOfThrown(new AggregateError(made, 'all of them', { cause: value })))
        expect(calls).toBe(0)
      },
    ),
    { numRuns: 150 },
  )
})
