import { readFileSync } from 'node:fs'
import type { SourceExcerpt } from '@throwpoint/protocol'

/** The whole text of a source file; undefined when it must not or cannot be read. */
export function sourceText(file: string): string | undefined {
  try {
    return /\.[cm]?[jt]sx?$/.test(file) ? readFileSync(file, 'utf8') : undefined
  } catch {
    return undefined
  }
}

/** The lines around a line. */
export function excerptOf(text: string, line: number): SourceExcerpt | undefined {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/)
  if (line < 1 || line > lines.length) return undefined
  const first = Math.max(1, line - 5)
  return { firstLine: first, lines: lines.slice(first - 1, line + 5) }
}
