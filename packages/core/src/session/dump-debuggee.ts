import { defaultLimits, type Report } from '@throwpoint/protocol'
import { ThrowpointError } from '../errors.ts'
import type { Debuggee } from './debuggee.ts'
import { Describer } from './describe.ts'

/**
 * Looks at a dump: what its report has, and the sources in it. Reads no other file, runs nothing.
 *
 * @param origin path of the dump, for headings
 */
export function dumpDebuggee(report: Report, origin: string): Debuggee {
  const describer = new Describer(
    { limits: defaultLimits },
    { report, scopes: () => undefined, objects: undefined },
  )
  return {
    report,
    origin,
    live: false,
    link: undefined,
    objects: undefined,
    source: (file) =>
      report.sources !== undefined && Object.hasOwn(report.sources, file) ? report.sources[file] : undefined,
    evaluate: async () => {
      throw new ThrowpointError('TP_NOT_LIVE', whyNot)
    },
    describe: (value, options = {}) => describer.describe(value, options),
    scopes: () => undefined,
  }
}

/** Why no code runs in a dump, and what does. */
export const whyNot: string =
  'This is a dump: no code runs in it. It answers names and paths of what was captured, such as order.rows[0].price; ' +
  '"locals" lists them.'
