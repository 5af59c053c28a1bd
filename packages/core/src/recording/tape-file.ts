import type { Redaction, ReportRedaction } from '../redact/redaction.ts'
import { oneLine } from '../report/visible.ts'
import {
  bodyOf,
  type HeaderPairs,
  type RecordedBody,
  type RecordedExchange,
  type RecordedResponse,
} from './recorded-exchange.ts'
import { hideParts } from './multipart.ts'
import type { BodyTape, Tape } from './tape.ts'

/** What a tape holds, as the file has it. `redaction` undefined: nothing is hidden. */
export function recordedExchange(tape: Tape, redaction: Redaction | undefined): RecordedExchange {
  const { exchange } = tape
  const { req } = exchange
  const hide = redaction === undefined ? undefined : new Hiding(redaction.forReport())
  const headers = pairs(tape.headers)
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const request = {
    method: req.method ?? 'GET',
    url: hide?.text(tape.url, 'url') ?? tape.url,
    httpVersion: req.httpVersion,
    headers: hide?.headers(headers) ?? headers,
    body: body(
      tape.request,
      tape.closedAt === undefined || !req.destroyed || req.complete ? 'unread' : 'aborted',
      hide,
      contentType,
    ),
    encrypted: tape.encrypted,
    port: tape.port,
    hidden: hide?.take() ?? [],
  }
  return {
    format: 'throwpoint-exchange',
    version: 1,
    time: tape.time.toISOString(),
    durationMs: Math.round(((tape.closedAt ?? performance.now()) - exchange.startedAt) * 10) / 10,
    request,
    response: response(tape, hide),
    exceptions: tape.exceptions,
    process: { pid: process.pid, node: process.version },
  }
}

function response(tape: Tape, hide: Hiding | undefined): RecordedResponse | null {
  const { res, finished, outcome } = tape.exchange
  if (!res.headersSent) return null
  const headers = headersOf(res)
  const byUs = outcome === 'page'
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return {
    status: res.statusCode,
    headers: hide?.headers(headers) ?? headers,
    body: byUs ? { encoding: 'utf8', data: '', bytes: 0 } : body(tape.response, 'aborted', hide, type),
    answeredBy: byUs ? 'throwpoint' : 'application',
    end: finished ? 'finished' : tape.closedAt === undefined ? 'open' : 'aborted',
    hidden: hide?.take() ?? [],
  }
}

/**
 * The head as it was sent. What was given to `writeHead` is known to nobody else; over HTTP/2 there is only what was
 * set.
 */
function headersOf(res: { getHeaders(): NodeJS.Dict<number | string | string[]> }): HeaderPairs {
  const { _header: head } = res as { _header?: unknown }
  if (typeof head === 'string') {
    const lines = head.split('\r\n').slice(1)
    return lines
      .filter((line) => line.includes(':'))
      .map((line): [string, string] => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon), line.slice(colon + 1).trim()]
      })
  }
  return Object.entries(res.getHeaders()).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
  )
}

/** HTTP/2 pseudo headers repeat the request line, but for the authority, which is the `Host`. */
function pairs(flat: readonly string[]): HeaderPairs {
  const result: Array<readonly [string, string]> = []
  let host: string | undefined
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = flat[at]!
    if (!name.startsWith(':')) result.push([name, flat[at + 1]!])
    else if (name === ':authority') host = flat[at + 1]
  }
  if (host !== undefined && !result.some(([name]) => name.toLowerCase() === 'host')) {
    result.unshift(['host', host])
  }
  return result
}

function body(
  tape: BodyTape,
  whenOpen: 'unread' | 'aborted',
  hide: Hiding | undefined,
  contentType: string | undefined,
): RecordedBody {
  const kept = tape.kept
  const shown = hide?.bytes(kept, contentType) ?? kept
  return bodyOf(shown, tape.bytes, tape.missing(whenOpen))
}

/** Takes secrets out, and remembers of which parts. */
class Hiding {
  readonly #redactor: ReportRedaction
  #hidden: string[] = []

  constructor(redactor: ReportRedaction) {
    this.#redactor = redactor
  }

  text(text: string, part: string): string {
    return this.#noted(text, this.#redactor.text(text), part)
  }

  headers(headers: HeaderPairs): HeaderPairs {
    return headers.map(([name, value]) => [
      name,
      this.#noted(value, this.#redactor.header(name, value), `header ${oneLine(name.toLowerCase())}`),
    ])
  }

  /** Bytes that are no text are looked through as if they were: a form with a file in it has fields too. */
  bytes(bytes: Buffer, contentType: string | undefined): Buffer {
    const utf8 = bytes.toString('utf8')
    const encoding = Buffer.from(utf8, 'utf8').equals(bytes) ? 'utf8' : 'latin1'
    const text = encoding === 'utf8' ? utf8 : bytes.toString('latin1')
    const shown = this.#redactor.text(hideParts(text, contentType, this.#redactor))
    return this.#noted(text, shown, 'body') === text ? bytes : Buffer.from(shown, encoding)
  }

  /** The parts since the last call. */
  take(): readonly string[] {
    const hidden = this.#hidden
    this.#hidden = []
    return hidden
  }

  #noted(text: string, shown: string, part: string): string {
    if (shown !== text && !this.#hidden.includes(part)) this.#hidden.push(part)
    return shown
  }
}
