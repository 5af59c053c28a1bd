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
   * Runs code in a frame and gives the real value, unredacted: only `describe` makes something printable of it. A
   * promise is waited for where the code has `await`; else it is the value.
   *
   * @param frame index into `report.frames`, 0-based
   * @throws ThrowpointError `TP_NOT_LIVE` (a dump, an evicted report, a frame without variables), `TP_TIMEOUT`; and
   *   whatever the code throws
   */
  evaluate(frame: number, code: string, options?: EvaluateOptions): Promise<Evaluated>
  /** A bounded, redacted picture of a value. Runs no code of the user. */
  describe(value: unknown, options?: DescribeOptions): Value
  /**
   * The scopes of a frame as they are now, from the inside out; undefined where nothing of it is alive. Reading a
   * variable runs no code of the program.
   */
  scopes(frame: number): readonly LiveScope[] | undefined
  /** Address of its page, where it has one. */
  readonly link: string | undefined
  /** The thrown value, the request and the response themselves, for `$err`, `$req`, `$res` and `$ctx`; none in a dump. */
  readonly objects: DebuggeeObjects | undefined
}

/** What evaluated code gave: in a box, for a promise is a value too. */
export interface Evaluated {
  readonly value: unknown
}

export interface LiveScope {
  readonly type: 'block' | 'local' | 'closure' | 'module'
  readonly names: readonly string[]
  read(name: string): { readonly value: unknown } | { readonly unavailable: 'uninitialised' | 'not kept' }
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
  readonly names?: Record<string, unknown>
  /** Gives up the wait for what the code awaits. */
  readonly signal?: AbortSignal
}

export interface DescribeOptions {
  /** Levels of children. */
  readonly depth?: number
  /** Of the variable or property that holds it: what a name says is secret is hidden. */
  readonly name?: string
}
