import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BodyProgress } from '../body/body-progress.ts'
import type { Debugger } from '../debugger.ts'
import type { FailedAnswer } from '../recorder/failed-answer.ts'
import type { ThrowRecord } from '../recorder/throw-record.ts'
import type { Tape } from '../recording/tape.ts'
import { readMessage } from './read-message.ts'

/** What an adapter knows about the request, read when a report is made and not before. */
export interface RequestDetails {
  readonly route?: string | undefined
  readonly params?: unknown
  readonly body?: unknown
}

/** What an adapter adds; one object for all requests. */
export interface Adapter {
  readonly framework: 'express' | 'koa' | 'http'
  /** What only the adapter can read of a request. */
  details(exchange: Exchange): RequestDetails
  /** The source of the body failed; its listeners have not run yet. */
  sourceFailed?(record: ThrowRecord, source: EventEmitter): void
}

/** One request and its response while Throwpoint watches them. */
export class Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly debugger: Debugger
  readonly adapter: Adapter
  /** `performance.now()` at the start. */
  readonly startedAt: number
  /** Which request of this process it is, from 1, and its place among those in flight; -1: it is not in flight. */
  number = 0
  place = -1
  /** URL path of the reports, mount point included. */
  readonly reportsPath: string
  /** Exceptions of this request, in the order in which they were noted. */
  records: ThrowRecord[] | undefined
  /** Errors that were seen and are not to be reported: expected ones, ignored ones, client aborts. */
  dismissed: unknown[] | undefined
  /** What the application aborted signals with when it heard that the client has gone. */
  abortReasons: unknown[] | undefined
  body: BodyProgress | undefined
  /** Bytes of an answer that was given to `res.end` in one piece. */
  whole = 0
  /** What the adapter keeps with it: Koa's context. */
  context: object | undefined
  /** The first call of `res.destroy` on this side, with what it was given. */
  destroyed: { readonly error: unknown } | undefined
  /** It emitted 'finish': all was handed to the socket. `res.writableFinished` also says so after an abort. */
  finished = false
  /** Name of the event whose listeners are running: an exception that leaves them is theirs. */
  emitting: string | undefined
  /** An error whose handlers ran: another one that follows left an error handler. */
  handlerError: { readonly error: unknown } | undefined
  /** The framework's own error path is running: what it throws or wraps is a consequence, not an exception. */
  inFrameworkAnswer = false
  /** What came of a recorded exception: a framework failed while it answered. */
  consequences: { readonly thrown: unknown; readonly of: ThrowRecord }[] | undefined
  /** The framework threw while it answered. */
  failedAnswer: FailedAnswer | undefined
  /**
   * Set by the adapter when something thrown leaves the framework's answer: it is called with it once it reaches the
   * process. Only there it is known, for a `catch` that rethrows would move the source line Node prints at a crash.
   */
  answerFailed: ((fault: unknown) => void) | undefined
  /** What is kept of both bodies, when something records them. */
  tape: Tape | undefined
  /** What this side made of the response. */
  outcome: 'page' | 'cut' | undefined
  /** Bytes that had left on this connection before. */
  readonly #sentBefore: number | undefined

  constructor(
    owner: Debugger,
    adapter: Adapter,
    req: IncomingMessage,
    res: ServerResponse,
    reportsPath: string,
  ) {
    this.debugger = owner
    this.adapter = adapter
    this.req = req
    this.res = res
    this.reportsPath = reportsPath
    this.startedAt = performance.now()
    this.records = undefined
    this.dismissed = undefined
    this.abortReasons = undefined
    this.body = undefined
    this.context = undefined
    this.destroyed = undefined
    this.emitting = undefined
    this.handlerError = undefined
    this.consequences = undefined
    this.failedAnswer = undefined
    this.answerFailed = undefined
    this.tape = undefined
    this.outcome = undefined
    this.#sentBefore = bytesSent(req)
  }

  get framework(): Adapter['framework'] {
    return this.adapter.framework
  }

  /** Whether the whole answer has been handed over by the application. */
  get answered(): boolean {
    return this.res.writableEnded
  }

  /** Whether an answer can still begin: no head, no end, and somebody to read it. */
  get answerable(): boolean {
    const { res } = this
    return !res.headersSent && !res.writableEnded && !res.destroyed && this.connected
  }

  /**
   * Whether the head has left. `headersSent` only says that it was made: Node keeps what is written in the corked
   * socket until the next turn, and nothing of it leaves when the response is destroyed before that.
   */
  get headOnTheWire(): boolean {
    const { req, res } = this
    if (!res.headersSent || (res as { _headerSent?: unknown })._headerSent === false) return false
    const sent = bytesSent(req)
    if (sent === undefined || this.#sentBefore === undefined) return true
    return sent > this.#sentBefore
  }

  get connected(): boolean {
    const socket = this.req.socket
    return socket !== null && socket !== undefined && !socket.destroyed
  }

  toJSON(): undefined {
    return undefined
  }
}

// Keeps a printed request or response short: this object holds both.
Object.defineProperty(Exchange.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value: () => '[Throwpoint exchange]',
})

/** As the socket counts; `socket.bytesWritten` would include what is only buffered. Undefined over HTTP/2. */
function bytesSent(req: IncomingMessage): number | undefined {
  if ((readMessage(req, 'httpVersionMajor') as number) >= 2) return undefined
  const socket = readMessage(req, 'socket') as { _bytesDispatched?: unknown } | null | undefined
  const sent = socket?._bytesDispatched
  return typeof sent === 'number' ? sent : undefined
}
