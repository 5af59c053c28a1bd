import { expect, test } from 'vitest'
import { isReport } from '../packages/protocol/src/guards.ts'
import { hostileValues } from './hostile-values.ts'
import { readValue, reportOfThrown, reportWith } from './read-corpus.ts'
import { assertReport } from './report-schema.ts'

for (const { name, make } of hostileValues) {
  test(`${name}: is read without running code of its own`, () => {
    let calls = 0
    const value = make(() => calls++)
    const report = reportWith(readValue(value))
    const inside = reportWith(readValue({ value, list: [value], map: new Map([[value, value]]) }))
    expect(calls).toBe(0)
    for (const each of [report, inside]) {
      assertReport(each)
      expect(isReport(each)).toBe(true)
      expect(JSON.stringify(each).length).toBeLessThan(500_000)
    }
  })

  test(`${name}: can be thrown`, () => {
    let calls = 0
    const value = make(() => calls++)
    const report = reportOfThrown(value)
    const caused = reportOfThrown(new Error('outer', { cause: value }))
    expect(calls).toBe(0)
    for (const each of [report, caused]) {
      assertReport(each)
      expect(isReport(each)).toBe(true)
      expect(JSON.stringify(each).length).toBeLessThan(500_000)
    }
  })
}
