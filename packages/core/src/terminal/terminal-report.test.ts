// oxlint-disable no-control-regex -- what must not be there has to be named
import fc from 'fast-check'
import type { Report } from '@throwpoint/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { bodyReport, filledWith, handlerReport, maximalReport } from '../../../../test/report-samples.ts'
import type { TerminalReport as Printer } from './terminal-report.ts'

const golden = (name: string): string =>
  new URL(`../../../../test/golden/terminal/${name}.txt`, import.meta.url).pathname
const link = 'http://localhost:3000/__throwpoint/0123456789abcdef0123456789abcdef'

let output: string[] = []
let terminal: Printer

function other(index: number): Report {
  return {
    ...handlerReport,
    fingerprint: `f${index}`,
    error: { ...handlerReport.error, message: `failure ${index}` },
  }
}

/** How many times a whole report is among the output. */
function wholes(): number {
  return output.filter((text) => text.startsWith('\n')).length
}

function lines(): string[] {
  return output.filter((text) => !text.startsWith('\n'))
}

beforeEach(async () => {
  // The module keeps the timers it finds when it is loaded.
  vi.useFakeTimers({ now: 0 })
  vi.resetModules()
  const { TerminalReport } = await import('./terminal-report.ts')
  output = []
  terminal = new TerminalReport({
    write: (text) => void output.push(text),
    color: false,
    columns: 80,
    now: Date.now,
  })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('TerminalReport', () => {
  it('prints a failure whole, its repeats as one line a second', async () => {
    const extra = { link, dumpFile: '/tmp/a.throwpoint.json' }
    terminal.report(handlerReport, extra)
    for (let index = 0; index < 500; index += 1) {
      terminal.report(handlerReport, extra)
      vi.advanceTimersByTime(10)
    }
    vi.advanceTimersByTime(2000)
    expect(wholes()).toBe(1)
    expect(lines().length).toBeGreaterThan(3)
    expect(lines().length).toBeLessThan(9)
    expect(lines().at(-1)).toMatch(/^501 times /)
    await expect(output.join('')).toMatchFileSnapshot(golden('repeats'))
  })

  it('loses no count to a different failure in between', () => {
    const [one, two] = [other(1), other(2)]
    for (const report of [one, two, one, two, two, one, one]) terminal.report(report, {})
    vi.advanceTimersByTime(3000)
    expect(wholes()).toBe(2)
    expect(
      lines()
        .filter((line) => line.includes('failure 1'))
        .at(-1),
    ).toMatch(/^4 times /)
    expect(
      lines()
        .filter((line) => line.includes('failure 2'))
        .at(-1),
    ).toMatch(/^3 times /)
  })

  it('prints a failure whole again when it was away for a while', () => {
    terminal.report(handlerReport, {})
    vi.advanceTimersByTime(59_000)
    terminal.report(handlerReport, {})
    expect(wholes()).toBe(1)
    vi.advanceTimersByTime(61_000)
    terminal.report(handlerReport, {})
    expect(wholes()).toBe(2)
    expect(lines()).toHaveLength(1)
  })

  it('tells of each repeat its own request and link', () => {
    terminal.report(handlerReport, { link })
    const request = { ...handlerReport.request!, url: '/orders/8' }
    terminal.report({ ...handlerReport, request }, { link: `${link}2`, dumpError: 'disk full' })
    expect(lines()).toEqual([
      "2 times TypeError: Cannot read properties of undefined (reading 'total')  GET /orders/8  src/orders.js:12:22" +
        `  no dump: disk full  ${link}2\n`,
    ])
  })

  it('is not drowned by a thousand different failures a second', () => {
    for (let index = 0; index < 1000; index += 1) terminal.report(other(index), {})
    expect(wholes()).toBe(10)
    expect(lines()).toHaveLength(50)
    vi.advanceTimersByTime(1000)
    expect(output.at(-1)).toContain('940 more failures were not printed')
    terminal.report(other(5000), {})
    expect(wholes()).toBe(11)
  })

  it('keeps little of what it saw', () => {
    // A report that was kept would keep its message: 1,200 × 500 kB.
    const message = 'x'.repeat(500_000)
    for (let index = 0; index < 1200; index += 1) {
      terminal.report(
        { ...other(index), error: { ...handlerReport.error, message: `${index}${message}` } },
        {},
      )
      if (index % 100 === 0) vi.advanceTimersByTime(1000)
    }
    expect(vi.getTimerCount()).toBeLessThanOrEqual(2)
    expect(process.memoryUsage().heapUsed).toBeLessThan(500e6)
  })

  it('prints an expected error as one line, its repeats as a count', async () => {
    const line = { method: 'GET', url: '/nothing', status: 404, name: 'NotFoundError', message: 'Not Found' }
    for (let index = 0; index < 5; index += 1) terminal.expected(line)
    terminal.expected({ ...line, url: '/else' })
    terminal.expected({ ...line, url: `/${'long'.repeat(100)}`, status: 0, message: 'a\nb\u001b[2J' })
    vi.advanceTimersByTime(2000)
    expect(output.filter((text) => text.includes('/nothing'))).toEqual([
      '404 GET /nothing  NotFoundError: Not Found\n',
      '404 GET /nothing  NotFoundError: Not Found (2 times)\n',
      '404 GET /nothing  NotFoundError: Not Found (5 times)\n',
    ])
    for (const text of output) expect(text).toMatch(/^[^\n]{1,80}\n$/)
    await expect(output.join('')).toMatchFileSnapshot(golden('expected'))
  })

  it('prints notices, dump errors and withheld pages', () => {
    terminal.notice('nothing to stop')
    terminal.report(bodyReport, {
      dumpError: 'EACCES: no permission',
      withheld: 'the host "evil.example" is not allowed',
    })
    expect(output[0]).toBe('Throwpoint: nothing to stop\n')
    expect(output[1]).toContain('  no dump: EACCES: no permission\n')
    expect(output[1]).toContain('  page withheld: the host "evil.example" is not allowed\n')
  })

  it('says once why there are no variables, and again when the reason is another', () => {
    const said = (reason: string, fingerprint: string): boolean => {
      terminal.report({ ...bodyReport, fingerprint, engine: { used: 'stack', reason } }, {})
      return output.at(-1)!.includes('no variables: ')
    }
    expect(said('one reason', 'f1')).toBe(true)
    expect(said('one reason', 'f2')).toBe(false)
    expect(said('another reason', 'f3')).toBe(true)
  })

  it('never throws, whatever it is given', async () => {
    const { TerminalReport } = await import('./terminal-report.ts')
    const broken = new TerminalReport({
      write: () => {
        throw new Error('no terminal')
      },
    })
    expect(() => {
      broken.report(handlerReport, {})
      broken.report(handlerReport, {})
      broken.notice('hello')
      broken.expected({ method: 'GET', url: '/', status: 404, name: '', message: '' })
      terminal.report({} as Report, {})
      terminal.report(null as unknown as Report, {})
    }).not.toThrow()
  })

  it('never lets a control character of the data through', async () => {
    const { TerminalReport } = await import('./terminal-report.ts')
    const canary = fc
      .array(
        fc.oneof(
          fc.constantFrom('\u001b]52;c;eA==\u0007', '\u009b2J', '\r', '\u202e'),
          fc.string({ unit: 'binary' }),
        ),
      )
      .map((all) => all.join(''))
    fc.assert(
      fc.property(canary, fc.boolean(), (text, color) => {
        let all = ''
        const printer = new TerminalReport({ write: (more) => void (all += more), color, columns: 100 })
        const extra = { link: text, dumpFile: text, dumpError: text, withheld: text }
        for (let times = 0; times < 2; times += 1) {
          printer.report({ ...filledWith(maximalReport, text), fingerprint: 'same' }, extra)
          printer.expected({ method: text, url: text, status: 404, name: text, message: text })
        }
        printer.notice(text)
        const rest = color ? all.replace(/\u001b\[(?:1|2|22|3[1236]|39)m/g, '') : all
        expect(rest).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
      }),
      { numRuns: process.env['THROWPOINT_FULL'] === '1' ? 1000 : 60 },
    )
  })
})
