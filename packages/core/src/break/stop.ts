import { Script } from 'node:vm'

/**
 * Compiles a small function that stops an attached debugger. It is text, and has a name of its own, because debuggers
 * skip `debugger` statements in folders they were told to skip (`node_modules` mostly), and minifiers drop them.
 */
export function compileStop<T>(name: string, text: string): T {
  return new Script(text, { filename: `throwpoint:${name}` }).runInThisContext() as T
}
