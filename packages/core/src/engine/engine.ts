import type { EngineInfo, Frame, Value } from '@throwpoint/protocol'
import type { Exchange } from '../scope/exchange.ts'
import type { ValueReader } from '../value/read-value.ts'
import type { NotedScope } from './instrument-runtime.ts'

export interface RunOptions {
  /** For what runs before the first `await`. @default 1000 */
  readonly timeoutMs?: number
  /** Names the code may use beside those of its scopes; a variable of the frame wins. Assignments reach the object. */
  readonly names?: object
}

/** One activation of a user function that can still be evaluated in. */
export interface LiveFrame {
  /**
   * Runs code in the real scope of the frame, inside the AsyncLocalStorage context of its request.
   * @param options `timeoutMs`: for what runs before the first `await`; 1,000 by default
   * @throws ThrowpointError `TP_NOT_LIVE` when the scope is gone, `TP_TIMEOUT`; and what the code throws
   */
  evaluate(code: string, options?: RunOptions): Promise<unknown>
  /** As `evaluate`, at once: what the code gives is not waited for, and comes as it is when it is a promise. */
  run(code: string, options?: RunOptions): unknown
  /**
   * Its scopes, from the inside out; reading a variable runs no code of the program.
   * @throws ThrowpointError `TP_NOT_LIVE`
   */
  scopes(): readonly NotedScope[]
  /** Lets go of the scope. */
  release(): void
}

/** What an engine may use that reads variables. */
export interface Look {
  readonly reader: ValueReader
  readonly exchange: Exchange | undefined
  /** The value is a cause, which other reports may be about too. */
  readonly isCause: boolean
}

/** A frame of a report, and its live half where the engine has one. */
export interface EngineFrame {
  readonly frame: Frame
  readonly live?: LiveFrame
}

export interface FramesOfThrow {
  readonly engine: EngineInfo
  readonly frames: readonly EngineFrame[]
  /** `error.stack`, source-mapped. */
  readonly stack: string
  readonly notes: readonly string[]
}

/** Makes frames. `stack` is the one that always works; others plug in beside it. */
export interface Engine {
  readonly name: EngineInfo['used']
  /**
   * The frames of one thrown value. Called once a report, after the application's own handlers have run.
   * `stackText` is the text of `error.stack`, already read safely; empty when the value has none.
   * Without `look` the value was not thrown, and nothing but its stack is looked at. Never throws.
   */
  frames(thrown: unknown, stackText: string, look?: Look): FramesOfThrow
}

export type { Value }
