import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sourceTokens } from './source-tokens.ts'

function tokensOf(text: string): string[] {
  return sourceTokens(text).map(({ start, end, kind }) => `${kind} ${text.slice(start, end)}`)
}

describe('sourceTokens', () => {
  it('finds comments, strings, keywords and numbers', () => {
    expect(tokensOf("const n = 0x1f + 1.5 // it's one\nreturn `a ${'b'} // c` /* d\ne */")).toEqual([
      'keyword const',
      'number 0x1f',
      'number 1.5',
      "comment // it's one",
      'keyword return',
      "string `a ${'b'} // c`",
      'comment /* d\ne */',
    ])
  })

  it('takes no property for a keyword, and no part of a word', () => {
    expect(tokensOf('order.type = newThing.for + classes + $new + a1')).toEqual([])
    expect(tokensOf('[...new Set()]')).toEqual(['keyword new'])
  })

  it('keeps to the line where a template is torn', () => {
    expect(tokensOf('select *`\nconst a = 1')).toEqual(['keyword const', 'number 1'])
  })

  it('covers any text in order, and is fast', () => {
    const piece = fc.constantFrom(
      '/',
      '*',
      '"',
      "'",
      '`',
      '\\',
      '\n',
      '${',
      'a',
      '0',
      '//',
      ' ',
      'é',
      '\ud83d',
    )
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join('')),
        (text) => {
          let last = 0
          for (const { start, end } of sourceTokens(text)) {
            expect(start).toBeGreaterThanOrEqual(last)
            expect(end).toBeGreaterThan(start)
            last = end
          }
          expect(last).toBeLessThanOrEqual(text.length)
        },
      ),
    )
    // As many characters as the longest excerpt has.
    for (const hostile of ['/*', '"\\', '`\\', '/*/', '*', '0.', "'", '`', '``\\']) {
      const line = hostile.repeat(400).slice(0, 400)
      const before = process.cpuUsage()
      sourceTokens(Array.from({ length: 15 }, () => line).join('\n'))
      expect(process.cpuUsage(before).user / 1000).toBeLessThan(500)
    }
  })
})
