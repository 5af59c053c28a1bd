import type { Frame } from '@throwpoint/protocol'
import { describe, expect, it } from 'vitest'
import { plain } from '../report/paint.ts'
import { functionAround, type Known, numbered } from './source-lines.ts'

const known = (text: string): Known => ({ first: 1, lines: text.split('\n'), partial: false })
const frameAt = (line: number, column: number, exact = true): Frame => ({
  functionName: 'f',
  kind: 'app',
  async: false,
  live: false,
  birth: false,
  location: { file: '/a.js', line, column, exact },
  scopes: [],
})

const program = `import { a } from './a.js'

const price = (row) => row.price.total

export async function total(
  order,
  { rows } = order,
) {
  for (const row of rows) {
    if (row) {
      add(row)
    }
  }
}

class Cart {
  static of(items) {
    return items.map((item) => {
      return item.name
    })
  }

  async load(
    id,
  ) {
    if (id) {
      return 1
    } else {
      return id
    }
  }

  get size() {
    return this.items.length
  }
}
const after = 1`

describe('functionAround', () => {
  it.each([
    ['a loop in a function with a long head', 11, 5, 14],
    ['its head', 5, 5, 14],
    ['a function in one line', 3, 3, 3],
    ['a callback', 19, 18, 20],
    ['a method', 18, 18, 20],
    ['a method with a long head', 29, 23, 31],
    ['a getter', 34, 33, 35],
  ])('%s', (_, line, from, to) => {
    expect(functionAround(known(program), line)).toEqual({ from, to })
  })

  it('is what is near where there is no function', () => {
    expect(functionAround(known(program), 37)).toEqual({ from: 27, to: 37 })
  })

  it('is never more than some hundred lines, and takes any text', () => {
    const long = `function f() {\n${'  x\n'.repeat(2000)}}`
    const { from, to } = functionAround(known(long), 1000)
    expect(to - from).toBeLessThanOrEqual(300)
    expect(functionAround(known(''), 1)).toEqual({ from: 1, to: 1 })
    expect(functionAround(known('}\n}\n{'), 2).to).toBeLessThanOrEqual(3)
  })
})

describe('numbered', () => {
  it('marks the line and the column, with tabs as two spaces', () => {
    expect(numbered(known('a\n\t\tb.c()\nd'), 1, 3, frameAt(2, 5), plain, 80)).toEqual([
      '    1 | a',
      '>   2 |     b.c()',
      '      |       ^',
      '    3 | d',
    ])
  })

  it('has no caret where only the function is known', () => {
    expect(numbered(known('a\nb'), 1, 2, frameAt(2, 1, false), plain, 80)).toEqual(['    1 | a', '>   2 | b'])
  })

  it('shows a long line from near the caret on', () => {
    const lines = numbered(
      known(`short\n${'x'.repeat(500)}Y${'z'.repeat(500)}`),
      1,
      2,
      frameAt(2, 501),
      plain,
      60,
    )
    expect(lines[0]).toBe('    1 | short')
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60)
    expect(lines[1]![lines[2]!.indexOf('^')]).toBe('Y')
  })
})
