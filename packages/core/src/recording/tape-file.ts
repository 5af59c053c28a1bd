import type { Redaction, ReportRedaction } from '../redact/redaction.ts'
import { oneLine } from '../report/visible.ts'
import {
  bodyOf,
  type HeaderPairs,
  type Missing,
  type RecordedBody,
  type RecordedExchange,
  type RecordedResponse,
} from './recorded-exchange.ts'
import { hideInBody } from './hide-in-body.ts'
import { decodedBody } from './content-encoding.ts'
import type { BodyTape, Tape } from './tape.ts'

/** What a tape holds, as the file has it. `redaction` undefined: nothing is hidden. */
export function recordedExchange(tape: Tape, redaction: Redaction | undefined): RecordedExchange {
  const { exchange } = tape
  const { req } = exchange
  const hide = redaction === undefined ? undefined : new Hiding(redaction.forReport())
  const headers = pairs(tape.headers)
  const request = {
    method: req.method ?? 'GET',
    url: hide?.text(tape.url, 'url') ?? tape.url,
    httpVersion: req.httpVersion,
    headers: hide?.headers(headers) ?? headers,
    body: body(tape.request, missingOfRequest(tape, headers), hide, headers),
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
  return {
    status: res.statusCode,
    headers: hide?.headers(headers) ?? headers,
    body: byUs
      ? { encoding: 'utf8', data: '', bytes: 0 }
      : body(tape.response, tape.response.missing('aborted'), hide, headers),
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
  missing: Missing | undefined,
  hide: Hiding | undefined,
  headers: HeaderPairs,
): RecordedBody {
  const shown = hide?.body(tape.kept, headers) ?? { bytes: tape.kept, decoded: false }
  const recorded = bodyOf(shown.bytes, tape.bytes, missing)
  return shown.decoded ? { ...recorded, decoded: true } : recorded
}

/** Whether the request has no more body than what came, though nobody read to its end. */
function isWhole({ exchange: { req }, request }: Tape, headers: HeaderPairs): boolean {
  const length = valueOf(headers, 'content-length')
  if (length !== undefined) return Number(length) === request.bytes
  const { stream } = req as { stream?: { endAfterHeaders?: boolean } }
  if (req.httpVersionMajor >= 2) return stream?.endAfterHeaders === true
  return valueOf(headers, 'transfer-encoding') === undefined
}

function missingOfRequest(tape: Tape, headers: HeaderPairs): Missing | undefined {
  const missing = tape.request.missing('unread')
  if (missing !== 'unread') return missing
  if (isWhole(tape, headers)) return undefined
  return tape.exchange.req.destroyed && !tape.exchange.req.complete ? 'aborted' : 'unread'
}

function valueOf(headers: HeaderPairs, wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
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

  /** @returns the same buffer when nothing is hidden */
  body(bytes: Buffer, headers: HeaderPairs): { bytes: Buffer; decoded: boolean } {
    const plain = decodedBody(bytes, valueOf(headers, 'content-encoding'))
    const shown = hideInBody(plain, valueOf(headers, 'content-type'), this.#redactor)
    if (shown === plain) return { bytes, decoded: false }
    if (!this.#hidden.includes('body')) this.#hidden.push('body')
    return { bytes: shown, decoded: plain !== bytes }
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
