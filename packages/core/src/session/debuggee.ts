import type { Report, Value } from '@throwpoint/protocol'

/** What a session looks at: a capture whose frames are alive, or a dump that was made of one. Both read alike. */
export interface Debuggee {
  /** The report, redacted; for a capture it is the newest form of it. */
  readonly report: Report
  /** Where it comes from, for headings: `capture`, or the path of the dump. */
  readonly origin: string
  /** Whether any frame can be evaluated in. */
  readonly live: boolean
  /** The whole text of a user's source file by its path as the report spells it; undefined when it is not known. */
  source(file: string): string | undefined
  /**
   * Runs code in a frame and gives the real value, unredacted: only `describe` makes something printable of it.
   *
   * @param frame index into `report.frames`, 0-based
   * @throws ThrowpointError `TP_NOT_LIVE` (a dump, an evicted report, a frame without variables), `TP_TIMEOUT`; and
   *   whatever the code throws
   */
  evaluate(frame: number, code: string, options?: EvaluateOptions): Promise<unknown>
  /** A bounded, redacted picture of a value. Runs no code of the user. */
  describe(value: unknown, options?: DescribeOptions): Value
  /** The thrown value, the request and the response themselves, for `$err`, `$req`, `$res` and `$ctx`; none in a dump. */
  readonly objects: DebuggeeObjects | undefined
}

export interface DebuggeeObjects {
  readonly err: unknown
  readonly req: unknown
  readonly res: unknown
  /** Koa's context. */
  readonly ctx: unknown
}

export interface EvaluateOptions {
  /** For what runs before the first `await`. @default 1000 */
  readonly timeoutMs?: number
  /** Names the code may use beside those of its scopes (`$err`, `$_` …); a variable of the frame wins. */
  readonly names?: Readonly<Record<string, unknown>>
  /** Gives up the wait for what the code awaits. */
  readonly signal?: AbortSignal
}

export interface DescribeOptions {
  /** Levels of children. */
  readonly depth?: number
}
