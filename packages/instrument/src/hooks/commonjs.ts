import Module from 'node:module'
import { fileOf } from './file-of.ts'
import { Runtime } from '../runtime.ts'
import { debugLog } from './debug-log.ts'
import type { Instrumenter } from './instrumenter.ts'
import { languageOf } from './instrumenter.ts'
import { textOf, type Loaded } from './load.ts'
import { rewriteRequired } from './required-text.ts'

type Compile = (this: Module, content: string, filename: string, ...rest: unknown[]) => unknown

const prototype = Module.prototype as unknown as { _compile: Compile }

/**
 * CommonJS modules are rewritten where all loaders meet, with the text they are about to compile: what tsx, ts-node,
 * swc or Node's type stripping have made of a file is JavaScript by then. That is a frame more in the stacks of what
 * happens while a module loads; so what Node itself reads and compiles is rewritten before that, where Node asks.
 */
export class CommonJsHook {
  readonly #instrumenter: Instrumenter
  readonly #before: Compile
  readonly #ours: Compile
  /** Is told of each text before it is compiled. */
  onText: ((text: string, format: unknown) => void) | undefined

  constructor(instrumenter: Instrumenter) {
    const before = prototype._compile
    this.#instrumenter = instrumenter
    this.#before = before
    const hook = this
    this.#ours = function _compile(content, filename, ...rest) {
      if (typeof content === 'string') hook.onText?.(content, rest[0])
      const text = typeof content === 'string' && languageOf(filename) !== undefined
      const code = text ? rewriteRequired(instrumenter, filename, content, rest[0]) : content
      if (code === content) return before.call(this, content, filename, ...rest)
      const runtime = Runtime.shared()
      const started = runtime.started
      let compiled = false
      // A `catch` that throws again would move the line Node prints above the stack of a crash into this file
      try {
        const result = before.call(this, code, filename, ...rest)
        compiled = true
        return result
      } finally {
        // Not one line of it has run, so the text itself cannot be compiled: perhaps what was written can
        if (!compiled && runtime.started === started) {
          debugLog(`${filename}: does not compile after rewriting`)
          // oxlint-disable-next-line no-unsafe-finally -- that is the point
          return before.call(this, content, filename, ...rest)
        }
      }
    }
  }

  install(): void {
    prototype._compile = this.#ours
    // Stacks name it by the property that holds it
    if (this.#before.name === '') {
      Object.defineProperty(this.#before, 'name', { value: '_compile', configurable: true })
    }
  }

  /**
   * What a load hook gives back to `require`, rewritten when nobody else will have a word in it. Then Node compiles it
   * without us.
   */
  required(url: string, loaded: Loaded): Loaded {
    const { format, source } = loaded
    if (source == null || !url.startsWith('file:') || prototype._compile !== this.#ours) return loaded
    const file = fileOf(url)
    const module = (Module as unknown as { _cache: Record<string, Module | undefined> })._cache[file]
    // Compilers put theirs in front of that of all modules
    if (module === undefined || Object.hasOwn(module, '_compile')) return loaded
    const isUser = languageOf(file) !== undefined && this.#instrumenter.isUserCode(file)
    const text = isUser ? textOf(source) : ''
    if (isUser && tellsLexer(text)) return loaded
    this.#lend(module)
    return isUser
      ? { ...loaded, source: rewriteRequired(this.#instrumenter, file, text, format, true) }
      : loaded
  }

  /** The next one who compiles this module does it without our function. */
  #lend(module: Module): void {
    const take = (): void => {
      Reflect.deleteProperty(module, '_compile')
    }
    Object.defineProperty(module, '_compile', {
      get: () => {
        take()
        return this.#before
      },
      set(value: unknown) {
        take()
        ;(module as unknown as { _compile: unknown })._compile = value
      },
      configurable: true,
      enumerable: false,
    })
  }
}

/**
 * Before Node imports what compilers made of ES modules, it reads in the text which names are exported, and looks into
 * these functions. It asks with the same words as `require`.
 */
function tellsLexer(text: string): boolean {
  return /\bdefineProperty\(\s*(?:module\.)?exports\b[^;]{0,200}?\bget\b|\bObject\.keys\([\w$.]+\)\.forEach\b/.test(
    text,
  )
}
