// oxlint-disable no-control-regex -- what must not be there has to be named
import fc from 'fast-check'
import type { Frame, Report } from '@throwpoint/protocol'
import { describe, expect, it } from 'vitest'
import { assertReport } from '../../../../test/report-schema.ts'
import {
  bodyReport,
  filledWith,
  handlerReport,
  maximalReport,
  samples,
} from '../../../../test/report-samples.ts'
import { columnsOf } from './columns.ts'
import { renderText, type TextOptions } from './text.ts'

const golden = (name: string): string =>
  new URL(`../../../../test/golden/terminal/${name}.txt`, import.meta.url).pathname

const link = 'http://localhost:3000/__throwpoint/0123456789abcdef0123456789abcdef'
const dumpFile = '/home/me/.local/state/throwpoint/shop/dumps/20261123-200000-0123.throwpoint.json'

/** Our own colours. */
const sgr = /\u001b\[(?:1|2|22|3[1236]|39)m/g

function rowOf(text: string, start: string): string {
  return text.split('\n').find((line) => line.startsWith(start)) ?? ''
}

describe('renderText', () => {
  it.each(Object.entries(samples))('prints the sample "%s" as ever', async (name, report) => {
    assertReport(report)
    for (const width of [80, 120]) {
      await expect(renderText(report, { width, link, dumpFile })).toMatchFileSnapshot(
        golden(`${name}-${width}`),
      )
    }
    await expect(renderText(report, { color: true, link, dumpFile })).toMatchFileSnapshot(
      golden(`${name}-80-colour`),
    )
  })

  it('is the same text with and without colours', () => {
    for (const report of Object.values(samples)) {
      const coloured = renderText(report, { color: true, link, dumpFile })
      expect(coloured).toMatch(sgr)
      expect(coloured.replace(sgr, '')).toBe(renderText(report, { link, dumpFile }))
    }
  })

  it('ends with the link, when there is one', () => {
    expect(renderText(bodyReport, { link, dumpFile }).split('\n').at(-2)).toBe(`  report: ${link}`)
    expect(renderText(bodyReport)).not.toContain('report: ')
  })

  it('says what production would do, and how to change it', () => {
    const text = renderText(bodyReport, { width: 200 })
    expect(text).toContain('without Throwpoint: the client gets a cut answer and the process CRASHES\n')
    expect(text).toContain('fix: stream.pipe(res) forwards no errors.')
    expect(text).toContain('body: pipe, 3 chunks, 12.4 kB, first write after 12 ms, last write after 210 ms')
  })

  it('shows the variables of the first user frame, or else why there are none, once', () => {
    expect(renderText(maximalReport)).toMatch(/variables of recurse\n {4}id {8}7\n/)
    expect(renderText(maximalReport)).not.toContain('no variables')
    const reason = bodyReport.engine.reason!
    const repeated = { ...bodyReport, notes: [reason] }
    expect(renderText(repeated, { width: 200 }).split(reason)).toHaveLength(2)
  })

  it('says when there was no time to read variables', () => {
    const unavailable = 'There was no time left to read them (limits.budgetMs).'
    const frames = maximalReport.frames.map((frame) => ({
      ...frame,
      scopes: frame.scopes.map(({ type }) => ({ type, variables: [], unavailable })),
    }))
    const text = renderText({ ...maximalReport, frames }, { width: 200 })
    expect(text.split('\n')).toContain(`  no variables: ${unavailable}`)
  })

  it.each([
    ['a tab before it', '\t\tthrow new Error()'],
    ['wide characters before it', "const 名前 = '値'; throw new Error()"],
    ['a control character before it', "'\u001b[31m'; throw new Error()"],
    ['nothing before it', 'throw new Error()'],
    ['a long line before it', `${'var a=1;'.repeat(1000)}throw new Error()`],
  ])('puts the caret under the column: %s', (_, line) => {
    const location = { file: '/srv/shop/a.js', line: 1, column: line.lastIndexOf('throw') + 1, exact: true }
    const frame: Frame = { ...handlerReport.frames[0]!, location, source: { firstLine: 1, lines: [line] } }
    const lines = renderText({ ...handlerReport, frames: [frame] }).split('\n')
    const at = lines.findIndex((row) => row.startsWith('  > 1 | '))
    const caret = columnsOf(lines[at + 1]!.slice(0, lines[at + 1]!.indexOf('^')))
    const found = lines[at]!.indexOf('throw')
    expect(columnsOf(lines[at]!.slice(0, found))).toBe(caret)
    expect(columnsOf(lines[at]!)).toBeLessThanOrEqual(80)
  })

  it('claims no column where only the function is known', () => {
    const location = { file: '/srv/shop/a.js', line: 9, column: 1, exact: false }
    const text = renderText({ ...handlerReport, frames: [{ ...handlerReport.frames[0]!, location }] })
    expect(text).toContain('a.js:9 (somewhere in this function)')
    expect(text).not.toContain('^')
  })

  it('folds what is not the user’s, and recursion', () => {
    const [app] = handlerReport.frames
    const recursion: Report = {
      ...handlerReport,
      frames: [...Array<Frame>(50).fill(app!), ...handlerReport.frames],
    }
    expect(renderText(recursion)).toContain('the same 50 more times')
    expect(renderText(recursion)).toContain('4 frames of router, express, Node')
    const different = Array.from({ length: 30 }, (_, index) => ({ ...app!, functionName: `f${index}` }))
    expect(renderText({ ...handlerReport, frames: different })).toContain('20 more frames')
    const foreign = handlerReport.frames.filter(({ kind }) => kind !== 'app')
    expect(renderText({ ...handlerReport, frames: foreign })).toContain(
      'node_modules/router/lib/layer.js:42:7',
    )
  })

  it('cuts a message that never ends, and says so', () => {
    const error = { ...handlerReport.error, message: 'x'.repeat(9000) }
    expect(renderText({ ...handlerReport, error })).toContain('… 7000 more characters')
    const lines = { ...handlerReport.error, message: 'line\n'.repeat(99) }
    expect(renderText({ ...handlerReport, error: lines })).toContain('… 80 more lines')
  })

  it('keeps every line but the first at the margin of its own', () => {
    const error = { ...handlerReport.error, message: 'boom\nwithout Throwpoint: all is well\n  fix: nothing' }
    const text = renderText({ ...handlerReport, error })
    expect(rowOf(text, '  | without')).toBe('  | without Throwpoint: all is well')
    expect(rowOf(text, '  fix')).toBe('')
  })

  it('is bounded, whatever the report holds', () => {
    const huge = filledWith(maximalReport, 'a b'.repeat(100_000))
    const frames = Array<Frame>(1000).fill(huge.frames[0]!)
    const causes = huge.causes
      .slice(0, 2)
      .flatMap((cause) => Array<typeof cause>(10).fill({ ...cause, frames }))
    expect(renderText({ ...huge, frames, causes }).length).toBeLessThan(200_000)
  })

  it('never lets a control character of the data through', () => {
    const canaries = fc.constantFrom(
      '\u001b[2J\u001b]0;x\u0007\u001b]52;c;eA==\u0007\u009b31m\u001b]8;;http://e\u0007',
      '\r\u0008\u007f\u0000',
      '\u202etxt\u200b\u2066\ufeff',
      '\ud800',
      '\u2028',
    )
    const text = fc
      .array(fc.oneof(canaries, fc.string({ unit: 'binary' })), { maxLength: 4 })
      .map((all) => all.join(''))
    const which = fc.constantFrom(...Object.values(samples))
    fc.assert(
      fc.property(
        which,
        text,
        fc.boolean(),
        fc.integer({ min: 1, max: 300 }),
        (report, canary, color, width) => {
          const extra: TextOptions = { link: canary, dumpFile: canary, dumpError: canary, withheld: canary }
          const output = renderText(filledWith(report, canary), { color, width, ...extra })
          const rest = color ? output.replace(sgr, '') : output
          expect(rest).not.toMatch(
            /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/,
          )
          expect(rest).not.toMatch(/\p{Cs}/u)
        },
      ),
      { numRuns: process.env['THROWPOINT_FULL'] === '1' ? 1000 : 100 },
    )
  })
})
