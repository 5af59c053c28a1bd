import { Script } from 'node:vm'
import { isInspected } from './attached.ts'

/**
 * Compiles a small function that stops an attached debugger. It is text, and has a name of its own, because debuggers
 * skip `debugger` statements in folders they were told to skip (`node_modules` mostly), and minifiers drop them.
 */
export function compileStop<T>(name: string, text: string): T {
  return new Script(text, { filename: `throwpoint:${name}` }).runInThisContext() as T
}

interface Stoppers {
  readonly functions: WeakSet<object>
  isInspected(): boolean
}

const stoppersKey = Symbol.for('throwpoint.stoppers.1')

/**
 * Where the preload has rewritten the module, an attached debugger stops at the very statement that calls this, and the
 * function is not called.
 */
export function stopsItsCaller(stopper: object): void {
  const registry = globalThis as { [stoppersKey]?: Stoppers }
  if (registry[stoppersKey] === undefined) {
    const value: Stoppers = { functions: new WeakSet(), isInspected }
    Object.defineProperty(globalThis, stoppersKey, { value, configurable: true })
  }
  registry[stoppersKey]!.functions.add(stopper)
}
