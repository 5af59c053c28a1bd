import type { FunctionTable } from '../function-table.ts'
import type { Language, SourceKind } from '../rewrite/node.ts'
import { rewrite } from '../rewrite/rewrite.ts'

/**
 * What a function table can be made of. Rewriting the same text gives the same table, and the text is shorter: so the
 * text is kept, and most modules never pay for a table.
 */
export interface TableSource {
  readonly source: string
  readonly kind: SourceKind
  readonly language: Language
}

/** Tables by file, made when somebody looks. */
export class Tables {
  readonly #sources = new Map<string, TableSource>()
  readonly #tables = new Map<string, FunctionTable>()

  add(file: string, source: TableSource): void {
    this.#sources.set(file, source)
    this.#tables.delete(file)
  }

  find(file: string): FunctionTable | undefined {
    let table = this.#tables.get(file)
    const origin = this.#sources.get(file)
    if (table === undefined && origin !== undefined) {
      const { source, kind, language } = origin
      const result = rewrite(source, { file, kind, language })
      if ('untouched' in result) return undefined
      table = result.functions
      this.#tables.set(file, table)
      this.#sources.delete(file)
    }
    return table
  }
}
