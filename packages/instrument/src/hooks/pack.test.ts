import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Pack, record } from './pack.ts'

const kept = fc.oneof(
  fc.record({ code: fc.string({ unit: 'binary' }) }),
  fc.record({ code: fc.constant(undefined), untouched: fc.string({ unit: 'binary', minLength: 1 }) }),
)
const entries = fc.uniqueArray(
  fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), kept),
  { selector: ([name]) => name, minLength: 1, maxLength: 8 },
)

describe('a pack', () => {
  test('gives back any text', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const pack = new Pack(Buffer.concat(list.map((entry) => record(...entry)!)))
        for (const [name, source, value] of list) expect(pack.find(name, source)).toEqual(value)
        expect(pack.isBroken).toBe(false)
      }),
    )
  })

  test('never gives back anything else, whatever happened to its bytes', () => {
    const change = fc.record({
      at: fc.nat(),
      byte: fc.integer({ min: 1, max: 255 }),
      cutAt: fc.option(fc.nat()),
    })
    fc.assert(
      fc.property(entries, change, (list, { at, byte, cutAt }) => {
        const bytes = Buffer.concat(list.map((entry) => record(...entry)!))
        bytes[at % bytes.length]! ^= byte
        const pack = new Pack(cutAt === null ? bytes : bytes.subarray(0, cutAt % bytes.length))
        for (const [name, source, value] of list) {
          expect([value, undefined]).toContainEqual(pack.find(name, source))
        }
        expect(() => new Pack(pack.compacted(1_000_000))).not.toThrow()
      }),
    )
  })
})
