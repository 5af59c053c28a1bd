import type { FunctionEntry, FunctionTable } from '../function-table.ts'
import { Lines, type Chunk } from './edits.ts'
import type { SourceKind } from './node.ts'
import { columnsOf, sourceMapOf, type Alignment, type SourceMap } from './source-map.ts'

interface Parts {
  readonly file: string
  readonly kind: SourceKind
  readonly source: string
  readonly upstream: unknown
  readonly lines: Lines
  readonly chunks: readonly Chunk[]
  /** Names of the module scope. */
  readonly names: readonly string[]
  /** Undefined where the functions do not know what they are called. */
  readonly functions: readonly (() => FunctionEntry)[] | undefined
  /** The table by other means. */
  readonly table: (code: string) => FunctionTable
}

/**
 * A rewritten module, and what can be made of it. A class, for getters of an object literal would each make a hidden
 * class that holds all they know until the next large garbage collection.
 */
export class Rewriting {
  readonly code: string
  readonly #parts: Parts
  #alignment: Alignment | undefined
  #table: FunctionTable | undefined
  #map: SourceMap | undefined

  constructor(code: string, parts: Parts) {
    this.code = code
    this.#parts = parts
  }

  get functions(): FunctionTable {
    return (this.#table ??= this.#makeTable())
  }

  #makeTable(): FunctionTable {
    const { functions, file, kind, names, table } = this.#parts
    if (functions === undefined) return table(this.code)
    return {
      version: 1,
      file,
      kind,
      names,
      functions: functions.map((entry) => entry()),
      columns: columnsOf(this.#aligned),
    }
  }

  get map(): SourceMap {
    const { file, kind, upstream } = this.#parts
    const name = kind === 'module' ? file.replace(/[?#].*$/s, '') : file
    return (this.#map ??= sourceMapOf(name, this.#aligned, upstream))
  }

  get #aligned(): Alignment {
    const { source, chunks, lines } = this.#parts
    return (this.#alignment ??= { source, chunks, lines, codeLines: new Lines(this.code) })
  }
}
