import type { Report } from '@throwpoint/protocol'

/** What the parts of one page share. */
export interface Sheet {
  readonly report: Report
  /** The working directory, to shorten paths. */
  readonly cwd: string
  /** Rows of variables that may still be shown: a page must stay one that a browser scrolls. */
  rows: number
  /** Numbers for ids. */
  next: number
}

export function newSheet(report: Report): Sheet {
  return { report, cwd: report.process.cwd, rows: 4000, next: 0 }
}
