import { coloured, plain } from '../report/paint.ts'
import { head } from '../report/columns.ts'
import { oneLine } from '../report/visible.ts'
import type { Comparison } from './compare-answers.ts'
import type { RecordedExchange } from './recorded-exchange.ts'
import type { Sent } from './send-exchange.ts'

/** What is different, for people; ends with a line feed. */
export function renderComparison(
  recorded: RecordedExchange,
  { url, leftOut }: Pick<Sent, 'url' | 'leftOut'>,
  { status, headers, body, same }: Comparison,
  { colors }: { readonly colors: boolean },
): string {
  const paint = colors ? coloured : plain
  const { method, url: target } = recorded.request
  const lines = [
    `${paint.strong(cut(`${method} ${target}`, 200))} ${paint.dim(`to ${oneLine(url)}, recorded ${recorded.time}`)}`,
  ]
  if (leftOut.length > 0) {
    const given = leftOut.map((name) => `--header '${name}: …'`).join(' ')
    lines.push(
      paint.warn(`left out: ${leftOut.join(', ')} (hidden in the recording; ${given} gives what is needed)`),
    )
  }
  const row = (name: string, text: string): void => void lines.push(`${name.padEnd(8)}${text}`)
  const change = (before: string | null, now: string | null): string =>
    `${paint.error(before === null ? '(none)' : cut(before, 200))} → ${paint.strong(now === null ? '(none)' : cut(now, 200))}`
  row(
    'status',
    status.recorded === status.now
      ? `${status.now}`
      : change(`${status.recorded ?? '(none)'}`, `${status.now}`),
  )
  for (const { name, recorded: before, now } of headers)
    row('header', `${oneLine(name)}: ${change(before, now)}`)
  if (body.same === null) row('body', `not compared: ${body.note}`)
  else if (body.same) {
    row('body', `the same${body.note === undefined ? ` (${body.bytes} bytes)` : `: ${body.note}`}`)
  } else {
    const place = body.line === undefined ? '' : `, line ${body.line}, column ${body.column}`
    row('body', `differs at byte ${body.offset}${place} (${body.recordedBytes} → ${body.nowBytes} bytes)`)
    lines.push(`  recorded  ${paint.error(body.recorded)}`, `  now       ${paint.strong(body.now)}`)
  }
  for (const { phase, name, message } of recorded.exceptions) {
    lines.push(paint.dim(cut(`recorded with an exception (${phase}): ${name}: ${message}`, 200)))
  }
  lines.push(same ? 'The answers are the same.' : 'The answers differ.')
  return `${lines.join('\n')}\n`
}

function cut(text: string, length: number): string {
  const { text: kept, omitted } = head(text, length)
  return `${oneLine(kept)}${omitted === 0 ? '' : '…'}`
}
