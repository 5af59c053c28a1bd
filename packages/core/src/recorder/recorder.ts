import type { EventEmitter } from 'node:events'
import type { Boundary, WithoutThrowpoint } from '@throwpoint/protocol'
import type { ResponseEvents } from '../body/watch-response.ts'
import { BodyProgress } from '../body/body-progress.ts'
import { watchSource, type SourceEvents } from '../body/watch-source.ts'
import type { Debugger } from '../debugger.ts'
import { cancel, later, soon } from '../later.ts'
import { holdThrow } from '../hold/hold-throw.ts'
import { guard } from './guard.ts'
import type { Exchange } from '../scope/exchange.ts'
import { escapedFalsy } from '../engine/instrument-runtime.ts'
import { callSite } from '../source/call-site.ts'
import { isAbortReason, isAftermath, isClientAbort } from './client-abort.ts'
import { isExpectedError } from './expected-error.ts'
import { answeredWhenThrown } from './failed-answer.ts'
import { cut, sendAnswer, writeNotice } from './last-moment.ts'
import { ThrowRecord, type Sighting } from './throw-record.ts'

/** How long an unanswered response may take before its exception is reported without waiting for the answer. */
const stallMs = 2_000
/** How long a response that nobody seems to write to must be silent before it is cut. */
const silenceMs = 1_000

/**
 * One record per throw, however often and wherever it is seen; and the last moment of responses nobody else will
 * finish. A record is noted at once and settles later, when the application's own handlers have run and the fate of
 * the response is known: only then is `error.stack` read, for the first read fixes its text.
 */
export class Recorder implements ResponseEvents, SourceEvents {
  readonly #pending = new Set<ThrowRecord>()

  /**
   * Notes a thrown value.
   *
   * @returns its record, or undefined when there is nothing to report: it is a client abort, expected, ignored, or a
   *   consequence of another one
   */
  note(thrown: unknown, exchange: Exchange, sighting: Sighting, boundary: Boundary): ThrowRecord | undefined {
    const known = exchange.records?.find((record) => Object.is(record.thrown, thrown))
    if (known !== undefined) {
      known.sightings.add(sighting)
      return known
    }
    if (exchange.dismissed?.includes(thrown) || this.consequenceOf(thrown, exchange) !== undefined)
      return undefined
    if (isAftermath(thrown, exchange)) return undefined
    const owner = exchange.debugger
    if (isClientAbort(thrown, exchange)) return dismiss(exchange, thrown)
    const reachedProcess = sighting === 'uncaught' || sighting === 'rejection'
    if (!reachedProcess && isAbortReason(thrown, exchange)) return dismiss(exchange, thrown)
    if (isExpectedError(thrown)) {
      owner.expected(thrown, exchange)
      return dismiss(exchange, thrown)
    }
    if (owner.ignores(thrown, boundary, exchange)) return dismiss(exchange, thrown)
    return this.#open(thrown, exchange, sighting, boundary)
  }

  /** The exception that the framework was answering when it threw this value; see `FailedAnswer`. */
  consequenceOf(thrown: unknown, exchange: Exchange): ThrowRecord | undefined {
    if (exchange.records === undefined) return undefined
    const known = exchange.consequences?.find((one) => Object.is(one.thrown, thrown))
    if (known !== undefined) return known.of
    const of = answeredWhenThrown(thrown, exchange)
    if (of !== undefined) this.follows(thrown, of, exchange)
    return of
  }

  /** A framework threw this while it answered a recorded exception. */
  follows(thrown: unknown, of: ThrowRecord, exchange: Exchange): void {
    if (!Object.is(thrown, of.thrown)) of.fault ??= { thrown }
    ;(exchange.consequences ??= []).push({ thrown, of })
  }

  /** A framework goes on with an error of its own in the place of something falsy, which may be unknown. */
  standsFor(error: unknown, record: ThrowRecord, exchange: Exchange): void {
    record.hasStandIn = true
    if (!Object.is(error, record.thrown)) (exchange.consequences ??= []).push({ thrown: error, of: record })
  }

  /** Notes an expected error after all: nobody took it, and the process dies of it. */
  noteFatal(
    thrown: unknown,
    exchange: Exchange,
    sighting: Sighting,
    boundary: Boundary,
  ): ThrowRecord | undefined {
    if (!isExpectedError(thrown) || isClientAbort(thrown, exchange)) return undefined
    return this.#open(thrown, exchange, sighting, boundary)
  }

  #open(thrown: unknown, exchange: Exchange, sighting: Sighting, boundary: Boundary): ThrowRecord {
    const record = new ThrowRecord(thrown, exchange, boundary, 'exception')
    record.sightings.add(sighting)
    ;(exchange.records ??= []).push(record)
    this.#pending.add(record)
    record.stall = later(stallMs, () => this.settle(record))
    exchange.debugger.noted(record)
    return record
  }

  /** Notes an exception that no request started. */
  noteOutside(
    thrown: unknown,
    owner: Debugger,
    sighting: Sighting,
    boundary: Boundary,
  ): ThrowRecord | undefined {
    if (owner.ignores(thrown, boundary, undefined)) return undefined
    const record = new ThrowRecord(thrown, undefined, boundary, 'exception')
    record.sightings.add(sighting)
    this.#pending.add(record)
    owner.noted(record)
    return record
  }

  /** Makes the report of a record, if it has none yet, and hands it to the surfaces. */
  settle(record: ThrowRecord, owner: Debugger | undefined = record.exchange?.debugger): void {
    // Nothing is known of its response before it is let go.
    if (record.waits) return
    this.#pending.delete(record)
    // It would hold the report, the request and the response until then.
    cancel(record.stall)
    if (record.shown || owner === undefined || handledByApplication(record)) return
    owner.show(record)
  }

  /** Settles a record whose response is done, unless a promise of the application still ends the process with it. */
  #settleSoon(record: ThrowRecord): void {
    soon(() => this.settle(record))
  }

  /** A held record was let go: what becomes of it now may be waited for once more. */
  letGo(record: ThrowRecord): void {
    const { exchange } = record
    if (record.shown || exchange === undefined) return
    cancel(record.stall)
    if (exchange.res.closed || exchange.res.writableFinished) this.#settleSoon(record)
    else record.stall = later(stallMs, () => this.settle(record))
  }

  /** The process is ending: nothing will be known later. */
  settleAll(fallback: Debugger | undefined): void {
    for (const record of this.#pending) {
      if (record.waits) record.held = 'gone'
      this.settle(record, record.exchange?.debugger ?? fallback)
    }
  }

  /** Where an exception leaves the user's code while this response is in this state. */
  boundaryOf(exchange: Exchange, otherwise: Boundary): Boundary {
    if (exchange.handlerError !== undefined) return 'error-handler'
    const { res } = exchange
    return res.headersSent && !res.writableEnded ? 'body' : otherwise
  }

  /** The answer that was made for it has not left: something of the application threw before. */
  answerLost(record: ThrowRecord): void {
    const { exchange } = record
    if (exchange === undefined || exchange.res.headersSent) return
    record.client = undefined
    record.outdated = true
    exchange.outcome = undefined
  }

  /**
   * Answers a response that has no head and that nobody else will answer.
   *
   * @returns whether it did
   */
  answerLast(record: ThrowRecord, client: WithoutThrowpoint['client']): boolean {
    const { exchange } = record
    if (exchange === undefined || !exchange.answerable) return false
    record.client ??= client
    if (!exchange.debugger.options.page) return false
    exchange.outcome = 'page'
    const answer = exchange.debugger.answer(record)
    if (answer === undefined) return false
    sendAnswer(exchange.res, 500, answer)
    this.#settleSoon(record)
    return true
  }

  /** Writes a notice into a body that is about to break off, where its type can carry one. */
  notice(record: ThrowRecord): void {
    const { exchange } = record
    if (exchange === undefined || !exchange.debugger.options.page || exchange.answered) return
    if (!exchange.res.headersSent || !exchange.connected) return
    const notice = exchange.debugger.notice(record)
    if (notice !== undefined) writeNotice(exchange.res, notice)
  }

  /** Cuts a response that would stay open for ever, after a notice. */
  cut(record: ThrowRecord): void {
    const { exchange } = record
    if (exchange === undefined || exchange.answered || !exchange.debugger.options.page) return
    record.client ??= 'hangs'
    exchange.outcome = 'cut'
    this.notice(record)
    this.settle(record)
    cut(exchange)
  }

  /** As `cut`, once nobody has written for a while: code of the application may still be at work. */
  cutWhenSilent(record: ThrowRecord): void {
    const { exchange } = record
    if (exchange === undefined) return
    const written = exchange.body?.chunks ?? 0
    later(silenceMs, () => {
      if (exchange.answered || !exchange.connected) return
      if ((exchange.body?.chunks ?? 0) !== written) this.cutWhenSilent(record)
      else if (!this.answerLast(record, 'hangs')) this.cut(record)
    })
  }

  // ResponseEvents

  piped(exchange: Exchange, source: object): void {
    this.producedBy(exchange, source, 'pipe')
  }

  destroying(exchange: Exchange, error: unknown, destroy: (error: unknown) => void): boolean {
    const { req, res } = exchange
    // The peer went first: what destroys the response now only tidies up.
    if (req.aborted || !exchange.connected) return false
    if (error === undefined || error === null) {
      if (!res.writableFinished) exchange.destroyed ??= { error }
      return false
    }
    const record = this.note(error, exchange, 'destroy', this.boundaryOf(exchange, 'body'))
    const prepare = (): void => {
      exchange.destroyed ??= { error }
      if (record === undefined || record.shown) return
      record.client ??= record.answered ? 'answer-intact' : exchange.headOnTheWire ? 'cut' : 'empty-reply'
      if (!this.answerLast(record, 'empty-reply')) this.notice(record)
    }
    const go = (thrown: unknown): void => {
      guard(prepare)
      destroy(thrown)
    }
    if (record !== undefined && !record.shown && holdThrow(record, exchange, 'destroy', { go })) return true
    prepare()
    return false
  }

  failed(exchange: Exchange, error: unknown): void {
    this.note(error, exchange, 'response', 'body')
  }

  closed(exchange: Exchange): void {
    // Something falsy was thrown, Express took it for `next()`, and nothing else ever shows it. A look at the status
    // comes last: on Node 20 one at a message of Express costs a microsecond.
    if (exchange.records === undefined && exchange.framework === 'express') {
      const falsy = escapedFalsy(exchange)
      if (falsy !== undefined && exchange.res.statusCode === 404)
        this.note(falsy.value, exchange, 'framework', 'handler')
    }
    const { holds, requests } = exchange.debugger.runtime
    requests.remove(exchange)
    if (!exchange.finished) holds.left(exchange)
    if (exchange.records !== undefined) for (const record of exchange.records) this.#settleSoon(record)
  }

  // SourceEvents

  sourceFailed(exchange: Exchange, source: EventEmitter, error: unknown): void {
    const record = this.note(error, exchange, 'source', exchange.answered ? 'close' : 'body')
    if (record !== undefined) exchange.adapter.sourceFailed?.(record, source)
  }

  sourceStopped(exchange: Exchange): void {
    if (exchange.answered || exchange.res.destroyed || !exchange.connected || exchange.records) return
    later(stallMs, () => {
      if (exchange.answered || exchange.res.destroyed || !exchange.connected || exchange.records) return
      const record = new ThrowRecord(undefined, exchange, 'body', 'stalled')
      record.client = 'hangs'
      exchange.records = [record]
      exchange.debugger.show(record)
    })
  }

  /** Remembers what produces the body and watches it. */
  producedBy(exchange: Exchange, source: object, kind: string): void {
    this.attached(exchange, source, kind)
    watchSource(exchange, source, this)
  }

  /** Remembers what produces the body, where it is no emitter that could be watched. */
  attached(exchange: Exchange, source: object, kind: string): void {
    const body = (exchange.body ??= new BodyProgress())
    body.kind ??= kind
    body.source = source
    body.attachedAt ??= callSite(this.attached)
  }
}

function dismiss(exchange: Exchange, thrown: unknown): undefined {
  ;(exchange.dismissed ??= []).push(thrown)
}

/** A stream that failed before the head, and a listener of the application that answered with no server error. */
function handledByApplication(record: ThrowRecord): boolean {
  const { exchange } = record
  if (exchange === undefined || record.headersSent || record.answered || record.crashes) return false
  if (exchange.outcome !== undefined || !exchange.res.writableEnded || exchange.res.statusCode >= 500)
    return false
  for (const sighting of record.sightings) if (sighting !== 'source') return false
  return true
}
