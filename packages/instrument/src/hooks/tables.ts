import type { FunctionTable } from '../function-table.ts'
import { rewrite, upstreamOf } from '../late.ts'
import type { Language, SourceKind } from '../rewrite/node.ts'

/**
 * What a function table can be made of. Rewriting the same text gives the same table, and the text is shorter: so the
 * text is kept, and most modules never pay for a table.
 */
export interface TableSource {
  readonly source: string
  readonly kind: SourceKind
  readonly language: Language
  readonly requests: boolean
}

/** Tables by file, made when somebody looks. */
export class Tables {
  readonly #tables = new Map<string, () => FunctionTable | undefined>()

  add(file: string, { source, kind, language, requests }: TableSource): void {
    let text: string | undefined = source
    let table: FunctionTable | undefined
    this.#tables.set(file, () => {
      if (text !== undefined) {
        const result = rewrite(text, { file, kind, language, requests, check: false })
        if (!('untouched' in result)) {
          table = { ...result.functions, upstream: upstreamOf(file, text) }
        }
        text = undefined
      }
      return table
    })
  }

  find(file: string): (() => FunctionTable | undefined) | undefined {
    return this.#tables.get(file)
  }
}
