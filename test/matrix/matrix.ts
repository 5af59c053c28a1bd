import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { assertReport } from '../report-schema.ts'
import { rows } from './cases.ts'
import { nodeMajor } from './fixture-process.ts'
import { frameworks, full } from './frameworks.ts'
import { changes, crashText, expectedDebug, expectedPlain, observedDebug, observedPlain } from './judge.ts'
import { type Column, expectedOf, needsOwnProcess, type Row } from './row.ts'
import { run, type Sight } from './run.ts'

/** `THROWPOINT_ROWS=pipeline`: only the rows whose name or case contains this. */
const only = process.env['THROWPOINT_ROWS'] ?? ''

/** Majors that have most of their rows in common. */
const siblings: Partial<Readonly<Record<Column, Column>>> = {
  express4: 'express5',
  express5: 'express4',
  koa2: 'koa3',
  koa3: 'koa2',
}

/**
 * Whether a fast run has a row in the other major alone: it is the same there, and would need two processes here. Each
 * of the two has every other one of these rows.
 */
function isLeftToSibling(row: Row, column: Column, major: number): boolean {
  const sibling = siblings[column]
  const expected = expectedOf(row, column, major)
  if (sibling === undefined || row.smoke === true || expected === undefined) return false
  if (!needsOwnProcess(row, expected)) return false
  if (!isDeepStrictEqual(expectedOf(row, sibling, major), expected)) return false
  return (rows.indexOf(row) % 2 === 0) === column < sibling
}

/** How long a test may wait for its row: for the process of all that stand together, or for those before it. */
const limitMs = full ? 600_000 : 300_000

/** Declares the tests of the table for the frameworks of a family, on the Node that runs the fixtures. */
export async function declareMatrix(family: 'express' | 'koa'): Promise<void> {
  vi.setConfig({ testTimeout: limitMs })
  const major = await nodeMajor()
  for (const { framework, few } of frameworks(family)) {
    const chosen = rows.filter((row) => {
      const expected = expectedOf(row, framework.column, major)
      if (expected === undefined || (few && row.smoke !== true)) return false
      if (!full && row.rare === true && needsOwnProcess(row, expected)) return false
      if (!full && only === '' && isLeftToSibling(row, framework.column, major)) return false
      if (
        !full &&
        row.smoke !== true &&
        framework.between?.every((column) => isDeepStrictEqual(expectedOf(row, column, major), expected))
      )
        return false
      return row.name.includes(only) || row.fixture.includes(only)
    })
    if (chosen.length === 0) continue
    describe(`${framework.name} on Node ${major}`, () => {
      let sights: Map<Row, Sight>
      beforeAll(() => {
        sights = run({ framework, rows: chosen, nodeMajor: major })
      })
      // Also those whose tests were left out: the next framework has the machine for itself.
      afterAll(async () => {
        await Promise.allSettled([...sights.values()].flatMap(({ plain, debug }) => [plain, debug]))
      }, limitMs)

      for (const row of chosen) {
        const expected = expectedOf(row, framework.column, major)!
        test(`${row.name}, without the middleware`, async () => {
          expect(observedPlain(await sights.get(row)!.plain)).toEqual(expectedPlain(expected))
        })
        const limit = expected.limit === undefined ? '' : ` (limit: ${expected.limit})`
        test(`${row.name}, with it${limit}`, async () => {
          const without = await sights.get(row)!.plain
          const observed = await sights.get(row)!.debug
          expect(observedDebug(observed)).toEqual(expectedDebug(expected, without))
          expect(changes(without, observed)).toEqual([])
          for (const report of observed.reports) assertReport(report)
          if (expected.crashes && expected.prints === undefined) {
            expect(crashText(observed.stderr ?? '')).toBe(crashText(without.stderr ?? ''))
          }
        })
      }
    })
  }
}
