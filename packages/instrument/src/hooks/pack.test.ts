import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { Pack, record } from './pack.ts'

const kept = fc.oneof(
  fc.record({ code: fc.string({ unit: 'binary' }) }),
  fc.record({ code: fc.constant(undefined), untouched: fc.string({ unit: 'binary', minLength: 1 }) }),
)
const entries = fc.uniqueArray(
  fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), kept),
  { selector: ([name]) => name, minLength: 1, maxLength: 8 },
)

const folder = mkdtempSync(path.join(tmpdir(), 'throwpoint-pack-'))
const opened: number[] = []
afterEach(() => opened.splice(0).forEach((file) => closeSync(file)))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function packOf(bytes: Uint8Array): Pack {
  const place = path.join(folder, 'pack')
  writeFileSync(place, bytes)
  const file = openSync(place, 'r')
  opened.push(file)
  return new Pack(file)
}

type Entry = Parameters<typeof record>

/** Half of a surrogate pair is no UTF-8: such a text is not kept. */
function packed(list: readonly Entry[]): Buffer {
  return Buffer.concat(list.map((entry) => record(...entry) ?? Buffer.alloc(0)))
}

describe('a pack', () => {
  test('gives back any text', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const pack = packOf(packed(list))
        for (const [name, source, value] of list) {
          expect(pack.find(name, source)).toEqual(source.isWellFormed() ? value : undefined)
          expect(pack.find(name, `${source} `)).toBe(undefined)
          expect(pack.find(name, source.slice(1))).toEqual(source === '' ? value : undefined)
        }
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
        const bytes = packed(list)
        bytes[at % bytes.length]! ^= byte
        const pack = packOf(cutAt === null ? bytes : bytes.subarray(0, cutAt % bytes.length))
        for (const [name, source, value] of list) {
          expect([value, undefined]).toContainEqual(pack.find(name, source))
        }
        expect(() => packOf(pack.compacted(1_000_000))).not.toThrow()
      }),
    )
  })
})
