import type { Cause, ErrorInfo, Frame, Json, Report, Scope } from '@throwpoint/protocol'
import { causeTree, omittedCauses } from './cause-tree.ts'
import { columnsOf, fit, head, pad, wrap } from './columns.ts'
import { excerptLines, frameWithSource } from './excerpt.ts'
import { firstVariables } from './first-variables.ts'
import { frameLines } from './frame-lines.ts'
import { coloured, type Paint, plain } from './paint.ts'
import {
  bodySentence,
  boundarySentence,
  errorLine,
  errorName,
  isBadEnd,
  messageOf,
  placeOf,
  withoutSentence,
} from './sentences.ts'
import { valueLine } from './value-line.ts'
import { oneLine, visible } from './visible.ts'

export interface TextOptions {
  /** With terminal colours. @default false */
  readonly color?: boolean
  /** Columns, from 40 to 200. Source, values and prose keep to it; places and links are never cut. @default 80 */
  readonly width?: number
  /** Where the whole report is; the last line. */
  readonly link?: string
  /** Where the dump was written. */
  readonly dumpFile?: string
  /** Why there is no dump. */
  readonly dumpError?: string
  /** Why the client did not get the page. */
  readonly withheld?: string
  /** The reader has been told before why there are no variables. @default false */
  readonly told?: boolean
}

interface Sheet {
  readonly paint: Paint
  readonly width: number
  readonly cwd: string
}

/**
 * A report as text for people: what clients get that ask for neither HTML nor JSON, and what the terminal shows.
 * Control characters of the data come out as escapes; colours are the only ones in it. Ends with a line feed.
 */
export function renderText(report: Report, options: TextOptions = {}): string {
  const sheet: Sheet = {
    paint: options.color === true ? coloured : plain,
    width: Math.min(200, Math.max(40, options.width ?? 80)),
    cwd: report.process.cwd,
  }
  const blocks = [
    [...sentence(report.error, sheet), ...where(report, sheet)],
    excerpt(report, sheet),
    frames(report.frames, 10, sheet),
    report.frames.length === 0 ? stackText(report.error, sheet) : [],
    ...causes(report.causes, sheet),
    variables(report, sheet),
    facts(report, options, sheet),
  ]
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

/** The error's sentence, all lines of it within reason; only the first starts at the margin. */
function sentence(error: ErrorInfo, { paint, width }: Sheet, prefix = ''): string[] {
  const message = head(messageOf(error), 2000)
  const lines = visible(message.text).split('\n')
  const omittedLines = Math.max(0, lines.length - 20)
  const [first = '', ...more] = lines.slice(0, 20)
  const out = [
    `${prefix}${paint.error(errorName(error) + (first === '' ? '' : ':'))}${first === '' ? '' : ` ${paint.strong(first)}`}`,
  ]
  for (const line of more) out.push(`  ${paint.dim('|')} ${line}`)
  if (omittedLines > 0) out.push(`  ${paint.dim(`| … ${omittedLines} more lines`)}`)
  if (message.omitted > 0) out.push(`  ${paint.dim(`| … ${message.omitted} more characters`)}`)
  const properties = Object.entries(error.properties)
  if (properties.length > 0) {
    const shown = properties
      .slice(0, 6)
      .map(([name, value]) => `${oneLine(head(name, 60).text)}=${brief(value)}`)
    if (properties.length > 6) shown.push(`… ${properties.length - 6} more`)
    out.push(`  ${paint.dim(fit(shown.join(' '), width - 2))}`)
  }
  return out
}

function brief(value: Json): string {
  if (Array.isArray(value)) return `Array(${value.length})`
  if (typeof value === 'object' && value !== null) return '{…}'
  return typeof value === 'string' ? `"${oneLine(head(value, 120).text)}"` : String(value)
}

function where(report: Report, { width }: Sheet): string[] {
  const times = report.count > 1 ? `; ${report.count} times so far` : ''
  return wrap(boundarySentence(report) + times, width - 2).map((line) => `  ${line}`)
}

function excerpt(report: Report, { paint, width, cwd }: Sheet): string[] {
  const frame = [report, ...report.causes]
    .map((of) => frameWithSource(of.frames))
    .find((found) => found !== undefined)
  if (frame === undefined || frame.location === null) return []
  const lines = excerptLines(frame, width - 12)
  if (lines.length === 0) return []
  const digits = String(lines.at(-1)!.number).length
  const out = [`  ${paint.place(placeOf(frame.location, cwd))}`]
  for (const { number, text, current, caret } of lines) {
    const label = String(number).padStart(digits)
    const line = text === '' ? '' : ` ${text}`
    out.push(
      current
        ? `  ${paint.error('>')} ${paint.strong(label)} ${paint.dim('|')}${line}`
        : `    ${paint.dim(`${label} |`)}${line}`,
    )
    if (caret !== undefined)
      out.push(`    ${' '.repeat(digits)} ${paint.dim('|')} ${' '.repeat(caret)}${paint.error('^')}`)
  }
  return out
}

function frames(list: readonly Frame[], most: number, { paint, cwd }: Sheet): string[] {
  const lines = frameLines(list, { cwd, most })
  const names = lines.map((line) => (line.kind === 'frame' ? columnsOf(line.name) : 0))
  const column = Math.min(28, Math.max(0, ...names))
  return lines.map((line) => {
    if (line.kind === 'folded') return `     ${paint.dim(line.text)}`
    const text = `${pad(line.name, column)}  ${paint.place(line.place)}`
    return `  ${paint.dim('at')} ${line.app ? text : paint.dim(`${pad(line.name, column)}  ${line.place}`)}`
  })
}

/** What is left when no frame was found. */
function stackText(error: ErrorInfo, { paint, width }: Sheet): string[] {
  const lines = visible(head(error.stack, 4000).text).split('\n')
  const at = lines.filter((line) => /^\s+at /.test(line)).slice(0, 10)
  return at.map((line) => `  ${paint.dim(fit(line.trim(), Math.max(width - 2, 200)))}`)
}

/** Deeper ones are not indented any more. */
const deepest = 6

function causes(list: readonly Cause[], sheet: Sheet): string[][] {
  let before = ''
  const blocks = causeTree(list).map(({ cause, level, label, again }) => {
    const indent = '  '.repeat(Math.min(level, deepest) - 1)
    const narrow = { ...sheet, width: Math.max(40, sheet.width - indent.length) }
    const prefix = `  ${sheet.paint.dim(`${label}${cause.relation === 'cause' ? '' : ':'} `)}`
    const lines: string[] = []
    if (again === undefined) {
      const found = frames(cause.frames, 3, narrow)
      const text = found.join('\n')
      // As a list of promises that failed alike has them.
      const same = found.length > 1 && text === before
      lines.push(...sentence(cause.error, narrow, prefix), ...(same ? [sameFrames(sheet)] : found))
      before = text
    } else {
      const name = fit(errorLine(cause.error, 200), narrow.width - columnsOf(label) - again.length - 8)
      lines.push(`${prefix}${name} ${sheet.paint.dim(`(${again})`)}`)
    }
    // What belongs to a cause stands under it.
    for (let index = 1; index < lines.length; index += 1) lines[index] = `  ${lines[index]}`
    return lines.map((line) => indent + line)
  })
  const omitted = omittedCauses(list)
  if (omitted !== '') blocks.push([`  ${sheet.paint.dim(omitted)}`])
  return blocks
}

function sameFrames({ paint }: Sheet): string {
  return `     ${paint.dim('the same frames')}`
}

function variables(report: Report, { paint, width }: Sheet): string[] {
  const found = firstVariables(report)
  if (found === undefined) return []
  const { frame, variables: all } = found
  const shown = all.slice(0, 12)
  const names = shown.map(({ name }) => oneLine(head(name, 60).text))
  const column = Math.min(24, Math.max(...names.map(columnsOf)))
  const owner = frame.functionName === '' ? '' : ` of ${oneLine(head(frame.functionName, 120).text)}`
  const lines = [`  ${paint.dim(`variables${owner}`)}`]
  shown.forEach(({ value }, index) => {
    const name = names[index]!
    const text = oneLine(head(valueLine(value), 400).text)
    lines.push(
      `    ${pad(name, column)}  ${fit(text, Math.max(20, width - 6 - Math.max(column, columnsOf(name))))}`,
    )
  })
  if (all.length > shown.length) lines.push(`    ${paint.dim(`… ${all.length - shown.length} more`)}`)
  return lines
}

function hasVariables(scope: Scope): boolean {
  return scope.variables.length > 0
}

function facts(report: Report, options: TextOptions, sheet: Sheet): string[] {
  const { paint, width } = sheet
  const lines: string[] = []
  const say = (label: string, text: string, tone: (text: string) => string = (line) => line): void => {
    const [first = '', ...more] = wrap(text, width - 4)
    // The first line is shorter by the label.
    const [top = '', ...rest] = wrap(first, Math.max(20, width - 4 - columnsOf(label)))
    lines.push(`  ${paint.dim(`${label}:`)} ${tone(top)}`)
    if (rest.length + more.length > 0) {
      for (const line of wrap([...rest, ...more].join(' '), width - 4)) lines.push(`    ${tone(line)}`)
    }
  }
  const prose = (text: string): string => oneLine(head(text, 1000).text)
  const { response, engine } = report
  const withVariables = report.frames.some(({ kind, scopes }) => kind === 'app' && scopes.some(hasVariables))
  const said = new Set<string>()
  if (!withVariables && engine.reason !== null) {
    said.add(engine.reason)
    if (options.told !== true) say('no variables', prose(engine.reason))
  } else if (!withVariables) {
    const unread = report.frames.find(({ kind }) => kind === 'app')?.scopes[0]?.unavailable
    if (unread !== undefined) say('no variables', prose(unread))
  }
  for (const note of report.notes.slice(0, 10)) {
    if (said.has(note)) continue
    said.add(note)
    say('note', prose(note))
  }
  if (response?.body !== undefined) say('body', bodySentence(response.body, sheet.cwd))
  if (response !== null) {
    const { withoutThrowpoint } = response
    say(
      'without Throwpoint',
      withoutSentence(withoutThrowpoint),
      isBadEnd(withoutThrowpoint) ? paint.warn : undefined,
    )
    if (response.fix !== undefined) say('fix', prose(response.fix), paint.good)
  }
  if (report.hidden > 0)
    say('hidden', `${report.hidden} ${report.hidden === 1 ? 'value' : 'values'} by redaction`)
  if (options.withheld !== undefined) say('page withheld', prose(options.withheld), paint.warn)
  if (options.dumpError !== undefined) say('no dump', prose(options.dumpError), paint.warn)
  // A path may hold spaces: it is not wrapped, so that it can be clicked and copied.
  if (options.dumpFile !== undefined) lines.push(`  ${paint.dim('dump:')} ${oneLine(options.dumpFile)}`)
  if (options.link !== undefined)
    lines.push(`  ${paint.dim('report:')} ${paint.place(oneLine(options.link))}`)
  return lines
}
