import type { Boundary, WithoutThrowpoint } from '@throwpoint/protocol'
import type { GivingUp, RequestOptions } from './client.ts'

/** The eras in which the frameworks behave differently. */
export type Column = 'express4' | 'express5' | 'koa2' | 'koa30' | 'koa3'

/** What happens without the middleware and, behind an arrow, with it; see cases.ts. */
export type Outcome = string

export interface Expectation {
  /** Boundary of the exception; `handler` when nothing is said. */
  readonly boundary?: Boundary
  /** Boundaries of all the reports, where there is not exactly one. Empty: nothing is reported. */
  readonly boundaries?: readonly Boundary[]
  /** The answer is the application's own, so Throwpoint only records. */
  readonly answer?: 'application'
  /** `withoutThrowpoint.client` of each report, where it does not follow from the plain outcome. */
  readonly without?: readonly WithoutThrowpoint['client'][]
  /** The reports say that the process lives although another error of the same request ends it. */
  readonly fates?: readonly WithoutThrowpoint['process'][]
  /** The report belongs to no request. */
  readonly unattributed?: true
  readonly kind?: 'stalled'
  /**
   * What the process prints while it dies differs, and why: the report is made, and the stack read, before Node looks
   * for the source line; or an answer that was given keeps the framework from its own line in the log.
   */
  readonly prints?: string
  /** A stated limit: what Throwpoint cannot do here, and why. */
  readonly limit?: string
}

/** A row's expectation in one column, where it differs from the row's. */
export interface Cell extends Expectation {
  readonly outcome: Outcome
}

export interface Cells extends Partial<Readonly<Record<Column, Outcome | Cell>>> {
  /** Both majors. */
  readonly express?: Outcome | Cell
  /** All three eras. */
  readonly koa?: Outcome | Cell
}

/** A client that leaves before it has its answer. */
export interface Leaving {
  readonly when: GivingUp
  readonly reset?: boolean
  /** Sends these bytes of a body that is announced to be longer. */
  readonly upload?: string
}

export interface Row extends Expectation, Cells {
  readonly name: string
  /** The case in test/apps/cases. */
  readonly fixture: string
  /** Connections one after the other, with their requests; one `GET /case` when nothing is said. */
  readonly connections?: readonly (readonly RequestOptions[])[]
  /** All requests of a connection are sent at once. */
  readonly pipelined?: true
  readonly http2?: true
  readonly leaving?: Leaving
  /** From Node 24 on. */
  readonly since24?: Cells
  /** One of the few rows of a smoke run. */
  readonly smoke?: true
  /** Left to the full run in the columns where it needs a process of its own. */
  readonly rare?: true
  /** Has a process of its own although that survives: it listens to the process, or leaves something running. */
  readonly alone?: true
}

export interface Expected extends Expectation {
  readonly plain: string
  readonly crashes: boolean
  readonly debug: string
  readonly reports: readonly Boundary[]
}

/** What a row expects in a column on this Node; undefined when the case does not exist there. */
export function expectedOf(row: Row, column: Column, nodeMajor: number): Expected | undefined {
  const cell = (nodeMajor >= 24 ? cellOf(row.since24, column) : undefined) ?? cellOf(row, column)
  if (cell === undefined) return undefined
  const { outcome, ...details } = typeof cell === 'string' ? { outcome: cell } : cell
  const expectation: Expectation = { ...row, ...details }
  const reports = expectation.boundaries ?? [expectation.boundary ?? 'handler']
  const [before = '', after] = outcome.split('->').map((part) => part.trim())
  const crashes = before.endsWith(' crash')
  const plain = before.replace(/ crash$/, '')
  const silent = reports.length === 0 || expectation.answer !== undefined
  return {
    ...expectation,
    plain,
    crashes,
    debug: after ?? (silent ? plain : plain.split(',').map(usualAnswer).join(',')),
    reports,
  }
}

/** Whether a row would disturb others in its process, or could not be told from them. */
export function needsOwnProcess(row: Row, expected: Expected): boolean {
  return expected.crashes || row.alone === true || expected.unattributed === true
}

function cellOf(cells: Cells | undefined, column: Column): Outcome | Cell | undefined {
  return cells?.[column] ?? cells?.[column.startsWith('express') ? 'express' : 'koa']
}

/** What the client gets with the middleware where the row does not say it. */
function usualAnswer(plain: string): string {
  if (plain === 'RST') return 'page 500'
  return /^[45]/.test(plain) ? `page ${plain}` : plain
}

/** What a report says the client would have met, from the plain outcome. */
export function consequenceOf({ plain, answer }: Expected): WithoutThrowpoint['client'] {
  if (answer === 'application') return 'application'
  const [first = ''] = plain.split(',').filter((reply) => !reply.startsWith('2') || plain === reply)
  if (first === 'CUT' || first.startsWith('RST_STREAM')) return 'cut'
  if (first === 'RST') return 'empty-reply'
  if (first === 'HANG') return 'hangs'
  return /^[45]/.test(first) ? 'error-response' : 'answer-intact'
}
