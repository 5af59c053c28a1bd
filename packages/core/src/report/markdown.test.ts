// oxlint-disable no-control-regex -- what must not be there has to be named
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filledWith, samples, maximalReport, bodyReport } from '../../../../test/report-samples.ts'
import { renderMarkdown } from './markdown.ts'

const golden = (name: string): string =>
  new URL(`../../../../test/golden/markdown/${name}.md`, import.meta.url).pathname
const link = 'http://localhost:3000/__throwpoint/0123456789abcdef0123456789abcdef'

/** What is left outside of fences and code spans, read as CommonMark reads them. */
function outsideOfCode(markdown: string): string {
  let outside = ''
  let fence = ''
  for (const line of markdown.split('\n')) {
    const ticks = /^(`{3,})(\w*)$/.exec(line)
    if (fence !== '') {
      if (ticks !== null && ticks[2] === '' && ticks[1]!.length >= fence.length) fence = ''
      continue
    }
    if (ticks !== null) fence = ticks[1]!
    else outside += `${line.replaceAll(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, '')}\n`
  }
  expect(fence).toBe('')
  return outside
}

describe('renderMarkdown', () => {
  it.each(Object.entries(samples))('prints the sample "%s" as ever', async (name, report) => {
    await expect(renderMarkdown(report, { link })).toMatchFileSnapshot(golden(name))
  })

  it('is short', () => {
    for (const report of Object.values(samples)) expect(renderMarkdown(report).length).toBeLessThan(4000)
  })

  it('says what production would do', () => {
    expect(renderMarkdown(bodyReport)).toContain(
      '- Without Throwpoint: the client gets a cut answer and the process CRASHES.',
    )
  })

  it('links only to an address', () => {
    expect(renderMarkdown(bodyReport, { link })).toContain(`- Report: <${link}>`)
    expect(renderMarkdown(bodyReport, { link: 'javascript:alert(1)' })).toContain(
      '- Report: `javascript:alert(1)`',
    )
  })

  it('keeps every piece of data inside code', () => {
    const evil = fc.constantFrom(
      '```\n',
      '`',
      '``',
      '</pre><img src=x>',
      '![x](http://e)',
      '\n# Heading\n',
      '~~~\n',
      ' ',
      '\n',
    )
    const text = fc
      .array(fc.oneof(evil, fc.string()), { maxLength: 6 })
      .map((all) => `CANARY${all.join('')}CANARY`)
    fc.assert(
      fc.property(text, fc.constantFrom(...Object.values(samples)), (canary, report) => {
        const markdown = renderMarkdown(filledWith(report, canary), { link: canary, dumpFile: canary })
        expect(markdown).toContain('CANARY')
        const outside = outsideOfCode(markdown)
        expect(outside).not.toContain('CANARY')
        expect(outside).not.toMatch(/[`<~![\]]/)
      }),
      { numRuns: 300 },
    )
  })

  it('has no control character but the line feed and the tab', () => {
    const markdown = renderMarkdown(filledWith(maximalReport, 'a\u001b[2J\u202e\u0007\r'))
    expect(markdown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/)
  })
})
