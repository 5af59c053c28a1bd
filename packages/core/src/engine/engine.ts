import type { EngineInfo, Frame, Value } from '@throwpoint/protocol'
import type { Exchange } from '../scope/exchange.ts'
import type { ValueReader } from '../value/read-value.ts'

/** One activation of a user function that can still be evaluated in. */
export interface LiveFrame {
  /**
   * Runs code in the real scope of the frame, inside the AsyncLocalStorage context of its request.
   * @param options `timeoutMs`: for what runs before the first `await`; 1,000 by default
   * @throws ThrowpointError `TP_NOT_LIVE` when the scope is gone, `TP_TIMEOUT`; and what the code throws
   */
  evaluate(code: string, options?: { readonly timeoutMs?: number }): Promise<unknown>
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
