import type { Frame, Report } from '@throwpoint/protocol'
import { causeTree, omittedCauses } from './cause-tree.ts'
import { head } from './columns.ts'
import { excerptLines, frameWithSource } from './excerpt.ts'
import { firstVariables } from './first-variables.ts'
import { frameLines } from './frame-lines.ts'
import {
  bodySentence,
  boundarySentence,
  errorLine,
  errorName,
  messageOf,
  placeOf,
  withoutSentence,
} from './sentences.ts'
import { oneLine, visible } from './visible.ts'

export interface MarkdownOptions {
  /** Where the whole report is. */
  readonly link?: string
  /** Where the dump was written. */
  readonly dumpFile?: string
}

/**
 * A report as Markdown, to paste into an issue or a chat: short, and every piece of data inside a code span or a
 * fence that it cannot close. Ends with a line feed.
 */
export function renderMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const { cwd } = report.process
  const message = head(messageOf(report.error), 2000)
  const cut = message.omitted === 0 ? '' : `\n… ${message.omitted} more characters`
  const first = message.text === '' ? '' : `: ${visible(message.text)}`
  const parts = [
    `# Exception ${span(boundarySentence(report))}`,
    fence(`${errorName(report.error)}${first}${cut}`),
  ]
  const frame = frameWithSource(report.frames)
  if (frame?.location) {
    const source = sourceText(frame)
    if (source !== '') parts.push(`Source, ${span(placeOf(frame.location, cwd))}:`, fence(source))
  }
  if (report.frames.length > 0)
    parts.push('Frames, from the throw outwards:', fence(framesText(report.frames, 10, cwd)))
  for (const { cause, level, label, again } of causeTree(report.causes)) {
    const lines = [`${errorLine(cause.error, 500)}${again === undefined ? '' : ` (${again})`}`]
    if (cause.frames.length > 0) lines.push(framesText(cause.frames, 3, cwd))
    const depth = level === 1 ? '' : ` (level ${level})`
    parts.push(`${label[0]!.toUpperCase()}${label.slice(1)}${depth}:`, fence(lines.join('\n')))
  }
  parts.push(omittedCauses(report.causes))
  parts.push(facts(report, options).join('\n'))
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function facts(report: Report, options: MarkdownOptions): string[] {
  const { response, engine, hidden } = report
  const { node, platform } = report.process
  const lines: string[] = []
  const variables = variablesOf(report)
  if (variables.length > 0) lines.push(`- Variables: ${variables.map(span).join(', ')}`)
  if (response?.body !== undefined)
    lines.push(`- Body: ${span(bodySentence(response.body, report.process.cwd))}`)
  if (response !== null) {
    lines.push(`- Without Throwpoint: ${withoutSentence(response.withoutThrowpoint)}.`)
    if (response.fix !== undefined) lines.push(`- Fix: ${span(head(response.fix, 1000).text)}`)
  }
  if (hidden > 0) lines.push(`- Hidden by redaction: ${hidden} ${hidden === 1 ? 'value' : 'values'}`)
  lines.push(`- Node ${span(head(node, 40).text)} on ${span(head(platform, 40).text)}, engine ${engine.used}`)
  if (options.dumpFile !== undefined) lines.push(`- Dump: ${span(options.dumpFile)}`)
  if (options.link !== undefined) lines.push(`- Report: ${linked(options.link)}`)
  return lines
}

function variablesOf(report: Report): string[] {
  return (firstVariables(report)?.variables ?? [])
    .slice(0, 12)
    .map(
      ({ name, value }) => `${head(name, 60).text} = ${head(value.preview ?? value.description, 120).text}`,
    )
}

function sourceText(frame: Frame): string {
  return excerptLines(frame, 160)
    .map(({ number, text, current, caret }) => {
      const line = `${current ? '>' : ' '} ${String(number).padStart(5)} | ${text}`.trimEnd()
      return caret === undefined ? line : `${line}\n        | ${' '.repeat(caret)}^`
    })
    .join('\n')
}

function framesText(frames: readonly Frame[], most: number, cwd: string): string {
  return frameLines(frames, { cwd, most })
    .map((line) => (line.kind === 'folded' ? `   ${line.text}` : `at ${line.name}  ${line.place}`))
    .join('\n')
}

/** A fence longer than any run of backticks inside. The text is made visible before. */
function fence(text: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return `${ticks}text\n${text}\n${ticks}`
}

/** A code span that its text cannot close. */
function span(text: string): string {
  const line = oneLine(text)
  const ticks = '`'.repeat(longestRun(line) + 1)
  const space = line === '' || /^[` ]|[` ]$/.test(line) ? ' ' : ''
  return `${ticks}${space}${line}${space}${ticks}`
}

function longestRun(text: string): number {
  let longest = 0
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length)
  return longest
}

/** A link where it is plainly an address, else a code span. */
function linked(link: string): string {
  return /^https?:\/\/[\w.:/[\]-]+$/.test(link) ? `<${link}>` : span(link)
}
