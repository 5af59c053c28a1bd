import http from 'node:http'
import https from 'node:https'
import { ThrowpointError } from '../errors.ts'
import { cancel, later } from '../later.ts'
import { bytesOf, type HeaderPairs, type RecordedExchange } from './recorded-exchange.ts'

/** Bytes of an answer that are read. */
const mostBytes = 64 * 1024 * 1024

export interface SendOptions {
  /** Where the server is: scheme, host and port. @default where the request was recorded */
  readonly url?: URL | undefined
  /** Where to connect to, when the name of `url` may lead elsewhere. */
  readonly address?: string
  /** Instead of those of the recording, or beside them. */
  readonly headers?: HeaderPairs
  /** Sends what is there of a request that is not whole. @default false */
  readonly force?: boolean
  /** Until the end of the answer. @default 30000 */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** The connection is there; the server sees this port as the peer's. */
  readonly onConnection?: (localPort: number) => void
}

export interface Answer {
  readonly status: number
  readonly headers: HeaderPairs
  readonly body: Buffer
  /** `timeout`: it had not ended in time; `broken`: the connection broke; `limit`: it is too long. */
  readonly missing?: 'timeout' | 'broken' | 'limit'
}

export interface Sent {
  readonly url: string
  readonly answer: Answer
  /** Headers whose values are hidden in the recording and were not given: they were left out. */
  readonly leftOut: readonly string[]
}

/** Those of the connection and of the framing; both are made anew. */
const framing = new Set([
  'connection',
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

/**
 * Sends the request of a recording again.
 *
 * @throws {ThrowpointError} `TP_REPLAY_INCOMPLETE` when the recording has not the whole request, `TP_REPLAY_FAILED` when
 * nobody answers; the message says what to do
 */
export async function sendExchange(recorded: RecordedExchange, options: SendOptions = {}): Promise<Sent> {
  const { request } = recorded
  if (options.force !== true) refuseIncomplete(recorded)
  const url = options.url ?? recordedUrl(recorded)
  const given = new Set(options.headers?.map(([name]) => name.toLowerCase()))
  const hidden = new Set(
    request.hidden.filter((part) => part.startsWith('header ')).map((part) => part.slice('header '.length)),
  )
  const leftOut = [...hidden].filter((name) => !given.has(name) && name !== 'url')
  const headers: string[] = []
  let chunked = false
  let sized = false
  for (const [name, value] of request.headers) {
    const plain = name.toLowerCase()
    if (plain === 'transfer-encoding') chunked = /\bchunked\b/i.test(value)
    if (plain === 'content-length') sized = true
    if (framing.has(plain) || given.has(plain) || hidden.has(plain)) continue
    // The name of the recording belongs to the server it was recorded on.
    headers.push(name, plain === 'host' && options.url !== undefined ? url.host : value)
  }
  if (!headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'host'))
    headers.unshift('Host', url.host)
  for (const [name, value] of options.headers ?? []) headers.push(name, value)
  const body = bytesOf(request.body)
  if (chunked) headers.push('Transfer-Encoding', 'chunked')
  else if (sized || body.byteLength > 0) headers.push('Content-Length', String(body.byteLength))
  headers.push('Connection', 'close')
  const answer = await exchange(url, recorded, headers, body, options)
  return { url: url.origin, answer, leftOut }
}

/** Where it was recorded. */
function recordedUrl({ request }: RecordedExchange): URL {
  if (request.port === null) {
    throw new ThrowpointError(
      'TP_REPLAY_FAILED',
      'The request came over a Unix socket, so it is not known where to send it: give --url http://localhost:<port>.',
    )
  }
  return new URL(`${request.encrypted ? 'https' : 'http'}://localhost:${request.port}`)
}

const reasons = {
  limit: 'it is longer than what is recorded; a larger limits.bodyBytes records more',
  unread: 'the application did not read the rest',
  aborted: 'the client broke it off',
  late: 'it had begun before Throwpoint saw the request; put debugMiddleware() first',
}

function refuseIncomplete({ request }: RecordedExchange): void {
  const { missing, data } = request.body
  if (missing !== undefined) {
    const kept = bytesOf(request.body).byteLength
    throw new ThrowpointError(
      'TP_REPLAY_INCOMPLETE',
      `The recording has ${kept} bytes of the request's body, not the whole: ${reasons[missing] ?? data}. ` +
        'With --force the request is sent as it is recorded.',
    )
  }
  const parts = request.hidden.filter((part) => part === 'url' || part === 'body')
  if (parts.length === 0) return
  throw new ThrowpointError(
    'TP_REPLAY_INCOMPLETE',
    `Secrets were replaced in the ${parts.join(' and the ')} of the recorded request. Record with THROWPOINT_RECORD_SECRETS=1 to ` +
      'keep them, or send it with the replacements: --force.',
  )
}

function exchange(
  url: URL,
  { request: { method, url: target } }: RecordedExchange,
  headers: readonly string[],
  body: Buffer,
  options: SendOptions,
): Promise<Answer> {
  const { timeoutMs = 30_000, signal, onConnection } = options
  const { resolve, reject, promise } = withResolvers<Answer>()
  const secure = url.protocol === 'https:'
  const request = (secure ? https : http).request({
    // The brackets belong to the URL.
    hostname: options.address || url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (secure ? 443 : 80),
    method,
    path: target,
    headers,
    agent: false,
    ...(signal === undefined ? {} : { signal }),
    // The certificate of a development server on this machine is its own.
    ...(secure && isLoopback(url.hostname) ? { rejectUnauthorized: false } : {}),
  })
  let answer: Answer | undefined
  const chunks: Buffer[] = []
  let size = 0
  const settle = (missing?: Answer['missing']): void => {
    cancel(timer)
    if (answer === undefined) return
    resolve({ ...answer, body: Buffer.concat(chunks), ...(missing === undefined ? {} : { missing }) })
    request.destroy()
  }
  const timer = later(timeoutMs, () => {
    if (answer !== undefined) return settle('timeout')
    reject(failed(url, `it has not answered after ${timeoutMs / 1000} s`))
    request.destroy()
  })
  request.on('socket', (socket) => {
    socket.once('connect', () => onConnection?.((socket as { localPort?: number }).localPort ?? 0))
  })
  request.on('error', (error: NodeJS.ErrnoException) => {
    if (answer !== undefined) return settle('broken')
    cancel(timer)
    reject(signal?.aborted === true ? (signal.reason as Error) : failed(url, sentence(error), error))
  })
  request.on('response', (response) => {
    const flat = response.rawHeaders
    const pairs: Array<readonly [string, string]> = []
    for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([flat[at]!, flat[at + 1]!])
    answer = { status: response.statusCode ?? 0, headers: pairs, body: Buffer.alloc(0) }
    response.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
      if (size > mostBytes) settle('limit')
      else chunks.push(chunk)
    })
    response.on('end', () => settle(response.complete ? undefined : 'broken'))
    response.on('error', () => settle('broken'))
  })
  request.end(body.byteLength === 0 ? undefined : body)
  return promise
}

function failed(url: URL, why: string, cause?: unknown): ThrowpointError {
  const message = `No answer from ${url.origin}: ${why}. Start the server, or say with --url where it is.`
  return new ThrowpointError('TP_REPLAY_FAILED', message, { cause })
}

function sentence(error: NodeJS.ErrnoException): string {
  // Happy Eyeballs: one error for each address.
  const { code = (error as { errors?: NodeJS.ErrnoException[] }).errors?.[0]?.code } = error
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no such host'
    case 'ECONNRESET':
      return 'the connection was closed before an answer'
    case 'EPROTO':
      return 'it does not speak TLS (use http:// in --url)'
    default:
      return error.message || String(code)
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}

/** Node 20 has no Promise.withResolvers. */
function withResolvers<T>(): {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (reason: Error) => void
} {
  let resolve!: (value: T) => void
  let reject!: (reason: Error) => void
  const promise = new Promise<T>((done, fail) => {
    resolve = done
    reject = fail
  })
  return { promise, resolve, reject }
}
