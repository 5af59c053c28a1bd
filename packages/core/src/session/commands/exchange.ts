import { ThrowpointError } from '../../errors.ts'
import { columnsOf, fit, head, pad, wrap } from '../../report/columns.ts'
import { bodySentence, errorLine, placeOf, withoutSentence } from '../../report/sentences.ts'
import { oneLine } from '../../report/visible.ts'
import type { Command } from '../command.ts'
import { Redaction } from '../../redact/redaction.ts'
import type { Turn } from '../turn.ts'
import { valueLines } from '../value-text.ts'
import { here } from './source.ts'

const exceptions: Command = {
  name: 'exceptions',
  aliases: ['cause', 'causes', 'ex'],
  arguments: '[n]',
  group: 'error and request',
  help: 'The error and its causes; with a number, go to the frames of that one',
  details:
    'Follows `error.cause` and the errors of an AggregateError. In the frames of a cause no code runs; what was captured is there. `exceptions 0` goes back.',
  example: 'exceptions 1',
  run(turn, args) {
    const { session, paint, columns } = turn
    const { report } = session
    if (args === '') {
      const lines = [-1, ...report.causes.keys()].map((index) => {
        const { error, frames, relation, place } = causeAt(turn, index)
        const mark = index === session.cause ? paint.error('>') : ' '
        const label = `${mark} ${paint.strong(String(index + 1))} ${paint.dim(relation)}`
        const where = place === '' || frames === 0 ? '' : `  ${paint.place(place)}`
        return `${label}${fit(errorLine(error, 300), Math.max(30, columns - 20 - columnsOf(place)))}${where}`
      })
      const omitted = report.causes.at(-1)?.omitted ?? 0
      if (omitted > 0) lines.push(paint.dim(`  … ${omitted} more were not kept`))
      if (report.causes.length === 0) lines.push(paint.dim('  It has no cause.'))
      const errors = [report.error, ...report.causes.map(({ error }) => error)]
      return { lines, data: { selected: session.cause + 1, errors } }
    }
    const number = /^\d+$/.test(args) ? Number(args) : NaN
    const cause = report.causes[number - 1]
    if (number !== 0 && cause === undefined)
      throw new ThrowpointError(
        'TP_BAD_COMMAND',
        `No error ${JSON.stringify(args)}: ${report.causes.length === 0 ? 'there is only 0' : `there are 0 to ${report.causes.length}`}; "exceptions" lists them.`,
      )
    const target = cause?.ref ?? number - 1
    session.selectCause(target)
    return {
      lines: [paint.error(errorLine(session.error, 1000)), ...here(turn)],
      data: { selected: target + 1, error: session.error },
    }
  },
}

function causeAt({ session }: Turn, index: number) {
  const { report } = session
  const cause = report.causes[index]
  const frames = cause?.frames ?? report.frames
  const frame = frames.find(({ kind }) => kind === 'app')
  const relation =
    cause === undefined
      ? ''
      : cause.relation === 'cause'
        ? 'caused by '
        : `one of several [${cause.index ?? 0}] `
  const place = frame?.location ? placeOf(frame.location, report.process.cwd) : ''
  return { error: cause?.error ?? report.error, frames: frames.length, relation, place }
}

const request: Command = {
  name: 'request',
  aliases: ['req'],
  arguments: '',
  group: 'error and request',
  help: 'The request: line, headers, route, parameters and body',
  details: 'Secrets in it are hidden. `$req` is the request itself.',
  example: 'request',
  run(turn) {
    const { session, paint, columns } = turn
    const info = session.report.request
    if (info === null) throw new ThrowpointError('TP_BAD_COMMAND', 'No request has led to this exception.')
    const { method, url, httpVersion, headers, route, params, query, body } = info
    const lines = [
      `${paint.strong(`${oneLine(head(method, 40).text)} ${oneLine(head(url, 2000).text)}`)} HTTP/${oneLine(httpVersion)}`,
    ]
    if (route !== undefined) lines.push(`${paint.dim('route')}  ${oneLine(head(route, 500).text)}`)
    lines.push(...headerLines(headers, turn))
    for (const [name, value] of Object.entries({ params, query, body })) {
      if (value === undefined) continue
      const [first = '', ...rest] = valueLines(value, paint, columns - name.length - 2)
      lines.push(`${paint.dim(name)}  ${first}`, ...rest)
    }
    return { lines, data: info }
  },
}

function headerLines(headers: ReadonlyArray<readonly [string, string]>, { paint, columns }: Turn): string[] {
  const names = headers.map(([name]) => oneLine(head(name, 60).text))
  const width = Math.min(26, Math.max(0, ...names.map(columnsOf)))
  return headers.map(([, value], index) => {
    const text = fit(oneLine(head(value, columns * 4).text), Math.max(20, columns - width - 4))
    return `  ${paint.dim(pad(names[index]!, width))}  ${value.includes('[redacted]') ? paint.warn(text) : text}`
  })
}

const response: Command = {
  name: 'response',
  aliases: ['res'],
  arguments: '',
  group: 'error and request',
  help: 'The response: status, headers, how far its body had come, and what would happen without Throwpoint',
  details: '`$res` is the response itself.',
  example: 'response',
  run(turn) {
    const { session, paint } = turn
    const info = session.report.response
    if (info === null)
      throw new ThrowpointError(
        'TP_BAD_COMMAND',
        'No request has led to this exception, so there is no response.',
      )
    const { status, headersSent, headers, bytesWritten, body, withoutThrowpoint, fix } = info
    const sent = headersSent ? 'its head had been sent' : 'nothing of it had been sent'
    const lines = [
      `${paint.strong(String(status))}  ${sent}; ${bytesWritten} bytes of body`,
      ...headerLines(headers, turn),
    ]
    const say = (label: string, text: string, tone = (line: string): string => line): void => {
      const [first = '', ...rest] = wrap(text, Math.max(30, turn.columns - label.length - 2))
      const indent = ' '.repeat(label.length + 2)
      lines.push(`${paint.dim(label)}  ${tone(first)}`, ...rest.map((line) => indent + tone(line)))
    }
    if (body !== undefined) say('body', bodySentence(body, session.report.process.cwd))
    say('without Throwpoint', withoutSentence(withoutThrowpoint))
    if (fix !== undefined) say('fix', oneLine(head(fix, 1000).text), paint.good)
    return { lines, data: info }
  },
}

/** Nothing of these is a secret, and they explain much. */
const harmless =
  /^(?:NODE_ENV|NODE_VERSION|NODE_DEBUG|PORT|HOST|HOSTNAME|TZ|LANG|LC_ALL|LC_CTYPE|TERM|TERM_PROGRAM|COLORTERM|COLUMNS|LINES|NO_COLOR|FORCE_COLOR|CI|SHELL|EDITOR|VISUAL|USER|LOGNAME|HOME|PWD|DEBUG|LOG_LEVEL|npm_lifecycle_event|npm_package_name|npm_package_version|TURBO_HASH|NODE_APP_INSTANCE)$/

const env: Command = {
  name: 'env',
  aliases: [],
  arguments: '[NAME]',
  group: 'error and request',
  help: 'The process and its environment; values that may be secrets are hidden',
  details:
    'Without a name only harmless values are shown, such as NODE_ENV. With a name its value is shown unless the name or its shape says that it is a secret. A dump has the process, and not the environment.',
  example: 'env DATABASE_HOST',
  run(turn, args) {
    const { session, paint } = turn
    const { pid, node, platform, cwd, uptime, memory } = session.report.process
    const isHere = session.debuggee.origin === 'capture'
    if (args !== '') {
      if (!isHere) throw new ThrowpointError('TP_NOT_LIVE', 'A dump has no environment variables.')
      const value = process.env[args]
      if (value === undefined) throw new ThrowpointError('TP_BAD_COMMAND', `${args} is not set.`)
      const redactor = new Redaction().forReport()
      const shown = redactor.hides(args, value) ? '[redacted]' : redactor.text(value)
      return { lines: [`${args}=${oneLine(head(shown, 4000).text)}`], data: { [args]: shown } }
    }
    const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
    const facts: Array<[string, string]> = [
      ['process', String(pid)],
      ['node', `${node} on ${platform}`],
      ['directory', cwd],
      ['running for', `${uptime.toFixed(1)} s`],
      [
        'memory',
        `${megabytes(memory.rss)}, heap ${megabytes(memory.heapUsed)} of ${megabytes(memory.heapTotal)}`,
      ],
    ]
    const lines = facts.map(
      ([name, value]) => `${paint.dim(pad(name, 11))}  ${oneLine(head(value, 1000).text)}`,
    )
    const variables: Record<string, string> = {}
    if (isHere) {
      const redactor = new Redaction().forReport()
      const names = Object.keys(process.env).sort()
      for (const name of names) {
        const isOpen =
          harmless.test(name) || (name.startsWith('THROWPOINT') && !redactor.hides(name, process.env[name]))
        variables[name] = isOpen ? redactor.text(process.env[name]!) : '[redacted]'
      }
      const open = names.filter((name) => variables[name] !== '[redacted]')
      lines.push('', ...open.map((name) => `${oneLine(name)}=${oneLine(head(variables[name]!, 500).text)}`))
      const hidden = names.length - open.length
      if (hidden > 0)
        lines.push(
          paint.dim(`${hidden} more are hidden; "env NAME" shows one, unless it looks like a secret`),
        )
    } else lines.push(paint.dim('A dump has no environment variables.'))
    return { lines, data: { process: session.report.process, ...(isHere ? { variables } : {}) } }
  },
}

const requests: Command = {
  name: 'requests',
  aliases: ['rq'],
  arguments: '',
  group: 'error and request',
  help: 'The requests in flight, with their age and where they wait',
  details:
    'Where a request waits is known with the preload, in a session, with the watchdog or with THROWPOINT_REQUESTS=1.',
  example: 'requests',
  needsLive: true,
  async run({ session, view }) {
    const { requests: list } = session.services
    if (list === undefined)
      throw new ThrowpointError('TP_BAD_COMMAND', 'The requests of this process cannot be listed here.')
    const { text, data } = await list(view)
    return { lines: text.split('\n'), data }
  },
}

export const exchangeCommands: readonly Command[] = [exceptions, request, response, env, requests]
