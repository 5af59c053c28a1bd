import type { Property, Value } from './value.ts'

/** Where an exception left the user's code. */
export type Boundary = 'handler' | 'error-handler' | 'body' | 'close' | 'background' | 'startup'

export type EngineName = 'instrumented' | 'inspector' | 'stack'

/**
 * The plain-JSON, versioned, redacted form of one throw: the only thing surfaces, dumps and agents receive.
 * Lines and columns are 1-based. Frames run from the throw outwards.
 */
export interface Report {
  readonly format: 'throwpoint-report'
  readonly version: 1
  /** 128 random bits, as 32 lower-case hexadecimal digits. */
  readonly id: string
  /** `exception`, or `stalled` for a response that never came. */
  readonly kind: 'exception' | 'stalled'
  /** When it was noted, ISO 8601 in UTC. */
  readonly time: string
  readonly boundary: Boundary
  readonly engine: EngineInfo
  readonly error: ErrorInfo
  readonly causes: readonly Cause[]
  readonly frames: readonly Frame[]
  readonly request: RequestInfo | null
  readonly response: ResponseInfo | null
  readonly process: ProcessInfo
  /** The same failure has the same fingerprint: error name, boundary and the place of the throw. */
  readonly fingerprint: string
  /** How often this fingerprint was seen in this process, this time included. */
  readonly count: number
  /** Values hidden by redaction. */
  readonly hidden: number
  /** One line for the developer when something could not be done (frames without variables, a broken map). */
  readonly notes: readonly string[]
  /** Full text of the user's source files by file name; in dumps only. */
  readonly sources?: Readonly<Record<string, string>>
}

export interface EngineInfo {
  readonly used: EngineName
  /** Why a better engine was not used; null when there is nothing to say. */
  readonly reason: string | null
}

export interface ErrorInfo {
  /** `TypeError`; for a value that is no error, its type: `string`, `null`. */
  readonly name: string
  readonly message: string
  /** `error.code`, where it is a string or number. */
  readonly code?: string | number
  /** `error.stack` as text, source-mapped where maps were found; empty when the value has none. */
  readonly stack: string
  /** Whether it is an Error object (of any realm). */
  readonly isError: boolean
  /** The thrown value itself, when it is not an error. */
  readonly value?: Value
  /** The error's own enumerable properties other than name, message, stack, cause and errors. */
  readonly properties: Readonly<Record<string, Json>>
  /** Present when something was cut or could not be read. */
  readonly unavailable?: string
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export interface Cause {
  /** `cause`: `error.cause` of the error before it; `aggregate`: an item of `errors`. */
  readonly relation: 'cause' | 'aggregate'
  /** Position in `errors`, 0-based, for an aggregate. */
  readonly index?: number
  /** Position in `causes` of the error it belongs to; absent when that is the report's own error. */
  readonly parent?: number
  readonly error: ErrorInfo
  readonly frames: readonly Frame[]
  /** Set instead of repeating an error that was already shown: -1 is the report's error, else an index in `causes`. */
  readonly ref?: number
  /** On the last one: how many more causes there are. */
  readonly omitted?: number
}

export interface Frame {
  /** Empty for an anonymous function. */
  readonly functionName: string
  /** `app`: the user's code; `dependency`: under node_modules; `node`: Node's own. */
  readonly kind: 'app' | 'dependency' | 'node'
  /** Reached by `await`, not by a call. */
  readonly async: boolean
  /** Its variables can still be evaluated in this process. */
  readonly live: boolean
  /** The error was constructed here but not thrown here. */
  readonly birth: boolean
  readonly location: Location | null
  /** The position in the code Node runs, when a source map led to `location`. */
  readonly generated?: { readonly file: string; readonly line: number; readonly column: number }
  readonly source?: SourceExcerpt
  readonly this?: Value
  readonly scopes: readonly Scope[]
}

export interface Location {
  /** An absolute path, or a URL (`node:fs`) for what is no file. */
  readonly file: string
  readonly line: number
  readonly column: number
  /** False when only the function is known and not the position in it. */
  readonly exact: boolean
}

/** Lines of source around a location, line breaks removed. */
export interface SourceExcerpt {
  readonly firstLine: number
  readonly lines: readonly string[]
}

export interface Scope {
  readonly type: 'block' | 'local' | 'closure' | 'module'
  readonly variables: readonly Variable[]
  /** Why there are none, or not all. */
  readonly unavailable?: string
}

export interface Variable {
  readonly name: string
  readonly value: Value
}

export interface RequestInfo {
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  /** As they came, repeated names included; values redacted. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  /** The route pattern that matched: `/orders/:id`. */
  readonly route?: string
  readonly params?: Value
  readonly query?: Value
  /** The body as the application parsed it. */
  readonly body?: Value
}

/** What the client and the process would have met had Throwpoint not been there. */
export interface WithoutThrowpoint {
  /**
   * - `error-response`: the framework's own error answer
   * - `application`: an answer of the application's own
   * - `answer-intact`: the whole answer, which had already been given
   * - `cut`: an answer cut in the middle
   * - `empty-reply`: a closed connection without a status line
   * - `hangs`: nothing, for ever
   * - `wrong-404`: a 404 that hides the error
   * - `unknown`: cannot be told
   */
  readonly client:
    | 'error-response'
    | 'application'
    | 'answer-intact'
    | 'cut'
    | 'empty-reply'
    | 'hangs'
    | 'wrong-404'
    | 'unknown'
  readonly process: 'lives' | 'crashes'
}

export interface ResponseInfo {
  /** The status the client got, or would have got. */
  readonly status: number
  /** Whether the head had been sent when the exception was noted. */
  readonly headersSent: boolean
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  /** Bytes of the body that were handed to the socket when the exception was noted. */
  readonly bytesWritten: number
  readonly body?: BodyInfo
  /**
   * What this answer became: `page`: our answer; `application`: the application's own; `framework`: the
   * framework's; `cut`: the connection was cut; `none`: nothing was sent (yet).
   */
  readonly outcome: 'page' | 'application' | 'framework' | 'cut' | 'none'
  readonly withoutThrowpoint: WithoutThrowpoint
  /** What to change in the code, for known causes. */
  readonly fix?: string
}

/** How far the body had come. */
export interface BodyInfo {
  /** What produced it: `pipe`, `pipeline`, `write`, `Readable`, `ReadableStream`, `Blob`, `Response`, `file`… */
  readonly kind: string
  readonly chunks: number
  readonly bytes: number
  /** Milliseconds from the start of the request to the first and the last write. */
  readonly firstWrite?: number
  readonly lastWrite?: number
  /** Where the producer was attached to the response. */
  readonly attachedAt?: { readonly file: string; readonly line: number; readonly column: number }
}

export interface ProcessInfo {
  readonly pid: number
  /** `process.version`, with the `v`. */
  readonly node: string
  readonly platform: string
  readonly cwd: string
  /** Seconds. */
  readonly uptime: number
  /** Bytes, as `process.memoryUsage()` without its slow parts. */
  readonly memory: { readonly rss: number; readonly heapTotal: number; readonly heapUsed: number }
}

export type { Property, Value }
