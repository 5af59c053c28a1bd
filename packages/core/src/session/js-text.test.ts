import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCode, isExpression, isUnfinished, scan, split } from './js-text.ts'

describe('isUnfinished', () => {
  it.each([
    'f(',
    'f(1,',
    '[1, 2',
    '{ a: 1',
    'order.rows.map((row) => {',
    '`a ${',
    '`a ${b} c',
    'x +',
    'await x +',
    'if (x) {',
    'for (const a of [1]) {',
    'const a =',
    '/* a comment',
    'await Promise.all([',
    'function f() {',
    'f(function () {\n  return 1',
  ])('asks for more after %s', (code) => {
    expect(isUnfinished(code)).toBe(true)
  })

  it.each([
    '',
    'x',
    'f()',
    'f(1))',
    'x + 1',
    '"an open string',
    "it's",
    'await x',
    '{ a: 1 }',
    'if (x) { y }',
    '/[(]/.test(x)',
    '"("',
    '`(`',
    '// (',
    'a b',
    '}',
    'x ]',
    'for(;;){}',
  ])('takes %s as it is', (code) => {
    expect(isUnfinished(code)).toBe(false)
  })

  it('says of every beginning of a whole program that it is unfinished, or runs', () => {
    const program = 'const rows = order.rows.filter(({ price }) => price > `${limit}`.length)'
    for (let end = program.indexOf('(') + 1; end < program.lastIndexOf(')'); end++) {
      const start = program.slice(0, end)
      expect(isUnfinished(start), start).toBe(true)
    }
  })
})

describe('split', () => {
  it.each([
    ['where;;locals', ['where', 'locals']],
    ['for(;;){} ;; x', ['for(;;){} ', ' x']],
    ['p "a;;b" ;; p \'c;;d\'', ['p "a;;b" ', " p 'c;;d'"]],
    ['`a;;${b;;c}` ;; x // ;; y', ['`a;;${b;;c}` ', ' x // ;; y']],
    ['/a;;b/.test(x);;y', ['/a;;b/.test(x)', 'y']],
    ['x', ['x']],
    ['', ['']],
  ])('parts of %s', (line, parts) => {
    expect(split(line, ';;')).toEqual(parts)
  })

  it('loses nothing, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab;;;()[]{}`\'"/\\$ \n*'.split('')), maxLength: 60 }),
        (text) => {
          expect(split(text, ';;').join(';;')).toBe(text)
          expect(typeof isUnfinished(text)).toBe('boolean')
        },
      ),
      { numRuns: 500 },
    )
  })
})

it('scans what is long in linear time', () => {
  for (const text of ['('.repeat(200_000), '`${'.repeat(60_000), '/'.repeat(200_000), '"'.repeat(200_000)]) {
    expect(scan(text).separators).toEqual([])
  }
})

it('knows code and expressions, with await', () => {
  expect(isCode('const { a } = await b')).toBe(true)
  expect(isCode('a b')).toBe(false)
  expect(isExpression('await b')).toBe(true)
  expect(isExpression('const a = 1')).toBe(false)
  expect(isExpression('1) + (2')).toBe(false)
  expect(isExpression('1)); (() => (2')).toBe(false)
})
