import type { Boundary, Report, WithoutThrowpoint } from '@throwpoint/protocol'
import type { HeldRequest } from '../hold/held-request.ts'
import type { FramesOfThrow } from '../engine/engine.ts'
import type { Exchange } from '../scope/exchange.ts'

/**
 * Where a thrown value was seen:
 * - `framework`: the framework's own end of the error path (Express' final handler, Koa's `ctx.onerror`)
 * - `error-handler`: on its way to an error handler of the application
 * - `middleware`: the promise of the middleware behind ours rejected (Koa)
 * - `source`: 'error' of the stream that produces the body
 * - `response`: 'error' of the response
 * - `destroy`: `res.destroy(error)`
 * - `app`: 'error' of a Koa application
 * - `uncaught`, `rejection`: `uncaughtException`, `unhandledRejection`
 */
export type Sighting =
  | 'framework'
  | 'error-handler'
  | 'middleware'
  | 'source'
  | 'response'
  | 'destroy'
  | 'app'
  | 'uncaught'
  | 'rejection'

/** The facts of one throw, noted without reading a property of the thrown value. */
export class ThrowRecord {
  readonly thrown: unknown
  readonly exchange: Exchange | undefined
  readonly boundary: Boundary
  readonly kind: 'exception' | 'stalled'
  readonly time: Date = new Date()
  readonly sightings: Set<Sighting> = new Set()
  /** The response at the time of the note. */
  readonly headersSent: boolean
  readonly answered: boolean
  readonly status: number
  readonly bodyChunks: number
  readonly bodyBytes: number
  readonly firstWrite: number
  readonly lastWrite: number
  /** What the client would have met; told by the hook that knows, else worked out when the record settles. */
  client: WithoutThrowpoint['client'] | undefined
  /** The process dies of it, or would without a listener of ours. */
  crashes = false
  /** What the framework threw while it answered this one. */
  fault: { readonly thrown: unknown } | undefined
  /** Something falsy was thrown, and the framework made an error to go on with. */
  hasStandIn = false
  /** Somebody of the application listens for this error of the body's source and may still answer. */
  applicationListens = false
  /** `pipeline()` or `finished()` waits for the source: their callback may be one that answers. */
  callbackWaits = false
  /** Where a request waits that has not answered; for `stalled` ones. */
  waiting: (FramesOfThrow & { readonly message: string }) | undefined
  /** Settles it when its response takes too long. */
  stall: NodeJS.Timeout | undefined
  /** The report, once it was made. */
  report: Report | undefined
  /** The report was made while the exception was held: what became of the response is not in it yet. */
  preliminary = false
  /** The report was made for an answer that did not leave. */
  outdated = false
  /** The hold it waits in; `gone` when it was let go, or was to be held and could not be. */
  held: HeldRequest | 'gone' | undefined
  /** It was shown in the terminal by a session. */
  inSession = false
  /** A session threw it in the place of another one: somebody knows of it, and a line is enough. */
  fromSession = false
  /** The surfaces have it. */
  shown = false
  /** Why the client was not shown it. */
  withheld: string | undefined
  /** The local port, for the link: a closed socket has forgotten it. */
  readonly port: number | undefined

  /** It waits in a hold. */
  get waits(): boolean {
    return this.held !== undefined && this.held !== 'gone'
  }

  constructor(
    thrown: unknown,
    exchange: Exchange | undefined,
    boundary: Boundary,
    kind: 'exception' | 'stalled',
  ) {
    this.thrown = thrown
    this.exchange = exchange
    this.boundary = boundary
    this.kind = kind
    this.port = exchange?.req.socket?.localPort
    const res = exchange?.res
    const body = exchange?.body
    this.headersSent = res !== undefined && headOnTheWire(res)
    this.answered = res?.writableEnded ?? false
    this.status = res?.statusCode ?? 0
    this.bodyChunks = body?.chunks ?? 0
    this.bodyBytes = body?.bytes ?? exchange?.whole ?? 0
    this.firstWrite = body?.firstWrite ?? 0
    this.lastWrite = body?.lastWrite ?? 0
  }
}

/**
 * `headersSent` says that the head was made, not that it left: a `res.end(chunk)` that throws before its first
 * write (strictContentLength) has made one that no client ever sees.
 */
function headOnTheWire(res: { headersSent: boolean; _headerSent?: unknown }): boolean {
  return res.headersSent && res._headerSent !== false
}
