/**
 * What this package needs of the runtime that `throwpoint/register` puts into the process. They meet through a
 * versioned symbol and import nothing of each other: another meaning of one of these names is another symbol.
 */

/** A place in the text that was instrumented; both numbers are 1-based. */
export interface Place {
  readonly line: number
  readonly column: number
}

export interface NotedScope {
  readonly type: 'block' | 'local' | 'closure' | 'module'
  readonly names: readonly string[]
  read(name: string): { readonly value: unknown } | { readonly unavailable: 'uninitialised' | 'not kept' }
}

/** One activation of a user function that a thrown value has passed. */
export interface NotedFrame {
  readonly functionName: string
  /** As a stack shows it: a path, or a URL for an ES module. */
  readonly file: string
  readonly async: boolean
  readonly birth: boolean
  readonly start: Place | undefined
  readonly end: Place | undefined
  /** So many frames between this one and the next are not there. */
  readonly omittedAfter: number
  readonly hasThis: boolean
  readonly thisValue: unknown
  contains(place: Place): boolean
  /** From the inside out. */
  scopes(at?: Place): readonly NotedScope[]
  /** @param names more names the code may use; runtimes of earlier versions do not have them */
  /** In the asynchronous context the frame ran in, with what the program keeps in its AsyncLocalStorage. */
  inContext?<T>(callback: () => T): T
  evaluate(code: string, at?: Place, names?: object): unknown
}

export interface NotedTable {
  readonly functions: ReadonlyArray<{
    readonly kind: 'function' | 'block'
    readonly start: Place
    readonly end: Place
  }>
  /** Line, column in the text that runs, column in the given text, over and over. */
  readonly columns: readonly number[]
  /** Where the text came from that was instrumented, when a compiler made it of another and left a map. */
  readonly upstream?:
    | {
        /** The compiler worked in memory: both texts have the name of one file. */
        readonly inMemory: boolean
        original(place: Place): (Place & { readonly file: string }) | undefined
        /** All places of the instrumented text that came from a place of the original. */
        given(file: string, place: Place): readonly Place[]
      }
    | undefined
}

/** An asynchronous user function that has begun and not ended. */
export interface ActiveFrame {
  readonly functionId: number
  readonly functionName: string
  /** As a stack shows it: a path, or a URL for an ES module. */
  readonly file: string
  /** The `await` it has come to last, or where it begins; both 1-based, in the text that was instrumented. */
  readonly line: number
  readonly column: number
}

export interface InstrumentRuntime {
  setContext(context: (() => object | undefined) | undefined): void
  table(file: string): NotedTable | undefined
  originalColumn(file: string, line: number, column: number): number
  /**
   * What the places of a file are in the `stack` of an error when the program has made that text itself (ts-node,
   * source-map-support): of the text that was instrumented, or of its original.
   */
  stackForm?(error: unknown, file: string): 'given' | 'mapped' | undefined
  takeFrames(thrown: unknown, context?: object): readonly NotedFrame[]
  /**
   * Called by `breakpoint()` in its first synchronous step, with an error made there: the frame of the caller becomes
   * that of the error, and `takeFrames` gives it. Its variables are those of the function that goes on afterwards.
   * False when the caller is not instrumented. Runtimes of earlier versions do not have it.
   */
  adoptBreakpoint?(marker: object): boolean
  peekFrames(thrown: unknown, context?: object): readonly NotedFrame[]
  /** Those of earlier throws of a value that was caught and kept. Runtimes of earlier versions do not have it. */
  earlierFrames?(thrown: unknown, context?: object): readonly NotedFrame[]
  /**
   * The top level of a module: its names, for code that runs while it is loaded. `file` as a stack shows it. Runtimes
   * of earlier versions do not have it.
   */
  moduleFrame?(file: string): NotedFrame | undefined
  /** A falsy value that has left a user function in this context and that nobody of the user has caught. */
  escapedFalsy?(context?: object): { readonly value: unknown } | undefined
  /**
   * The asynchronous user functions of a context (an exchange) that have begun and not ended, innermost last. Empty
   * unless `listsRequests`. Runtimes of earlier versions do not have it.
   */
  activeFrames?(context: object): readonly ActiveFrame[]
  /** `THROWPOINT_REQUESTS=1`; unless it says 0, a session or a watchdog that the environment asks for does the same. */
  readonly listsRequests?: boolean
}

const runtimeKey = Symbol.for('throwpoint.instrument.1')

/** The runtime of this process; undefined without the preload. */
export function instrumentRuntime(): InstrumentRuntime | undefined {
  return (globalThis as { [runtimeKey]?: InstrumentRuntime })[runtimeKey]
}

const contextKey = Symbol.for('throwpoint.context.1')

/**
 * Tells the runtime which context the running code belongs to, so that requests that run at the same time never mix
 * their frames. A runtime that comes later finds it, too.
 */
export function setInstrumentContext(context: () => object | undefined): void {
  Object.defineProperty(globalThis, contextKey, { value: context, configurable: true })
  instrumentRuntime()?.setContext(context)
}

/**
 * What Express takes for a plain `next()`: a handler that threw `null`, `undefined`, `0`, `''` or `false`.
 * Undefined without the preload.
 */
export function escapedFalsy(context: object): { readonly value: unknown } | undefined {
  try {
    return instrumentRuntime()?.escapedFalsy?.(context)
  } catch {
    return undefined
  }
}
