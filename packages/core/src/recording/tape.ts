import type { Exchange } from '../scope/exchange.ts'
import type { Missing, RecordedException } from './recorded-exchange.ts'

// Held from the start: an application may replace it.
const copy: (bytes: Uint8Array) => Buffer = Buffer.from.bind(Buffer)
const encode: (text: string, encoding: BufferEncoding) => Buffer = Buffer.from.bind(Buffer)

/** The bytes of one body as they pass, up to a limit. */
export class BodyTape {
  readonly #limit: number
  readonly #chunks: Buffer[] = []
  #kept = 0
  /** That were seen. */
  bytes = 0
  /** It came to its end. */
  ended = false
  /** It had begun before anybody looked. */
  late = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** A copy is kept: the application may write into the chunk, and a slice would keep all it is a slice of. */
  add(chunk: unknown, encoding?: unknown): void {
    const bytes = bytesIn(chunk, encoding)
    if (bytes === undefined || bytes.byteLength === 0) return
    this.bytes += bytes.byteLength
    const room = this.#limit - this.#kept
    if (room <= 0) return
    const kept = copy(bytes.byteLength > room ? bytes.subarray(0, room) : bytes)
    this.#kept += kept.byteLength
    this.#chunks.push(kept)
  }

  /** Forgets what was kept. */
  drop(): void {
    this.#chunks.length = 0
    this.#kept = 0
  }

  get kept(): Buffer {
    if (this.#chunks.length > 1) this.#chunks.splice(0, this.#chunks.length, Buffer.concat(this.#chunks))
    return this.#chunks[0] ?? Buffer.alloc(0)
  }

  missing(whenOpen: Missing): Missing | undefined {
    if (this.late) return 'late'
    if (this.bytes > this.#kept) return 'limit'
    return this.ended ? undefined : whenOpen
  }
}

function bytesIn(chunk: unknown, encoding: unknown): Uint8Array | undefined {
  if (typeof chunk === 'string') {
    return encode(chunk, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8')
  }
  if (!ArrayBuffer.isView(chunk)) return undefined
  return chunk instanceof Uint8Array
    ? chunk
    : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

/** What is told when a response is done. */
export interface TapeEnd {
  closed(tape: Tape): void
}

/** What of one exchange is kept while it runs. */
export class Tape {
  readonly exchange: Exchange
  readonly request: BodyTape
  readonly response: BodyTape
  readonly end: TapeEnd
  /** The target and the headers as they came: a router changes `req.url`, and an application may change the list. */
  readonly url: string
  readonly headers: readonly string[]
  readonly time: Date = new Date()
  readonly port: number | null
  readonly encrypted: boolean
  /** Of this side of the connection; empty for a Unix socket. */
  readonly address: string
  /** Its reports, in short: a whole one is kept elsewhere, and not for as long. */
  readonly exceptions: RecordedException[] = []
  /** `performance.now()` when the response was closed. */
  closedAt: number | undefined
  /** Number of its file in this process, once there is one. */
  serial: number | undefined
  /** `res.end` is running: over HTTP/2 it calls `res.write`. */
  inEnd = false

  constructor(exchange: Exchange, end: TapeEnd, limit: number) {
    const { req } = exchange
    this.exchange = exchange
    this.end = end
    this.request = new BodyTape(limit)
    this.response = new BodyTape(limit)
    const { originalUrl } = req as { originalUrl?: unknown }
    this.url = typeof originalUrl === 'string' ? originalUrl : (req.url ?? '')
    this.headers = [...req.rawHeaders]
    const socket = req.socket as { localAddress?: string; localPort?: number; encrypted?: boolean } | null
    this.address = socket?.localAddress?.replace(/^::ffff:/, '') ?? ''
    this.port = socket?.localPort ?? null
    this.encrypted = socket?.encrypted === true
    takeBuffered(this.request, req)
  }
}

interface Buffered {
  readonly readableDidRead?: boolean
  readonly readableLength?: number
  readonly complete?: boolean
  readonly _readableState?: {
    readonly buffer?: Iterable<unknown>
    readonly bufferIndex?: number
    readonly ended?: boolean
  }
}

/** What came before a middleware in front of ours let the request through; nobody has read it, or it is lost. */
function takeBuffered(tape: BodyTape, message: object): void {
  const req = message as Buffered
  const length = req.readableLength ?? 0
  if (req.readableDidRead === true) tape.late = true
  else if (length > 0) {
    const { buffer = [], bufferIndex = 0 } = req._readableState ?? {}
    let at = 0
    for (const chunk of buffer) if (at++ >= bufferIndex) tape.add(chunk)
    if (tape.bytes !== length) {
      tape.drop()
      tape.late = true
    }
  }
  tape.ended = req._readableState?.ended === true
}
