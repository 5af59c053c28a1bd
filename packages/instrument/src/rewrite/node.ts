import type { ParseResult, ParserOptions } from 'oxc-parser'
import { parser } from './parser.ts'

/** An ESTree node as oxc-parser makes it; TypeScript and JSX nodes included. */
// biome-ignore lint: a syntax tree is walked by names
// eslint-disable-next-line typescript/no-explicit-any
export type Node = { type: string; start: number; end: number } & Record<string, any>

export type Language = 'js' | 'jsx' | 'ts' | 'tsx'
export type SourceKind = 'module' | 'commonjs' | 'script'

export interface Parsed {
  readonly program: Node
  /** The first error, in the words of the parser; then `program` is not to be trusted. */
  readonly error: string | undefined
}

/** Ten times faster than JSON where the parser supports it, but it reserves much address space. */
let rawTransfer: boolean | undefined

/** Parses with the early errors of the language included, so that what Node refuses is refused here too. */
export function parse(file: string, source: string, kind: SourceKind, language: Language): Parsed {
  const { parseSync, rawTransferSupported } = parser()
  const options = { lang: language, sourceType: kind, showSemanticErrors: true }
  if ((rawTransfer ??= rawTransferSupported())) {
    try {
      return parsed(parseSync(file, source, { ...options, experimentalRawTransfer: true } as ParserOptions))
    } catch {
      // A limit on address space, most likely
      rawTransfer = false
    }
  }
  return parsed(parseSync(file, source, options))
}

function parsed(result: ParseResult): Parsed {
  const error = errorOf(result)
  if (error !== undefined) return { program: { type: 'Program', start: 0, end: 0 }, error }
  return { program: result.program as unknown as Node, error: undefined }
}

function errorOf(result: ParseResult): string | undefined {
  return result.errors.find((entry) => String(entry.severity) === 'Error')?.message
}

/** Whether the text is valid, without building its tree (which is most of the cost of parsing). */
export function syntaxErrorOf(
  file: string,
  source: string,
  kind: SourceKind,
  language: Language,
): string | undefined {
  const { parseSync } = parser()
  const options = { lang: language, sourceType: kind, showSemanticErrors: true }
  if (rawTransfer !== true) return errorOf(parseSync(file, source, options))
  return errorOf(parseSync(file, source, { ...options, experimentalRawTransfer: true } as ParserOptions))
}

const typeKeys = new Set([
  'typeAnnotation',
  'returnType',
  'typeParameters',
  'typeArguments',
  'superTypeArguments',
  'implements',
])

const valueKeys = new Map<string, readonly string[]>()

/** The keys of a node that hold code; what is a type is left out. */
export function codeKeys(type: string): readonly string[] {
  let keys = valueKeys.get(type)
  if (keys === undefined) {
    keys = (parser().visitorKeys[type] ?? []).filter((key) => !typeKeys.has(key))
    valueKeys.set(type, keys)
  }
  return keys
}
