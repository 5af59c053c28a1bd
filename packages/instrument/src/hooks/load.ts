import { fileOf } from './file-of.ts'
import { languageOf, type Instrumenter } from './instrumenter.ts'

/** What a load hook gives back; formats and sources as Node has them. */
export interface Loaded {
  readonly format?: string | null | undefined
  readonly source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined
  readonly [key: string]: unknown
}

/** Before this version, Node compiles CommonJS in TypeScript that is imported without a function of `Module`. */
const compilesImported = Number(process.versions.node.split('.')[0]) < 24

/** Rewrites what a load hook is about to give back, if it is a module of the user that is compiled from this text. */
export function instrumentLoaded(instrumenter: Instrumenter, url: string, loaded: Loaded): Loaded {
  const { format, source } = loaded
  const isCommonJs = format === 'commonjs-typescript' && compilesImported
  // Other CommonJS is rewritten where it is compiled: text returned here would take another way through Node
  if (!isCommonJs && format !== 'module' && format !== 'module-typescript') return loaded
  if (source == null || !url.startsWith('file:')) return loaded
  const file = fileOf(url)
  if (!instrumenter.isUserCode(file)) return loaded
  const text = textOf(source)
  const language = languageOf(file, format === 'module' && isCompiled(text))
  if (language === undefined) return loaded
  return {
    ...loaded,
    source: instrumenter.transform(url, text, isCommonJs ? 'commonjs' : 'module', language, true),
  }
}

export function textOf(source: NonNullable<Loaded['source']>): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source)
}

/** A loader before us has made JavaScript of it, and says so by its map. */
function isCompiled(text: string): boolean {
  return text.lastIndexOf('//# sourceMappingURL=data:') > text.length / 4
}
