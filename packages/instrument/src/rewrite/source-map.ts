import { encode, type SourceMapMappings, type SourceMapSegment } from '@jridgewell/sourcemap-codec'
import { TraceMap, originalPositionFor } from '@jridgewell/trace-mapping'
import type { Chunk, Lines } from './edits.ts'

/** A source map, version 3. */
export interface SourceMap {
  readonly version: 3
  readonly sources: readonly (string | null)[]
  readonly sourcesContent: readonly (string | null)[]
  readonly names: readonly string[]
  readonly mappings: string
}

const word = /[\p{L}\p{N}_$]+|[^\p{L}\p{N}_$\s]/gu

/** Both texts and how they lie on each other. */
export interface Alignment {
  readonly source: string
  readonly chunks: readonly Chunk[]
  readonly lines: Lines
  readonly codeLines: Lines
}

/** The segments of each line: one for each word that was there before. */
function segments({ source, chunks, lines, codeLines }: Alignment): SourceMapMappings {
  const mappings: SourceMapSegment[][] = Array.from({ length: lines.count }, () => [])
  let line = 1
  for (const chunk of chunks) {
    for (const match of source.slice(chunk.from, chunk.from + chunk.length).matchAll(word)) {
      const from = chunk.from + match.index
      while (lines.start(line + 1) <= from) line++
      const column = chunk.to + match.index - codeLines.start(line)
      mappings[line - 1]!.push([column, 0, line - 1, from - lines.start(line)])
    }
  }
  return mappings
}

/** The `columns` of a function table. */
export function columnsOf({ chunks, lines, codeLines }: Alignment): number[] {
  const columns: number[] = []
  for (const chunk of chunks) {
    const { line, column } = lines.place(chunk.from)
    const rewritten = chunk.to - codeLines.start(line) + 1
    if (rewritten !== column || columns.at(-3) === line) columns.push(line, rewritten, column)
  }
  return columns
}

/** The map from the rewritten text to the given one, or to where an upstream map says that came from. */
export function sourceMapOf(file: string, alignment: Alignment, upstream: unknown): SourceMap {
  const mappings = segments(alignment)
  if (upstream === undefined) {
    return {
      version: 3,
      sources: [file],
      sourcesContent: [alignment.source],
      names: [],
      mappings: encode(mappings),
    }
  }
  const before = new TraceMap(upstream as ConstructorParameters<typeof TraceMap>[0], file)
  const chained = mappings.map((line) => {
    const kept: SourceMapSegment[] = []
    for (const segment of line) {
      const origin = originalPositionFor(before, { line: segment[2]! + 1, column: segment[3]! })
      if (origin.source === null) continue
      kept.push([segment[0], before.resolvedSources.indexOf(origin.source), origin.line - 1, origin.column])
    }
    return kept
  })
  return {
    version: 3,
    sources: before.resolvedSources,
    sourcesContent: [...(before.sourcesContent ?? [])],
    names: [],
    mappings: encode(chained),
  }
}
