import type { Frame } from '@throwpoint/protocol'
import { type ReportRedaction, Redaction } from '../redact/redaction.ts'
import type { Exchange } from '../scope/exchange.ts'
import type { InFlight, WaitingIn } from '../session/services.ts'
import { knowsWhere, waitingFrames } from './waiting-frames.ts'

const clock = performance.now.bind(performance)
/** UTF-16 units of a URL or a line of source. */
const longest = 500

/** A function in which a request waits. */
export interface WaitingLine extends WaitingIn {
  /** The line of source from there on; empty when it is not known. */
  readonly source: string
}

/** A request in flight, for people and programs: plain JSON, redacted. */
export interface RequestLine extends InFlight {
  readonly number: number
  /**
   * - `waiting`: nothing of an answer yet
   * - `answering`: the head has been sent, and the end has not been written
   * - `leaving`: all was written and is on its way to the client
   * - `held`: a session has it
   */
  readonly state: 'waiting' | 'answering' | 'leaving' | 'held'
  readonly hold: number | null
  /** The status that was sent; null before the head. */
  readonly status: number | null
  readonly contentType: string | null
  readonly chunks: number
  readonly bytes: number
  /** Milliseconds since the last chunk was written; null when there is none. */
  readonly lastWrite: number | null
  /** The body of the request has not arrived whole. */
  readonly receiving: boolean
  /** The client has not taken what was written. */
  readonly clientIsSlow: boolean
  readonly clientLeft: boolean
  /** Where it waits, the function that began last first; absent where that cannot be known. */
  readonly waitingIn?: readonly WaitingLine[]
}

/** @param hold its number in `sessions`, when a session holds it */
export function requestLineOf(exchange: Exchange, hold: number | null): RequestLine {
  const { req, res, body } = exchange
  const redactor = new Redaction(exchange.debugger.options.redact).forReport()
  const now = clock()
  const type = res.getHeader('content-type')
  return {
    number: exchange.number,
    method: req.method ?? '',
    url: urlOf(exchange, redactor),
    ageMs: Math.round(now - exchange.startedAt),
    state: hold !== null ? 'held' : res.writableEnded ? 'leaving' : res.headersSent ? 'answering' : 'waiting',
    hold,
    status: res.headersSent ? res.statusCode : null,
    contentType: typeof type === 'string' ? type.slice(0, 100) : null,
    chunks: body?.chunks ?? 0,
    bytes: body?.bytes ?? exchange.whole,
    lastWrite: body === undefined || body.lastWrite === 0 ? null : Math.round(now - body.lastWrite),
    receiving: !req.complete,
    clientIsSlow: res.writableNeedDrain,
    clientLeft: !exchange.connected,
    ...(knowsWhere() && {
      waitingIn: waitingFrames(exchange).frames.map((frame) => waitingLine(frame, redactor)),
    }),
  }
}

function waitingLine({ functionName, location, source }: Frame, redactor: ReportRedaction): WaitingLine {
  const { file = '', line = 0, column = 0 } = location ?? {}
  const text = source?.lines[line - source.firstLine] ?? ''
  return {
    functionName,
    file,
    line,
    column,
    source: redactor.source(
      text
        .slice(column - 1)
        .trim()
        .slice(0, longest),
    ),
  }
}

export function urlOf({ req }: Exchange, redactor: ReportRedaction): string {
  const { originalUrl } = req as { originalUrl?: unknown }
  return redactor.text((typeof originalUrl === 'string' ? originalUrl : (req.url ?? '')).slice(0, longest))
}
