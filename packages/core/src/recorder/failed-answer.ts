import { safeGet, peekStack } from '../primordials.ts'
import type { Exchange } from '../scope/exchange.ts'
import type { ThrowRecord } from './throw-record.ts'

/**
 * A framework that throws while it answers an exception: the error has a getter that throws, it is a revoked proxy, or
 * `error.headers` are none. What it throws is no exception of its own but what this one comes to, so it is not reported
 * again: the report says what becomes of client and process, and names it in a note.
 */
export class FailedAnswer {
  readonly record: ThrowRecord
  /** Nothing has been seen since. */
  fresh = true

  constructor(record: ThrowRecord) {
    this.record = record
  }
}

/** Runs the framework's answer. Its name is in the stack of what the framework throws meanwhile. */
export function letFrameworkAnswer<T>(finish: () => T): T {
  return finish()
}

/** What Node throws at `res.setHeader` for a name or value that is none. */
const headerCodes = new Set<unknown>([
  'ERR_INVALID_HTTP_TOKEN',
  'ERR_INVALID_CHAR',
  'ERR_HTTP_INVALID_HEADER_VALUE',
])

/** What Node throws at the head of an error answer, which has a length, when the application has set `Trailer`. */
const trailerCode = 'ERR_HTTP_TRAILER_INVALID'

/**
 * The exception the framework was answering when it threw this value, if it did.
 *
 * - While it reads the error: the stack says so, or nothing else has been seen since.
 * - When it sets `error.headers`, once the request has been read: Express has not answered, and Node refuses a header,
 *   or the `Trailer` the application has set.
 * - When it prints the error, which Express does a turn of the event loop later.
 */
export function answeredWhenThrown(thrown: unknown, exchange: Exchange): ThrowRecord | undefined {
  const { failedAnswer, records } = exchange
  if (records === undefined || records.some((record) => Object.is(record.thrown, thrown))) return undefined
  const stack = peekStack(thrown).value
  const text = typeof stack === 'string' ? stack : ''
  if (failedAnswer !== undefined) {
    // Without frames it is the one that comes next.
    const is = text.includes('\n    at ') ? text.includes(letFrameworkAnswer.name) : failedAnswer.fresh
    failedAnswer.fresh = false
    if (is) return failedAnswer.record
  }
  const last = records.findLast(({ sightings }) => sightings.has('framework'))
  if (last === undefined || exchange.framework !== 'express') return undefined
  if (/^\s+at (?:\S+\.)?logerror \(/m.test(text)) return last
  if (exchange.answered) return undefined
  const { value: code } = safeGet(thrown, 'code')
  if (code === trailerCode) return last
  if (!headerCodes.has(code)) return undefined
  const headers = safeGet(last.thrown, 'headers').value
  return typeof headers === 'object' && headers !== null ? last : undefined
}
