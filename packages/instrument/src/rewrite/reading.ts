import { analyse } from './analyse.ts'
import { beginningOf, type Beginning } from './header-place.ts'
import { parse, syntaxErrorOf, type Language, type SourceKind } from './node.ts'
import { parser } from './parser.ts'
import { canParseRaw, errorOf, parseRaw } from './raw-memory.ts'
import { readRaw } from './raw-reader.ts'
import type { Analysis } from './site.ts'

/** What the text of a module says. */
export interface Reading {
  readonly analysis: Analysis
  readonly beginning: Beginning
  /** Functions know what they are called, which only tables tell. */
  readonly isNamed: boolean
}

export interface ReadingOptions {
  readonly kind: SourceKind
  readonly language: Language
  readonly requests: boolean
  /** Names are wanted, which takes several times as long. */
  readonly named: boolean
}

/** Loads as much of the parser as is needed to read modules in the quickest way. */
export function prepareParser(): void {
  if (!canParseRaw()) parser()
}

/** Reads a module, in the quickest way there is. @returns the first error where it does not parse */
export function readModule(file: string, source: string, options: ReadingOptions): Reading | string {
  const { kind, language, requests } = options
  const typescript = language === 'ts' || language === 'tsx'
  const tree = options.named ? undefined : parseRaw(file, source, kind, language)
  if (tree !== undefined) {
    const error = errorOf(tree)
    if (error !== undefined) return error
    try {
      return { ...readRaw(tree, source, kind, { requests, typescript }), isNamed: false }
    } catch {
      // Something that is not known there: the long way knows it
    }
  }
  const { program, error } = parse(file, source, kind, language)
  if (error !== undefined) return error
  return { analysis: analyse(program, kind, typescript), beginning: beginningOf(program), isNamed: true }
}

/** The first error of a text; undefined when it is valid. */
export function syntaxError(
  file: string,
  source: string,
  kind: SourceKind,
  language: Language,
): string | undefined {
  const tree = parseRaw(file, source, kind, language)
  return tree === undefined ? syntaxErrorOf(file, source, kind, language) : errorOf(tree)
}
