import fc from 'fast-check'
import { expect, test } from 'vitest'
import vm from 'node:vm'
import { run } from './differential.ts'
import { programOf } from './program.ts'

const full = process.env['THROWPOINT_FULL'] === '1'

function parses(source: string): boolean {
  try {
    void new vm.Script(`(function () {${source}\n})`)
    return true
  } catch {
    return false
  }
}

for (const strict of [true, false]) {
  test(
    `generated ${strict ? 'strict' : 'sloppy'} programs do the same, instrumented`,
    // Nothing is waited for: it takes what the machine takes.
    { timeout: full ? 3_600_000 : 600_000 },
    async () => {
      let ran = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.nat({ max: 10_000 }), { minLength: 20, maxLength: 400 }),
          async (choices) => {
            const source = programOf(choices, strict)
            if (!parses(source)) return
            ran++
            expect(await run(source, true)).toEqual(await run(source, false))
          },
        ),
        { numRuns: full ? 10_000 : 400, ...(full ? {} : { seed: 20_261_125 }) },
      )
      expect(ran).toBeGreaterThan(full ? 5_000 : 250)
    },
  )
}
