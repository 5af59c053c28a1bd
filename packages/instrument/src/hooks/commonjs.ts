import Module from 'node:module'
import { Runtime } from '../runtime.ts'
import { debugLog } from './debug-log.ts'
import type { Instrumenter } from './instrumenter.ts'
import { languageOf } from './instrumenter.ts'

type Compile = (this: Module, content: string, filename: string, ...rest: unknown[]) => unknown

/**
 * CommonJS modules are rewritten where all loaders meet, with the text they are about to compile: what tsx, ts-node,
 * swc or Node's type stripping have made of a file is JavaScript by then.
 */
export function hookCommonJs(instrumenter: Instrumenter): void {
  const prototype = Module.prototype as unknown as { _compile: Compile }
  const compile = prototype._compile
  prototype._compile = function _compile(content, filename, ...rest) {
    const text = typeof content === 'string' && languageOf(filename) !== undefined
    // require() of an ES module comes by here too, with its format
    const kind = rest[0] === 'module' ? 'module' : 'commonjs'
    const code = text ? instrumenter.transform(filename, content, kind, 'js') : content
    if (code === content) return compile.call(this, content, filename, ...rest)
    const runtime = Runtime.shared()
    const before = runtime.started
    let compiled = false
    // A `catch` that throws again would move the line Node prints above the stack of a crash into this file
    try {
      const result = compile.call(this, code, filename, ...rest)
      compiled = true
      return result
    } finally {
      // Not one line of it has run, so the text itself cannot be compiled: perhaps what was written can
      if (!compiled && runtime.started === before) {
        debugLog(`${filename}: does not compile after rewriting`)
        // oxlint-disable-next-line no-unsafe-finally -- that is the point
        return compile.call(this, content, filename, ...rest)
      }
    }
  }
}
