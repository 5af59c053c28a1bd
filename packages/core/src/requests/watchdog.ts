import type { Debugger } from '../debugger.ts'
import { later } from '../later.ts'
import { ThrowRecord } from '../recorder/throw-record.ts'
import { milliseconds, placeOf } from '../report/sentences.ts'
import type { Exchange } from '../scope/exchange.ts'
import { isStream } from './is-stream.ts'
import { knowsWhere, waitingFrames } from './waiting-frames.ts'

const clock = performance.now.bind(performance)

/** Milliseconds by which a look is late after the process was stopped. */
const stoppedMs = 1000

/**
 * Reports requests that have not answered for a while, each once. One timer for all of them, and none while no request
 * is in flight.
 */
export class Watchdog {
  readonly #owner: Debugger
  readonly #ms: number
  readonly #reported = new WeakSet<Exchange>()
  /** Bytes of each connection at the last look: a request whose body still arrives is not stuck. */
  readonly #received = new WeakMap<Exchange, { readonly bytes: number; readonly since: number }>()
  #armed = false
  /** When the next look should be. */
  #due = 0
  /** The process has been stopped, in a debugger or by a signal, up to here: time does not count while it is. */
  #resumed = 0

  constructor(owner: Debugger, seconds: number) {
    this.#owner = owner
    this.#ms = seconds * 1000
    if (owner.runtime.requests.size > 0) this.arm()
  }

  /** A request has come. */
  arm(): void {
    if (!this.#armed) this.#lookIn(this.#ms)
  }

  #lookIn(ms: number): void {
    this.#armed = true
    this.#due = clock() + ms
    later(ms, () => this.#look())
  }

  #look(): void {
    this.#armed = false
    const now = clock()
    if (now > this.#due + stoppedMs) this.#resumed = now
    let next = Infinity
    for (const exchange of this.#owner.runtime.requests.list()) {
      if (exchange.debugger !== this.#owner || this.#reported.has(exchange)) continue
      const due = this.#quietSince(exchange, now) + this.#ms
      // A timer may be early by a millisecond.
      if (due > now + 1) next = Math.min(next, due)
      else {
        this.#reported.add(exchange)
        report(exchange, now)
      }
    }
    if (next !== Infinity) this.#lookIn(Math.max(1, Math.ceil(next - now)))
  }

  /** Since when nothing has happened that it could be waiting for with reason; Infinity: it is never reported. */
  #quietSince(exchange: Exchange, now: number): number {
    const { req, res, body, startedAt, connected, records } = exchange
    // An exception is known already, and what becomes of its answer.
    if (records !== undefined || !connected || isStream(exchange)) return Infinity
    if (this.#owner.runtime.holds.list().some(({ record }) => record.exchange === exchange)) return now
    // All was written, or the client does not take it: it is not the application that is slow.
    if (res.writableEnded || res.writableNeedDrain) return now
    const arrived = req.complete ? 0 : this.#arrived(exchange, now)
    return Math.max(startedAt, body?.lastWrite ?? 0, arrived, this.#resumed)
  }

  /** When the last of its body came; at the first look, now. */
  #arrived(exchange: Exchange, now: number): number {
    const bytes = exchange.req.socket.bytesRead
    const known = this.#received.get(exchange)
    if (known?.bytes === bytes) return known.since
    this.#received.set(exchange, { bytes, since: now })
    return now
  }
}

function report(exchange: Exchange, now: number): void {
  const { res, body, startedAt } = exchange
  const { frames, notes } = waitingFrames(exchange)
  const record = new ThrowRecord(undefined, exchange, res.headersSent ? 'body' : 'handler', 'stalled')
  record.client = 'hangs'
  const quiet = now - Math.max(startedAt, body?.lastWrite ?? 0)
  const what = res.headersSent ? 'Nothing was written for' : 'No answer for'
  record.waiting = {
    message: `${what} ${milliseconds(quiet)}${whereIt(frames)}`,
    engine: { used: knowsWhere() ? 'instrumented' : 'stack', reason: knowsWhere() ? noVariables : unknown },
    frames: frames.map((frame) => ({ frame })),
    stack: '',
    notes,
  }
  exchange.debugger.show(record)
}

const noVariables =
  'Nothing was thrown: the frames are the functions that have begun and not ended, with the await they stand at, and have no variables.'
const unknown =
  'Where it waits is not known: start the process with the preload (throwpoint app.js) and THROWPOINT_REQUESTS=1.'

function whereIt(frames: ReturnType<typeof waitingFrames>['frames']): string {
  const [frame] = frames
  if (frame?.location) {
    return `: it waits in ${frame.functionName || 'a function'} (${placeOf(frame.location, process.cwd())})`
  }
  if (!knowsWhere()) return ''
  return ': no asynchronous function of yours is at work for it, so a callback was never called, or the handler returned without an answer'
}
