import type { Boundary } from '@throwpoint/protocol'

/**
 * One request, its answer and what was thrown on the way: what `record` writes to a file, and what is sent again.
 * docs/terminal.md describes the file.
 */
export interface RecordedExchange {
  readonly format: 'throwpoint-exchange'
  readonly version: 1
  /** When the request came, ISO 8601. */
  readonly time: string
  /** Milliseconds until the response was closed, or until this was written. */
  readonly durationMs: number
  readonly request: RecordedRequest
  /** null: nothing was answered. */
  readonly response: RecordedResponse | null
  /** In the order in which they were noted. */
  readonly exceptions: readonly RecordedException[]
  readonly process: { readonly pid: number; readonly node: string }
}

export type HeaderPairs = ReadonlyArray<readonly [name: string, value: string]>

export interface RecordedRequest {
  readonly method: string
  /** The target as the client sent it. */
  readonly url: string
  readonly httpVersion: string
  /** In order, and as often as they came. */
  readonly headers: HeaderPairs
  readonly body: RecordedBody
  /** It came over TLS. */
  readonly encrypted: boolean
  /** Of this side of the connection; null for a Unix socket. */
  readonly port: number | null
  /** Parts in which a secret was replaced: `url`, `body`, `header cookie`. */
  readonly hidden: readonly string[]
}

export interface RecordedResponse {
  readonly status: number
  /** Those that went onto the wire, once the head had left. */
  readonly headers: HeaderPairs
  /** As it went onto the wire: behind a compression its bytes are compressed, as `content-encoding` says. */
  readonly body: RecordedBody
  /** `throwpoint`: it is the page of a report, and its body is not kept. */
  readonly answeredBy: 'application' | 'throwpoint'
  /** `open`: it had not ended when this was written. */
  readonly end: 'finished' | 'aborted' | 'open'
  readonly hidden: readonly string[]
}

/**
 * Why a body is not whole:
 * - `limit`: it is longer than what is kept
 * - `unread`: the application did not read it to its end
 * - `aborted`: the client, or the failure of the response, broke it off
 * - `late`: it had begun before Throwpoint saw the request
 */
export type Missing = 'limit' | 'unread' | 'aborted' | 'late'

export interface RecordedBody {
  readonly encoding: 'utf8' | 'base64'
  readonly data: string
  /** That were seen; more than `data` holds, where `missing` is `limit`. */
  readonly bytes: number
  readonly missing?: Missing
  /** A secret was replaced in a compressed body: `data` is decompressed. */
  readonly decoded?: true
}

export interface RecordedException {
  /** The phase in which it left the program. */
  readonly phase: Boundary
  /** Id of its report. */
  readonly report: string
  readonly name: string
  readonly message: string
  readonly fingerprint: string
}

/** Bytes of a body. */
export function bytesOf({ encoding, data }: RecordedBody): Buffer {
  return Buffer.from(data, encoding)
}

/** The body of these bytes: as text where they are some, for people who read the file. */
export function bodyOf(bytes: Buffer, seen: number, missing: Missing | undefined): RecordedBody {
  const text = bytes.toString('utf8')
  const isText = Buffer.from(text, 'utf8').equals(bytes)
  return {
    encoding: isText ? 'utf8' : 'base64',
    data: isText ? text : bytes.toString('base64'),
    bytes: seen,
    ...(missing === undefined ? {} : { missing }),
  }
}
