import type { Location, SourceExcerpt } from '@throwpoint/protocol'
import { FileChecks, type ReadableFile, type Refusal, textOf } from './readable.ts'

/** Bytes of the largest source file that is shown. */
const largest = 1024 * 1024
/** Characters of all the texts that are kept. */
const keptCharacters = 24 * 1024 * 1024
/** Lines of an excerpt before and after its line. */
const around = 5
/** Characters of a line in an excerpt. */
const longestLine = 2_000

/** The text of one source file, split once. */
export class SourceFile {
  readonly text: string
  #lines: readonly string[] | undefined

  constructor(text: string) {
    this.text = text
  }

  /** Whether there is something, or the end of a line, at this location. */
  has({ line, column }: Pick<Location, 'line' | 'column'>): boolean {
    const text = this.#split()[line - 1]
    return text !== undefined && column <= text.length + 1
  }

  /** The lines around a location; undefined when it is not in the file. */
  excerpt({ line, column }: Pick<Location, 'line' | 'column'>): SourceExcerpt | undefined {
    const lines = this.#split()
    if (line < 1 || line > lines.length) return undefined
    // A bundle in one line: what can be shown of it has the location in it or is of no use.
    if (column > longestLine) return undefined
    const first = Math.max(1, line - around)
    return { firstLine: first, lines: lines.slice(first - 1, line + around).map(cut) }
  }

  #split(): readonly string[] {
    // As V8 counts them.
    return (this.#lines ??= this.text.split(/\r\n|[\n\r\u2028\u2029]/))
  }
}

function cut(line: string): string {
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line
}

interface Kept {
  readonly stamp: string
  readonly file: SourceFile
}

/** By name; the text of a source map's `sourcesContent`, or of the disk. */
const kept = new Map<string, Kept>()
let characters = 0

function keep(name: string, stamp: string, text: string): SourceFile {
  const file = new SourceFile(text)
  forget(name)
  kept.set(name, { stamp, file })
  characters += text.length
  for (const oldest of kept.keys()) {
    if (characters <= keptCharacters || oldest === name) break
    forget(oldest)
  }
  return file
}

function forget(name: string): void {
  const before = kept.get(name)
  if (before === undefined) return
  kept.delete(name)
  characters -= before.file.text.length
}

const inMap = 'map'

/** Remembers a source that a source map brings along: it is what was compiled, whatever the disk says. */
export function rememberSource(name: string, text: string): SourceFile {
  const before = kept.get(name)
  if (before?.stamp === inMap && before.file.text === text) return before.file
  return keep(name, inMap, text)
}

export interface SourceFound {
  readonly file: SourceFile
  readonly onDisk?: ReadableFile
}

/** A source file and what is known of it; or why it is not read. */
export function sourceFile(name: string, checks: FileChecks): SourceFound | Refusal | 'too-large' {
  const before = kept.get(name)
  if (before?.stamp === inMap) return { file: before.file }
  const onDisk = checks.readable(name, 'source')
  if (typeof onDisk === 'string') return onDisk
  if (before?.stamp === onDisk.stamp) return { file: before.file, onDisk }
  if (onDisk.size > largest) return 'too-large'
  const text = textOf(onDisk, largest)
  return text === undefined ? 'unreadable' : { file: keep(name, onDisk.stamp, text), onDisk }
}

/** The whole text of a source file of the project; undefined when it must not or cannot be read. Never throws. */
export function sourceText(name: string): string | undefined {
  const found = sourceFile(name, new FileChecks())
  return typeof found === 'string' ? undefined : found.file.text
}
