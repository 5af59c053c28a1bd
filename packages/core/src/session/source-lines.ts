import type { Frame } from '@throwpoint/protocol'
import { columnsOf, fit, head } from '../report/columns.ts'
import type { Paint } from '../report/paint.ts'
import { oneLine } from '../report/visible.ts'
import type { Debuggee } from './debuggee.ts'

/** What is known of a file. */
export interface Known {
  readonly first: number
  readonly lines: readonly string[]
  /** Only the lines around the frame are there. */
  readonly partial: boolean
}

/** The source of a frame: the whole file where it is known, else the lines that were captured. */
export function sourceOf(frame: Frame, debuggee: Debuggee): Known | undefined {
  const { location, source } = frame
  if (location === null) return undefined
  const text = debuggee.source(location.file)
  if (text !== undefined) {
    const lines = text.split(/\r\n|[\n\r\u2028\u2029]/)
    // The file has changed since: what was captured is what ran.
    const captured = source?.lines[location.line - source.firstLine]
    if (source === undefined || lines[location.line - 1] === captured)
      return { first: 1, lines: lines.at(-1) === '' ? lines.slice(0, -1) : lines, partial: false }
  }
  return source === undefined ? undefined : { first: source.firstLine, lines: source.lines, partial: true }
}

/** Numbered lines; that of the frame is marked, with a caret below the place where it is exact. */
export function numbered(
  known: Known,
  from: number,
  to: number,
  frame: Frame,
  paint: Paint,
  columns: number,
): string[] {
  const digits = Math.max(3, String(to).length)
  const room = Math.max(20, columns - digits - 5)
  const { location } = frame
  const at = (location?.column ?? 1) - 1
  const current = known.lines[(location?.line ?? 0) - known.first]
  const isInside = location !== null && location.line >= from && location.line <= to
  // A line that is too long is shown from near the caret on; those around it from their start.
  const skip =
    isInside && current !== undefined && at > room - 20 && current.length > room - 2
      ? Math.max(0, at - Math.floor(room / 2))
      : 0
  const lines: string[] = []
  for (let number = from; number <= to; number++) {
    const raw = known.lines[number - known.first]
    if (raw === undefined) continue
    const text = fit(printed(raw, number === location?.line ? skip : 0, room), room)
    const label = String(number).padStart(digits)
    const body = text === '' ? '' : ` ${text}`
    if (number !== location?.line) {
      lines.push(`  ${paint.dim(`${label} |`)}${body}`)
      continue
    }
    lines.push(`${paint.error('>')} ${paint.strong(label)} ${paint.dim('|')}${body}`)
    if (!location.exact || at > raw.length) continue
    const caret = (skip > 0 ? 1 : 0) + columnsOf(spaced(raw.slice(skip, at)))
    lines.push(`  ${' '.repeat(digits)} ${paint.dim('|')} ${' '.repeat(caret)}${paint.error('^')}`)
  }
  return lines
}

function printed(raw: string, skip: number, columns: number): string {
  const start = skip > 0 && raw.length > skip ? '…' : ''
  return start + spaced(head(raw.slice(skip), columns * 2 + 20).text)
}

/** Tabs become two spaces each, so that the caret stands right whatever the terminal makes of a tab. */
function spaced(text: string): string {
  return oneLine(text.replaceAll('\t', '  '))
}

const opens =
  /\bfunction\b|=>|\bclass\b|^\s*(?:(?:static|async|get|set|public|private|protected|readonly|\*)\s*)*[\w$#[\]'"]+\s*(?:<[^>]*>)?\([^)]*\)?[^;]*\{\s*$/
const noFunction = /^\s*(?:\}?\s*)?(?:if|for|while|switch|try|catch|else|do|with|finally)\b/
const mostLines = 300

/** The lines of the function a line is in, told by their indentation; the lines around it when that says nothing. */
export function functionAround(known: Known, line: number): { from: number; to: number } {
  const last = known.first + known.lines.length - 1
  const text = (number: number): string => known.lines[number - known.first] ?? ''
  let indent = indentOf(text(line))
  let from = line
  let inHead = false
  if (!startsFunction(text(line))) {
    for (from = line - 1; from >= known.first; from--) {
      const here = text(from)
      if (here.trim() === '' || indentOf(here) >= indent) continue
      // `) {` ends a head of several lines, which begins at the same indentation.
      const endsHead = /^\s*\).*\{\s*$/.test(here)
      if (startsFunction(here) || (inHead && /\(\s*$/.test(here) && !noFunction.test(here))) break
      inHead = endsHead
      indent = indentOf(here) + (/^\s*[)\]}]/.test(here) ? 1 : 0)
    }
  }
  if (from < known.first) return { from: Math.max(known.first, line - 10), to: Math.min(last, line + 10) }
  const base = indentOf(text(from))
  let to = from
  if (scanOpen(text(from))) {
    for (to = from + 1; to < last; to++) {
      const here = text(to)
      if (
        here.trim() !== '' &&
        indentOf(here) <= base &&
        to >= line &&
        /^\s*[)\]}]/.test(here) &&
        !scanOpen(here)
      )
        break
    }
  }
  to = Math.max(to, line)
  if (to - from < mostLines) return { from, to }
  return { from: Math.max(from, line - mostLines / 2), to: Math.min(to, line + mostLines / 2) }
}

function startsFunction(line: string): boolean {
  return opens.test(line) && !noFunction.test(line)
}

function scanOpen(line: string): boolean {
  return /[({[]\s*(?:\/\/.*)?$|=>\s*$/.test(line)
}

function indentOf(line: string): number {
  return /^\s*/.exec(line)![0].replaceAll('\t', '  ').length
}
