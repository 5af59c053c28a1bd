import { visible } from '@throwpoint/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { handlerReport, samples } from '../../../test/report-samples.ts'
import { html } from '../../page/src/html.ts'
import { renderForm } from './forms.ts'
import { withUnseenEscaped } from './json-escapes.ts'

const isFull = process.env['THROWPOINT_FULL'] === '1'
const link = 'http://localhost:3000/__throwpoint/0123456789abcdef0123456789abcdef'

describe('renderForm', () => {
  it('makes problem details of an answer', () => {
    const { contentType, body } = renderForm(handlerReport, 'json', { link, as: 'answer' })
    expect(contentType).toBe('application/problem+json; charset=utf-8')
    expect(JSON.parse(body)).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      detail: "TypeError: Cannot read properties of undefined (reading 'total')",
      instance: link,
      throwpoint: handlerReport,
    })
  })

  it('makes the report itself of one that was asked for', () => {
    const { contentType, body } = renderForm(handlerReport, 'json', { link, as: 'report' })
    expect(contentType).toBe('application/json; charset=utf-8')
    expect(JSON.parse(body)).toEqual(handlerReport)
  })

  it('ends the text with the link', () => {
    const { contentType, body } = renderForm(handlerReport, 'text', { link, as: 'answer' })
    expect(contentType).toBe('text/plain; charset=utf-8')
    expect(body.trimEnd().split('\n').at(-1)).toContain(link)
  })

  it('makes Markdown', () => {
    const { contentType, body } = renderForm(handlerReport, 'markdown', { link, as: 'answer' })
    expect(contentType).toBe('text/markdown; charset=utf-8')
    expect(body).toContain('# Exception')
  })

  it('gives each page another nonce, and only its own style and script', () => {
    const pages = [1, 2].map(() => renderForm(handlerReport, 'page', { link, as: 'answer' }))
    const nonces = pages.map(({ contentSecurityPolicy, body }) => {
      const nonce = /script-src 'nonce-([A-Za-z0-9+/=]{24})'/.exec(contentSecurityPolicy)![1]!
      expect(contentSecurityPolicy).toContain(`style-src 'nonce-${nonce}'`)
      expect(contentSecurityPolicy).not.toContain('unsafe')
      expect(body.split(`nonce="${nonce}"`).length).toBe(3)
      return nonce
    })
    expect(nonces[0]).not.toBe(nonces[1])
    const report = renderForm(handlerReport, 'page', { link, as: 'report' })
    expect(report.contentSecurityPolicy).not.toContain('script-src')
    expect(report.body).not.toContain('<script')
  })

  it.each(Object.keys(samples))('makes every form of the sample "%s"', (name) => {
    for (const form of ['page', 'json', 'markdown', 'text'] as const) {
      expect(renderForm(samples[name]!, form, { link, as: 'answer' }).body.length).toBeGreaterThan(100)
    }
  })

  it('falls back to text when a page cannot be made', () => {
    const params = { type: 'object', description: 'Object', children: 7 }
    const broken = { ...handlerReport, request: { ...handlerReport.request!, params } } as never
    expect(renderForm(broken, 'page', { link, as: 'answer' }).contentType).toBe('text/plain; charset=utf-8')
  })
})

describe('what a reader would not see', () => {
  it('is escaped alike on the page and in text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = html`${text}`.markup
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&amp;', '&')
        expect(shown).toBe(visible(text))
      }),
      { numRuns: isFull ? 2000 : 400 },
    )
  })

  it('is escaped alike for every character there is', () => {
    const different: string[] = []
    // A line for each; the full run looks at each alone as well.
    const step = isFull ? 1 : 0x80
    for (let first = 0; first < 0x110000; first += step) {
      const codes = Array.from({ length: step }, (_, index) => first + index)
      const characters = codes.map((code) => String.fromCodePoint(code)).filter((one) => !/[&<>]/.test(one))
      const lines = characters.join('\n')
      const json = withUnseenEscaped(JSON.stringify(lines))
      const alike = html`${lines}`.markup === visible(lines)
      if (!alike || visible(json) !== json) different.push(first.toString(16))
    }
    expect(different).toEqual([])
  })

  it('is escaped in JSON, which stays the same data', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = withUnseenEscaped(JSON.stringify({ [text]: text }))
        expect(JSON.parse(json)).toEqual({ [text]: text })
        expect(visible(json)).toBe(json)
      }),
      { numRuns: isFull ? 2000 : 400 },
    )
  })
})
