import type { EngineInfo, Frame, Value } from '@throwpoint/protocol'

/** One activation of a user function that can still be evaluated in. */
export interface LiveFrame {
  /**
   * Runs code in the real scope of the frame, inside the AsyncLocalStorage context of its request.
   * @throws ThrowpointError `TP_NOT_LIVE` when the scope is gone
   */
  evaluate(code: string, options?: { readonly timeoutMs?: number }): Promise<unknown>
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
   * Never throws.
   */
  frames(thrown: unknown, stackText: string): FramesOfThrow
}

export type { Value }
