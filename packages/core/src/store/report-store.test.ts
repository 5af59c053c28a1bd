/* oxlint-disable typescript/unbound-method -- built-ins are replaced and put back here */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Report } from '@throwpoint/protocol'
import { handlerReport, maximalReport } from '../../../../test/report-samples.ts'
import { FingerprintCounter } from './fingerprint-counter.ts'
import { ReportStore } from './report-store.ts'

function numbered(number: number, note = ''): Report {
  return { ...handlerReport, id: number.toString(16).padStart(32, '0'), notes: [note] }
}

function stateOf(store: ReportStore, number: number): string {
  return store.get(numbered(number).id).state
}

describe('ReportStore', () => {
  it('finds a report as it was, whatever became of it afterwards', () => {
    const store = new ReportStore()
    const report = structuredClone(maximalReport) as Report & { notes: string[] }
    store.add(report)
    report.notes.push('changed')
    const found = store.get(report.id)
    expect(found).toEqual({ state: 'found', report: JSON.parse(JSON.stringify(maximalReport)) })
    if (found.state === 'found') (found.report.notes as string[]).length = 0
    expect(store.get(report.id)).toEqual({
      state: 'found',
      report: JSON.parse(JSON.stringify(maximalReport)),
    })
  })

  it('keeps 50 reports, and knows which were evicted', () => {
    const store = new ReportStore()
    for (let number = 1; number <= 60; number++) store.add(numbered(number))
    expect(store.size).toBe(50)
    expect([1, 10, 11, 60, 61].map((number) => stateOf(store, number))).toEqual([
      'evicted',
      'evicted',
      'found',
      'found',
      'unknown',
    ])
  })

  it('keeps 64 MiB of reports', () => {
    const store = new ReportStore()
    for (let number = 1; number <= 4; number++) store.add(numbered(number, 'x'.repeat(20 * 1024 * 1024)))
    expect(store.bytes).toBeLessThanOrEqual(64 * 1024 * 1024)
    expect(store.size).toBe(3)
    expect(stateOf(store, 4)).toBe('found')
  })

  it('keeps a report for an hour', () => {
    let now = 0
    const store = new ReportStore({}, () => now)
    store.add(numbered(1))
    now = 3_600_000
    store.add(numbered(2))
    expect(stateOf(store, 1)).toBe('found')
    now++
    expect(stateOf(store, 1)).toBe('evicted')
    expect(stateOf(store, 2)).toBe('found')
    expect(store.size).toBe(1)
  })

  it('does not keep one that is larger than everything together, and says so', () => {
    const store = new ReportStore({ bytes: 10_000 })
    store.add(numbered(1))
    store.add(numbered(2, 'x'.repeat(20_000)))
    expect([1, 2].map((number) => stateOf(store, number))).toEqual(['found', 'evicted'])
  })

  it('forgets in the end which were evicted', () => {
    const store = new ReportStore({ count: 1, evicted: 3 })
    for (let number = 1; number <= 10; number++) store.add(numbered(number))
    expect([6, 7, 9, 10].map((number) => stateOf(store, number))).toEqual([
      'unknown',
      'evicted',
      'evicted',
      'found',
    ])
  })

  it('has no report for the names of methods', () => {
    const store = new ReportStore()
    for (const id of ['__proto__', 'constructor', 'size', ''])
      expect(store.get(id)).toEqual({ state: 'unknown' })
  })

  it('is never beyond its limits, and never gives back another report', () => {
    const actions = fc.array(fc.record({ id: fc.nat(20), length: fc.nat(3000), wait: fc.nat(60) }), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(actions, (steps) => {
        let now = 0
        const store = new ReportStore({ count: 5, bytes: 12_000, age: 100, evicted: 4 }, () => now)
        const latest = new Map<number, { note: string; time: number }>()
        for (const { id, length, wait } of steps) {
          now += wait
          const note = `${id}:${'x'.repeat(length)}`
          store.add(numbered(id, note))
          latest.set(id, { note, time: now })
          expect(store.size).toBeLessThanOrEqual(5)
          expect(store.bytes).toBeLessThanOrEqual(12_000)
          expect(store.bytes).toBeGreaterThanOrEqual(0)
          for (const [known, { note: text, time }] of latest) {
            const found = store.get(numbered(known).id)
            if (found.state !== 'found') continue
            expect(found.report.notes).toEqual([text])
            expect(now - time).toBeLessThanOrEqual(100)
          }
        }
      }),
      { numRuns: 100 },
    )
  })

  it('works though the application replaced what it is made of', () => {
    const store = new ReportStore()
    const counter = new FingerprintCounter(1)
    const broken = (): never => {
      throw new Error('replaced')
    }
    const { parse, stringify } = JSON
    const { from } = Buffer
    const { get } = Map.prototype
    let found: unknown
    try {
      JSON.parse = JSON.stringify = Buffer.from = Map.prototype.get = broken
      store.add(numbered(1))
      found = store.get(numbered(1).id)
      counter.add('a')
      counter.add('b')
    } finally {
      Object.assign(JSON, { parse, stringify })
      Buffer.from = from
      Map.prototype.get = get
    }
    expect(found).toMatchObject({ state: 'found' })
  })

  it('does not keep a process alive', () => {
    const file = join(import.meta.dirname, 'report-store.ts')
    const code = `
      const { ReportStore } = await import(${JSON.stringify(file)})
      new ReportStore().add({ id: 'a' })
      console.log(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length)`
    const result = spawnSync(
      process.execPath,
      ['--conditions=@throwpoint/source', '--import', 'tsx', '--input-type=module', '-e', code],
      { encoding: 'utf8', timeout: 25_000 },
    )
    expect(result).toMatchObject({ status: 0, stdout: '0\n' })
  })
})

describe('FingerprintCounter', () => {
  it('counts each fingerprint', () => {
    const counter = new FingerprintCounter()
    expect(['a', 'b', 'a', '__proto__', 'a', '__proto__'].map((one) => counter.add(one))).toEqual([
      1, 1, 2, 1, 3, 2,
    ])
  })

  it('forgets those that were not seen for longest', () => {
    const counter = new FingerprintCounter(2)
    counter.add('a')
    counter.add('b')
    counter.add('a')
    counter.add('c')
    expect([counter.add('a'), counter.add('b')]).toEqual([3, 1])
  })
})
