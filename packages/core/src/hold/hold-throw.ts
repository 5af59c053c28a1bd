import { fault } from '../recorder/guard.ts'
import type { Sighting, ThrowRecord } from '../recorder/throw-record.ts'
import type { Exchange } from '../scope/exchange.ts'
import type { Release } from './hold.ts'
import type { HoldOptions } from './held-requests.ts'
import { canAnswer, respond } from './respond.ts'
import { canRunAgain, runAgain } from './run-again.ts'

/** How an exception of a request goes on from where it was held. */
export interface Onward {
  /** With the thrown value, or with another one. What it throws reaches the process. */
  go(thrown: unknown): void
  /** Goes on as if the handler had called `next()`. */
  readonly pass?: { can(): true | string; go(): void }
  /** The application is to hear nothing more of the exception. */
  done?(kind: 'respond' | 'retry'): void
}

/**
 * Holds an exception of a request before the application sees it.
 *
 * @returns true: it waits, and goes `onward` when a session lets it go; false: it is not held, and the caller goes on
 */
export function holdThrow(
  record: ThrowRecord,
  exchange: Exchange,
  sighting: Sighting,
  onward: Onward,
  options?: HoldOptions,
): boolean {
  const { holds } = exchange.debugger.runtime
  if (!holds.claimed && !record.waits) return false
  const goWith = (thrown: unknown): void => {
    if (!Object.is(thrown, record.thrown)) noteOther(thrown, exchange, sighting, record)
    onward.go(thrown)
  }
  return holds.holdBack(
    record,
    exchange.debugger,
    {
      can: (kind) => canGo(kind, exchange, onward),
      go(release) {
        if (release.kind === 'continue') return goWith(record.thrown)
        if (release.kind === 'throw') return goWith(release.error)
        if (canGo(release.kind, exchange, onward) !== true) return goWith(record.thrown)
        if (release.kind === 'pass') return onward.pass!.go()
        record.client ??= 'unknown'
        try {
          if (release.kind === 'respond') respond(exchange, release)
          else runAgain(exchange)
        } catch (error) {
          fault(error)
          return goWith(record.thrown)
        }
        onward.done?.(release.kind)
      },
      follow: (release) => followed(release, record, onward, goWith),
    },
    options,
  )
}

/** What waited behind it: the answer has been given, but an exception that goes on takes it along. */
function followed(
  release: Release,
  record: ThrowRecord,
  onward: Onward,
  goWith: (thrown: unknown) => void,
): void {
  if (release.kind === 'continue') goWith(record.thrown)
  else if (release.kind === 'throw') goWith(release.error)
  else if (release.kind !== 'pass') onward.done?.(release.kind)
}

function canGo(kind: 'respond' | 'pass' | 'retry', exchange: Exchange, { pass }: Onward): true | string {
  if (kind === 'respond') return canAnswer(exchange)
  if (kind === 'retry') return canRunAgain(exchange)
  return pass === undefined ? 'the exception has already left the handlers of this request' : pass.can()
}

/** The value a session threw instead: an exception like others, but it is not held again. */
function noteOther(thrown: unknown, exchange: Exchange, sighting: Sighting, record: ThrowRecord): void {
  try {
    const other = exchange.debugger.runtime.recorder.note(thrown, exchange, sighting, record.boundary)
    if (other === undefined) return
    other.held ??= 'gone'
    other.fromSession = true
  } catch (error) {
    fault(error)
  }
}
