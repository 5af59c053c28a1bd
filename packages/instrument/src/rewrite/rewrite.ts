import type { FunctionTable } from '../function-table.ts'
import { runtimeName } from './rewrite-names.ts'
import { Lines } from './edits.ts'
import { Emitter } from './emit.ts'
import { headerPlace } from './header-place.ts'
import type { Language, SourceKind } from './node.ts'
import { readModule, syntaxError } from './reading.ts'
import type { Names } from './slots.ts'
import { Rewriting } from './rewriting.ts'
import type { SourceMap } from './source-map.ts'

export interface RewriteOptions {
  /** URL or path under which the module runs; it goes into the function table and the source map. */
  readonly file: string
  readonly kind: SourceKind
  readonly language: Language
  /** The source map the previous loader left, when the source is not what somebody wrote. */
  readonly upstream?: unknown
  /**
   * Asynchronous functions say when they begin and end, and at which `await` they stand: `Runtime.activeFrames`.
   * @default false
   */
  readonly requests?: boolean
  /**
   * Whether the result is parsed again, and given up if that fails. It takes a third of the time; whoever can do
   * without the result when it does not compile need not have it checked.
   * @default true
   */
  readonly check?: boolean
}

export interface Rewritten {
  readonly code: string
  /** Made when asked for, like the map. */
  readonly functions: FunctionTable
  /** Made when asked for: most modules never need it. */
  readonly map: SourceMap
}

export interface Untouched {
  /** Why the module runs as it was written. */
  readonly untouched: string
}

export { runtimeName } from './rewrite-names.ts'

const needed = ['eval', 'globalThis']

/** Above this a module is a bundle or data, and rewriting it costs more than it tells. */
const mostCharacters = 4_000_000

/**
 * Rewrites one module so that each of its functions, when an exception passes through it, tells the runtime its
 * variables. Lines do not move, and a program cannot tell the difference otherwise.
 *
 * @example
 * const result = rewrite('export const half = (n) => n.value / 2', { file: 'half.js', kind: 'module', language: 'js' })
 */
export function rewrite(source: string, options: RewriteOptions): Rewritten | Untouched {
  return rewriteAs(source, options, false)
}

/** @param named - the table is wanted */
function rewriteAs(source: string, options: RewriteOptions, named: boolean): Rewritten | Untouched {
  const { file, kind, language } = options
  const requests = options.requests === true
  if (source.length > mostCharacters) return { untouched: `longer than ${mostCharacters} characters` }
  try {
    const reading = readModule(file, source, { kind, language, requests, named })
    if (typeof reading === 'string') return { untouched: `does not parse: ${reading}` }
    const { analysis, beginning, isNamed } = reading
    const taken = needed.find((name) => analysis.module.scope.bindings.has(name))
    if (taken !== undefined) return { untouched: `declares ${taken}` }
    const lines = new Lines(source)
    const names = chooseNames(source)
    const emitter = new Emitter(source, analysis, names, lines, requests)
    const { edits, functions } = emitter.emit()
    const place = headerPlace(beginning, source)
    if (place !== undefined) {
      edits.open(place.position, `${place.afterDirective ? ';' : ''}${header(file, kind, names)}`)
    }
    const { code, chunks } = edits.apply()
    const error = options.check === false ? undefined : syntaxError(file, code, kind, language)
    if (error !== undefined) return { untouched: `does not parse after rewriting: ${error}` }
    return new Rewriting(code, {
      file,
      kind,
      source,
      upstream: options.upstream,
      lines,
      chunks,
      names: [...analysis.module.scope.bindings.keys()],
      functions: isNamed ? functions : undefined,
      table: (text) => namedTable(source, options, text),
    })
  } catch (error) {
    return { untouched: `cannot be rewritten: ${String(error)}` }
  }
}

/** The table of a text that was made without what functions are called. */
function namedTable(source: string, options: RewriteOptions, code: string): FunctionTable {
  const again = rewriteAs(source, { ...options, check: false }, true)
  if ('untouched' in again) throw new Error(again.untouched)
  const { functions } = again
  // Numbers of another text would be those of other functions
  return again.code === code ? functions : { ...functions, functions: [], columns: [] }
}

function header(file: string, kind: SourceKind, { note, get, set }: Names): string {
  // With a query it is one of several modules of this text, and nobody knows which
  const name = kind === 'module' && /[?#]/.test(file) ? 'import.meta.url' : quote(file)
  const meta = kind === 'module' ? ',()=>import.meta' : ''
  return `var ${note}=globalThis[globalThis.Symbol.for('${runtimeName}')]?.module(${name},(${get},${set})=>eval(${get})${meta});`
}

function quote(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}

/** Names of two letters that the text may have already. */
const shortNames = /(?<![\w$])\$[aegkqstx](?![\w$])/

/**
 * Names that do not occur in the text. What a function may look for where it has been sent is called as nobody calls
 * anything; the others it declares itself, and short ones are read faster: they are in every function.
 */
function chooseNames(source: string): Names {
  let prefix = '$tp'
  for (let number = 1; source.includes(prefix); number++) prefix = `$tp${number}_`
  const local = shortNames.test(source) ? prefix : '$'
  return {
    note: `${prefix}n`,
    error: `${local}e`,
    kept: `${local}k`,
    caught: `${local}x`,
    parameter: `${local}q`,
    get: `${local}g`,
    set: `${local}s`,
    self: `${local}t`,
    active: `${local}a`,
  }
}
