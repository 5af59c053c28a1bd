import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnsOf, fit, head, wrap } from './columns.ts'
import { oneLine, visible } from './visible.ts'

// Written on its own, by code point, so that a fault in the regular expression shows.
function isHidden(character: string): boolean {
  const code = character.codePointAt(0)!
  const within = (...ranges: ReadonlyArray<readonly [number, number]>): boolean =>
    ranges.some(([from, to]) => code >= from && code <= to)
  return (
    (code < 0x20 && code !== 0x0a && code !== 0x09) ||
    within(
      [0x7f, 0x9f],
      [0x200b, 0x200f],
      [0x2028, 0x202e],
      [0x2060, 0x206f],
      [0xd800, 0xdfff],
      [0xe0000, 0xe0fff],
    ) ||
    [0xad, 0x61c, 0x180e, 0xfeff].includes(code)
  )
}

describe('visible', () => {
  it.each([
    ['\u001b[2J\u001b]0;x\u0007', '\\u001b[2J\\u001b]0;x\\u0007'],
    ['a\u009b31mb', 'a\\u009b31mb'],
    ['\u007f\r\0', '\\u007f\\u000d\\u0000'],
    ['user\u202egnp.exe', 'user\\u202egnp.exe'],
    ['a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
    ['\ud800x\udc00', '\\ud800x\\udc00'],
    ['\u{e0041}', '\\u{e0041}'],
    ['line\n\ttab', 'line\n\ttab'],
    ['naïve 名前 😀 ❤️ \\u001b', 'naïve 名前 😀 ❤️ \\u001b'],
  ])('%j becomes %j', (text, shown) => {
    expect(visible(text)).toBe(shown)
  })

  it('leaves nothing hidden in any text', () => {
    const character = fc.oneof(
      fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
      fc.constantFrom('\u001b', '\u009b', '\u202e', '\ud83d', '\ude00', '\u{e0001}', '\n', 'a'),
    )
    fc.assert(
      fc.property(fc.array(character, { maxLength: 200 }), (characters) => {
        const text = characters.join('')
        expect(Array.from(visible(text)).filter(isHidden)).toEqual([])
        expect(
          Array.from(oneLine(text)).filter((one) => isHidden(one) || one === '\n' || one === '\t'),
        ).toEqual([])
        expect(visible(visible(text))).toBe(visible(text))
      }),
      { numRuns: 500 },
    )
  })

  it('comes to an end with a long text', () => {
    expect(visible('\u001b'.repeat(1_000_000))).toHaveLength(6_000_000)
  })
})

describe('columns', () => {
  it.each([
    ['abc', 3],
    ['名前', 4],
    ['e\u0301', 1],
    ['😀!', 3],
  ])('%s takes %i', (text, columns) => {
    expect(columnsOf(text)).toBe(columns)
  })

  it('cuts to the columns, and never through a pair', () => {
    expect(fit('名前名前', 5)).toBe('名前…')
    expect(fit('abcdef', 6)).toBe('abcdef')
    expect(head('a😀b', 2)).toEqual({ text: 'a', omitted: 3 })
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, columns) => {
        expect(columnsOf(fit(text, columns))).toBeLessThanOrEqual(columns)
      }),
    )
  })

  it('wraps between words, and keeps a long word whole', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three'])
    expect(wrap('a http://localhost/long b', 10)).toEqual(['a', 'http://localhost/long', 'b'])
  })
})
