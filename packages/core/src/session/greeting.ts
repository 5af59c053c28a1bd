import type { Report } from '@throwpoint/protocol'
import {
  boundarySentence,
  errorName,
  isArrival,
  messageOf,
  requestLine,
  stopSentence,
} from '../report/sentences.ts'
import { fit, head, wrap } from '../report/columns.ts'
import { visible } from '../report/visible.ts'
import type { Outcome } from './command.ts'
import { here } from './commands/source.ts'
import type { Turn } from './turn.ts'

/** What is shown first: the sentence of the error, the request, the selected frame with its source. */
export function greeting(turn: Turn): Outcome {
  const { session, paint, columns } = turn
  const { report, hold } = session
  const lines: string[] = []
  if (hold?.reason === 'breakpoint') lines.push(paint.strong(stopSentence(report)))
  else {
    const message = head(messageOf(report.error), 1000)
    const [first = '', ...more] = visible(message.text).split('\n')
    const name = errorName(report.error)
    lines.push(first === '' ? paint.error(name) : `${paint.error(`${name}:`)} ${paint.strong(first)}`)
    for (const line of more.slice(0, 8)) lines.push(`  ${paint.dim('|')} ${fit(line, columns - 4)}`)
    if (more.length > 8) lines.push(`  ${paint.dim(`| … ${more.length - 8} more lines`)}`)
  }
  const held = hold === undefined ? '' : hold.clientLeft ? '; held, its client has left' : '; held'
  lines.push(
    ...wrap(
      `${isArrival(report) ? arrivalSentence(report) : boundarySentence(report)}${held}`,
      columns - 2,
    ).map((line) => `  ${line}`),
  )
  const causes = report.causes.length
  if (causes > 0)
    lines.push(
      `  ${paint.dim(`with ${causes} ${causes === 1 ? 'cause' : 'causes'}: "exceptions" lists them`)}`,
    )
  if (report.frames.length > 0) lines.push('', ...here(turn))
  const { reason } = report.engine
  if (reason !== null && !isArrival(report) && !report.frames.some(({ scopes }) => scopes.length > 0))
    lines.push('', ...wrap(reason, columns).map(paint.dim))
  if (session.debuggee.origin !== 'capture') {
    const sources = Object.keys(report.sources ?? {}).length
    const { pid, node, platform } = report.process
    lines.push(
      '',
      paint.dim(
        `a dump of ${report.time}, process ${pid}, Node ${node} on ${platform}; ${sources} source ${sources === 1 ? 'file' : 'files'} in it`,
      ),
    )
  }
  lines.push(...wrap(hint(turn), columns).map(paint.dim))
  return {
    lines,
    data: {
      origin: session.debuggee.origin,
      live: session.debuggee.live,
      id: report.id,
      error: { name: report.error.name, message: report.error.message },
      request: report.request === null ? null : { method: report.request.method, url: report.request.url },
      frame: session.frame,
      hold: hold?.number ?? null,
    },
  }
}

function arrivalSentence(report: Report): string {
  return report.request === null
    ? 'nothing is served until this goes on'
    : `${requestLine(report)}, which the application has not seen yet`
}

function hint({ session }: Turn): string {
  if (session.hold === undefined) return '"help" lists the commands, "locals" the variables; "quit" leaves.'
  if (isArrival(session.report))
    return '"routes" lists the routes, "break on route GET /x" stops there, "c" goes on, "help" lists the commands.'
  return session.hold.reason === 'breakpoint'
    ? '"c" goes on, "locals" lists the variables, "help" the commands.'
    : '"c" lets the error go on to the application, "locals" lists the variables, "help" the commands.'
}
