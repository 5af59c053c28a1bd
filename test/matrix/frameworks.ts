import type { Column } from './row.ts'

export interface Framework {
  readonly name: string
  /** The column of the table that says what it does. */
  readonly column: Column
  /** Its package, as the root's devDependencies name it. */
  readonly alias: string
  readonly program: string
  /** Columns between which it stands: a fast run has only those of its rows that differ from one of them. */
  readonly between?: readonly Column[]
}

const fast: readonly Framework[] = [
  { name: 'Express 4', column: 'express4', alias: 'express4', program: 'express.cjs' },
  { name: 'Express 5', column: 'express5', alias: 'express', program: 'express.cjs' },
  { name: 'Koa 2', column: 'koa2', alias: 'koa2', program: 'koa.mjs' },
  { name: 'Koa 3.0', column: 'koa30', alias: 'koa30', program: 'koa.mjs', between: ['koa2', 'koa3'] },
  { name: 'Koa 3', column: 'koa3', alias: 'koa', program: 'koa.mjs' },
]

const rest: readonly Framework[] = [
  { name: 'Express 4.18', column: 'express4', alias: 'express418', program: 'express.cjs' },
  { name: 'Express 5 as an ES module', column: 'express5', alias: 'express', program: 'express.mjs' },
  { name: 'Koa 3 as CommonJS', column: 'koa3', alias: 'koa', program: 'koa.cjs' },
]

/** What a run is to cover: `THROWPOINT_SMOKE=1` a few rows of each framework, `THROWPOINT_FULL=1` everything. */
export const smoke: boolean = process.env['THROWPOINT_SMOKE'] === '1'
export const full: boolean = process.env['THROWPOINT_FULL'] === '1'

/** The frameworks of this run; in a fast one, the last ones with the smoke rows only. */
export function frameworks(family: 'express' | 'koa'): { framework: Framework; few: boolean }[] {
  return [
    ...fast.map((framework) => ({ framework, few: smoke })),
    ...(smoke ? [] : rest.map((framework) => ({ framework, few: !full }))),
  ].filter(({ framework }) => framework.column.startsWith(family))
}
