import { readFileSync } from 'node:fs'
import { isReport, type Report } from '@throwpoint/protocol'
import { ThrowpointError } from '../errors.ts'

/** Reads a dump. */
export function readDump(file: string): Report {
  const report: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (!isReport(report)) throw new ThrowpointError('TP_NOT_A_REPORT', `${file} is not a report of Throwpoint`)
  return report
}
