import { Script } from 'node:vm'
import { ThrowpointError } from '../errors.ts'
import type { LiveFrame, RunOptions } from './engine.ts'
import type { NotedFrame, NotedScope, Place } from './instrument-runtime.ts'

const callKey = Symbol.for('throwpoint.evaluate.1')
/** Calls what was put there: the time limit of a script holds for all it calls. */
const script = new Script("globalThis[Symbol.for('throwpoint.evaluate.1')]()", {
  filename: 'throwpoint:evaluate',
})
const defaultTimeoutMs = 1_000

/** Runs something inside the context of the request a frame belongs to. */
export type InContext = <T>(callback: () => T) => T

/** A frame the instrumented program has left behind. */
export class InstrumentedFrame implements LiveFrame {
  #frame: NotedFrame | undefined
  readonly #at: Place | undefined
  readonly #inContext: InContext

  /** @param at where the frame stands; undefined where that is not known */
  constructor(frame: NotedFrame, at: Place | undefined, inContext: InContext) {
    this.#frame = frame
    this.#at = at
    this.#inContext = inContext
  }

  async evaluate(code: string, options?: RunOptions): Promise<unknown> {
    return this.run(code, options)
  }

  run(code: string, { timeoutMs = defaultTimeoutMs, names }: RunOptions = {}): unknown {
    const frame = this.#alive()
    const inRequest = (): unknown =>
      this.#inContext(() => limited(() => frame.evaluate(code, this.#at, names), timeoutMs))
    return frame.inContext === undefined ? inRequest() : frame.inContext(inRequest)
  }

  scopes(): readonly NotedScope[] {
    return this.#alive().scopes(this.#at)
  }

  #alive(): NotedFrame {
    if (this.#frame !== undefined) return this.#frame
    throw new ThrowpointError(
      'TP_NOT_LIVE',
      'The variables of this frame are gone: its report is too old. Cause the exception again.',
    )
  }

  release(): void {
    this.#frame = undefined
  }
}

/** Ends code that does not return; what it awaits is not limited. */
export function limited(call: () => unknown, timeoutMs: number): unknown {
  const holder = globalThis as { [callKey]?: () => unknown }
  const outer = holder[callKey]
  Object.defineProperty(holder, callKey, { value: call, configurable: true, writable: true })
  try {
    return script.runInThisContext({ timeout: timeoutMs })
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    throw new ThrowpointError('TP_TIMEOUT', `The code was ended after ${timeoutMs} ms without a result`, {
      cause: error,
    })
  } finally {
    if (outer === undefined) delete holder[callKey]
    else Object.defineProperty(holder, callKey, { value: outer, configurable: true, writable: true })
  }
}
