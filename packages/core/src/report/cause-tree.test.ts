import { describe, expect, it } from 'vitest'
import type { Cause } from '@throwpoint/protocol'
import { bodyReport } from '../../../../test/report-samples.ts'
import { causeTree } from './cause-tree.ts'
import { renderText } from './text.ts'

function cause(message: string, more: Partial<Cause> = {}): Cause {
  const error = { name: 'Error', message, stack: '', isError: true, properties: {} }
  return { relation: 'cause', error, frames: [], ...more }
}

/** Breadth first, as a report has them. */
const causes = [
  cause('of the whole'),
  cause('first', { relation: 'aggregate', index: 0 }),
  cause('second', { relation: 'aggregate', index: 1 }),
  cause('of the first', { parent: 1 }),
  cause('second', { parent: 3, ref: 2 }),
  cause('of the second', { parent: 2 }),
  cause('first', { parent: 5, ref: 1 }),
]

describe('causeTree', () => {
  it('has each cause right below its error', () => {
    const lines = causeTree(causes).map(({ cause: { error }, level, label, again = '' }) =>
      `${'  '.repeat(level - 1)}${label} ${error.message} ${again}`.trimEnd(),
    )
    expect(lines).toEqual([
      'caused by of the whole',
      'error 1 of 2 first',
      '  caused by of the first',
      '    caused by second shown below',
      'error 2 of 2 second',
      '  caused by of the second',
      '    caused by first shown above',
    ])
  })

  it('counts no errors that it does not have', () => {
    const cut = [causes[1]!, { ...causes[2]!, omitted: 998 }]
    expect(causeTree(cut).map(({ label }) => label)).toEqual(['error 1', 'error 2'])
    expect(renderText({ ...bodyReport, causes: cut })).toContain('  … 998 more causes\n')
  })

  it('shows a cause once whose parents go in a circle', () => {
    expect(causeTree([cause('a', { parent: 1 }), cause('b', { parent: 0 })])).toEqual([])
    expect(causeTree(causes)).toHaveLength(causes.length)
  })
})
