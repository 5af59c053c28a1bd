import type { Frame } from '@throwpoint/protocol'
import { columnsOf, fit, head } from './columns.ts'
import { oneLine } from './visible.ts'

export interface ExcerptLine {
  /** Of the source, 1-based. */
  readonly number: number
  readonly text: string
  /** The line of the location. */
  readonly current: boolean
  /** Where the caret stands below the line, in columns from its start. */
  readonly caret?: number
}

/** The first user frame that has source; any other frame that has, if none. */
export function frameWithSource(frames: readonly Frame[]): Frame | undefined {
  const has = (frame: Frame): boolean => frame.source !== undefined && frame.location !== null
  return frames.find((frame) => frame.kind === 'app' && has(frame)) ?? frames.find(has)
}

/**
 * The lines around a location, `around` before it and fewer after it, cut to so many columns. A line that is too
 * long is shown from near the location on.
 */
export function excerptLines(frame: Frame, columns: number, around = 3): ExcerptLine[] {
  const { location, source } = frame
  if (location === null || source === undefined) return []
  const last = source.firstLine + source.lines.length - 1
  if (location.line < source.firstLine || location.line > last) return []
  const from = Math.max(source.firstLine, location.line - around)
  const to = Math.min(last, location.line + Math.max(1, around - 1))
  const at = location.column - 1
  const current = source.lines[location.line - source.firstLine] ?? ''
  const isFar = location.exact && at > columns - 20 && current.length > columns - 2
  // All lines are shifted alike, so that their indentation still compares.
  const skip = isFar ? Math.max(0, at - Math.floor(columns / 2)) : 0
  const lines: ExcerptLine[] = []
  for (let number = from; number <= to; number += 1) {
    const raw = source.lines[number - source.firstLine] ?? ''
    const text = fit(printed(raw, skip, columns), columns)
    if (number !== location.line) lines.push({ number, text, current: false })
    else if (!location.exact || at > raw.length) lines.push({ number, text, current: true })
    else lines.push({ number, text, current: true, caret: caretOf(raw, skip, at) })
  }
  while (lines.length > 0 && !lines[0]!.current && lines[0]!.text.trim() === '') lines.shift()
  while (lines.length > 0 && !lines.at(-1)!.current && lines.at(-1)!.text.trim() === '') lines.pop()
  return lines
}

function printed(raw: string, skip: number, columns: number): string {
  const start = skip > 0 && raw.length > skip ? '…' : ''
  return start + spaced(head(raw.slice(skip), columns * 2 + 20).text)
}

function caretOf(raw: string, skip: number, at: number): number {
  return (skip > 0 ? 1 : 0) + columnsOf(spaced(raw.slice(skip, at)))
}

/** Tabs become two spaces each, so that the caret stands right whatever the terminal makes of a tab. */
function spaced(text: string): string {
  return oneLine(text.replaceAll('\t', '  '))
}
