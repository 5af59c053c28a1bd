import type { Hold } from '../hold/hold.ts'
import { errorLine, placeOf, requestLine, stopSentence } from '../report/sentences.ts'
import type { HoldLine } from './messages.ts'

const clock = performance.now.bind(performance)

/** @param others clients that look at it, beside the one that is told */
export function holdLine(hold: Hold, others: number): HoldLine {
  const { report } = hold
  const now = clock()
  const location = (report.frames.find(({ kind }) => kind === 'app') ?? report.frames[0])?.location
  return {
    number: hold.number,
    reason: hold.reason,
    error: hold.reason === 'breakpoint' ? stopSentence(report) : errorLine(report.error, 200),
    request: requestLine(report),
    place: location ? placeOf(location, report.process.cwd) : '',
    waiting: Math.round(now - hold.since),
    left: hold.deadline === undefined ? null : Math.max(0, Math.round(hold.deadline - now)),
    clientLeft: hold.clientLeft,
    counted: hold.counted,
    others,
  }
}
