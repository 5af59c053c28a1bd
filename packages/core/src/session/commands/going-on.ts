import { ThrowpointError } from '../../errors.ts'
import type { Hold, Release } from '../../hold/hold.ts'
import { later } from '../../later.ts'
import { columnsOf, fit, wrap } from '../../report/columns.ts'
import { errorLine, placeOf, requestLine, stopSentence } from '../../report/sentences.ts'
import type { Command, Outcome } from '../command.ts'
import { isExpression } from '../js-text.ts'
import type { Session } from '../session.ts'
import type { Turn } from '../turn.ts'

const continuing: Command = {
  name: 'continue',
  aliases: ['c', 'cont'],
  arguments: '',
  group: 'going on',
  help: 'Let the error go on to the application, as if nobody had looked',
  details:
    'The same error object reaches your error handlers, and the framework answers as it would have. Ctrl-D does the same. A breakpoint goes on behind its line.',
  example: 'continue',
  needsHold: true,
  acts: true,
  run: (turn) => letGo(turn, { kind: 'continue' }, 'goes on'),
}

const retry: Command = {
  name: 'retry',
  aliases: [],
  arguments: '',
  group: 'going on',
  help: 'Run the same request once more through the application, on the same connection',
  details:
    'In this process, with the code that is loaded: after a variable of the module or something outside was put right. The client waits and gets the new answer.',
  example: 'retry',
  needsHold: true,
  acts: true,
  run: (turn) => letGo(turn, { kind: 'retry' }, 'runs once more'),
}

const replay: Command = {
  name: 'replay',
  aliases: [],
  arguments: '',
  group: 'going on',
  help: 'Send the request again as a new one; the held one keeps waiting',
  details:
    'It is made of what was recorded of this request, and comes as a new client would. What differs in the answer is shown.',
  example: 'replay',
  needsLive: true,
  async run({ session, signal }, args) {
    const { replay: send } = session.services
    if (send === undefined)
      throw new ThrowpointError(
        'TP_BAD_COMMAND',
        'This request was not recorded, so it cannot be sent again; "retry" runs it once more on its own connection.',
      )
    const { lines, data } = await send(session.report.id, args, signal)
    return { lines, data }
  },
}

const respond: Command = {
  name: 'respond',
  aliases: [],
  arguments: 'status [json or text]',
  group: 'going on',
  help: 'Answer the request with this; the application hears nothing more of the error',
  details:
    'What follows the status is JSON when it is an object or a list (names of the frame may stand in it), else text. Your error handlers do not run.',
  example: 'respond 503 { "error": "try again" }',
  needsHold: true,
  acts: true,
  takesCode: true,
  async run(turn, args) {
    const [, status = '', given = ''] = /^(\d+)(?:\s+([^]*))?$/.exec(args) ?? []
    const code = Number(status)
    if (!(code >= 200 && code <= 599))
      throw new ThrowpointError(
        'TP_BAD_COMMAND',
        'With which status? From 200 to 599, for example: respond 503 {"error": "try again"}',
      )
    const { text, type } = await bodyFrom(turn, given.trim())
    const headers: Array<[string, string]> =
      type === undefined ? [] : [['Content-Type', `${type}; charset=utf-8`]]
    return letGo(turn, { kind: 'respond', status: code, headers, body: text }, `is answered ${code}`)
  },
}

async function bodyFrom(
  { session, signal }: Turn,
  given: string,
): Promise<{ text: string; type: string | undefined }> {
  if (given === '') return { text: '', type: undefined }
  if (!/^[{[]/.test(given))
    return { text: given, type: /^\s*<(?:!doctype|html|[a-z])/i.test(given) ? 'text/html' : 'text/plain' }
  const type = 'application/json'
  try {
    return { text: JSON.stringify(JSON.parse(given)), type }
  } catch {
    // Not JSON; it may be JavaScript.
  }
  if (session.scopes === undefined || !isExpression(given))
    throw new ThrowpointError(
      'TP_BAD_COMMAND',
      'The body is no JSON: what begins with { or [ must be. Write text without it.',
    )
  const text = JSON.stringify((await session.run(`(${given})`, signal)).value) as string | undefined
  if (text === undefined) throw new ThrowpointError('TP_BAD_COMMAND', 'The body is no JSON.')
  return { text, type }
}

const pass: Command = {
  name: 'pass',
  aliases: [],
  arguments: '',
  group: 'going on',
  help: 'Go on behind the handler, as if it had called next() without an error',
  details: 'The next route or middleware gets the request.',
  example: 'pass',
  needsHold: true,
  acts: true,
  run: (turn) => letGo(turn, { kind: 'pass' }, 'goes on behind the handler'),
}

const throwing: Command = {
  name: 'throw',
  aliases: [],
  arguments: 'expression',
  group: 'going on',
  help: 'Let another value go on in the place of the error',
  details: 'Your error handlers get it. `!throw x` is JavaScript, and throws only here.',
  example: "throw new Error('sold out', { cause: $err })",
  needsHold: true,
  acts: true,
  takesCode: true,
  async run(turn, args) {
    const { session } = turn
    if (args === '')
      throw new ThrowpointError('TP_BAD_COMMAND', "Which value? For example: throw new Error('sold out')")
    heldBy(session, 'throw')
    const { value: error } = await session.run(`(${args}\n)`, turn.signal)
    const shown = session.picture(error, 1).description
    return letGo(turn, { kind: 'throw', error }, `goes on with ${shown.split('\n', 1)[0]!.slice(0, 200)}`)
  },
}

function letGo(turn: Turn, release: Release, how: string): Outcome {
  const { session, paint } = turn
  const hold = heldBy(session, release.kind)
  if (!hold.release(release, session.client))
    throw new ThrowpointError('TP_NO_HOLD', 'It was let go a moment ago by somebody else.')
  const outside = session.report.error.name === 'Breakpoint' ? 'The program' : 'The exception'
  const what = session.report.request === null ? outside : requestLine(session.report)
  return {
    lines: [paint.dim(`${what} ${how}.`)],
    data: { released: release.kind, hold: hold.number },
    action: { kind: 'released' },
  }
}

/** The hold, if this can be done to it. */
function heldBy(session: Session, kind: Release['kind']): Hold {
  const { hold } = session
  if (hold === undefined) throw new ThrowpointError('TP_NO_HOLD', noHold(session))
  if (hold.released !== undefined)
    throw new ThrowpointError(
      'TP_NO_HOLD',
      'It was let go already. Its frames can still be looked at; "quit" leaves.',
    )
  const can = hold.can(kind)
  if (can !== true) throw new ThrowpointError('TP_NO_HOLD', `This cannot be done here: ${can}.`)
  return hold
}

/** Why nothing can be let go. */
export function noHold({ debuggee }: Session): string {
  return debuggee.origin === 'capture'
    ? 'Nothing is held here: this exception has gone on already.'
    : 'This is a dump: the request was over long ago. "quit" leaves.'
}

const quit: Command = {
  name: 'quit',
  aliases: ['q', 'exit'],
  arguments: '',
  group: 'going on',
  help: 'Let this and all waiting requests go on, and hold none any more until the next start; asks first',
  details:
    '`y` or a second `q` confirms it. The process lives on, and reports are still written. In a dump it just leaves.',
  example: 'quit',
  acts: true,
  run(turn) {
    const { session, paint } = turn
    const { hold, holds } = session
    if (holds === undefined || (hold === undefined && session.debuggee.origin !== 'capture'))
      return { lines: [], data: { left: true }, action: { kind: 'released' } }
    if (session.asked !== 'quit') {
      session.asked = 'quit'
      const waiting = holds.list().length
      const others = hold === undefined ? waiting : waiting - 1
      const all =
        others <= 0
          ? 'this request go on'
          : `this and ${others} more ${others === 1 ? 'request' : 'requests'} go on`
      const lines = [
        `This lets ${all}, and nothing is held until the next start. "y" or again to confirm; "c" lets only this one go.`,
      ]
      return {
        lines: lines.flatMap((line) => wrap(line, turn.columns)).map(paint.warn),
        data: { confirm: 'quit', others },
      }
    }
    holds.quit(session.client)
    return {
      lines: [paint.dim('All go on; nothing is held until the next start.')],
      data: { released: 'all' },
      action: { kind: 'released' },
    }
  },
}

const kill: Command = {
  name: 'kill',
  aliases: [],
  arguments: '',
  group: 'going on',
  help: 'End the process; asks first, `kill!` does not',
  details: 'With exit code 1; listeners of the event "exit" run. All requests are cut off.',
  example: 'kill!',
  takesBang: true,
  acts: true,
  needsLive: true,
  run(turn, _args, bang) {
    const { session, paint } = turn
    if (!bang && session.asked !== 'kill') {
      session.asked = 'kill'
      const lines = [
        paint.warn(`This ends the process ${process.pid}, with all its requests. "y" or again to confirm.`),
      ]
      return { lines, data: { confirm: 'kill' } }
    }
    const exit = session.services.exit ?? (() => process.exit(1))
    // The reply goes out first.
    later(50, exit)
    return { lines: [paint.dim('The process ends.')], data: { killed: process.pid } }
  },
}

const sessions: Command = {
  name: 'sessions',
  aliases: ['ss'],
  arguments: '',
  group: 'going on',
  help: 'The requests that wait, the oldest first; `switch n` goes to one',
  details: 'Exceptions of the same place are counted on the one that waits.',
  example: 'sessions',
  run({ session, paint, columns }) {
    const list = session.holds?.list() ?? []
    const { cwd } = session.report.process
    const data = list.map((hold) => holdData(hold, session.hold))
    if (list.length === 0) return { lines: [paint.dim('Nothing waits.')], data: { sessions: data } }
    const lines = list.map((hold) => {
      const { report, number, counted, clientLeft } = hold
      const mark = hold === session.hold ? paint.error('>') : ' '
      const frame = report.frames.find(({ kind }) => kind === 'app') ?? report.frames[0]
      const place = frame?.location ? `  ${paint.place(placeOf(frame.location, cwd))}` : ''
      const notes = [
        `${Math.round((performance.now() - hold.since) / 1000)} s`,
        ...(counted > 0 ? [`${counted} more of it`] : []),
        ...(clientLeft ? ['client left'] : []),
      ]
      const what = report.request === null ? report.boundary : requestLine(report)
      const error = hold.reason === 'breakpoint' ? stopSentence(report) : errorLine(report.error, 100)
      const note = notes.join(', ')
      const taken = columnsOf(
        `${number} ${what}${frame?.location ? `  ${placeOf(frame.location, cwd)}` : ''}${note}`,
      )
      const room = Math.max(30, columns - taken - 6)
      return `${mark} ${paint.strong(String(number))} ${what}  ${paint.error(fit(error, room))}${place}  ${paint.dim(note)}`
    })
    return { lines, data: { sessions: data } }
  },
}

function holdData(
  { number, reason, report, counted, clientLeft, since }: Hold,
  current: Hold | undefined,
): object {
  return {
    number,
    reason,
    current: current?.number === number,
    error: errorLine(report.error, 300),
    request: report.request === null ? null : requestLine(report),
    waitingMs: Math.round(performance.now() - since),
    counted,
    clientLeft,
  }
}

const switching: Command = {
  name: 'switch',
  aliases: [],
  arguments: 'n',
  group: 'going on',
  help: 'To another waiting request, by its number in `sessions`; this one keeps waiting',
  details: 'A JavaScript switch is written with its parenthesis: switch (x) { … }.',
  example: 'switch 2',
  run({ session }, args) {
    const list = session.holds?.list() ?? []
    const target = list.find(({ number }) => String(number) === args)
    if (target === undefined) {
      const which =
        list.length === 0 ? 'Nothing waits.' : `There are ${list.map(({ number }) => number).join(', ')}.`
      throw new ThrowpointError('TP_BAD_COMMAND', `No session ${JSON.stringify(args)}. ${which}`)
    }
    if (target === session.hold) throw new ThrowpointError('TP_BAD_COMMAND', 'It is this one.')
    return { lines: [], data: { switch: target.number }, action: { kind: 'switch', hold: target.number } }
  },
}

const mute: Command = {
  name: 'mute',
  aliases: [],
  arguments: '[here | route | 5m | all]',
  group: 'going on',
  help: 'Hold no more exceptions of this place, of this route, for so long, or at all; without a word, what is muted',
  details:
    'They are reported as without a session. A time is written as 30s, 5m or 1h. This request keeps waiting. `unmute` ends it.',
  example: 'mute here',
  needsLive: true,
  run({ session, paint }, args) {
    const { holds, report } = session
    if (holds?.mute === undefined)
      throw new ThrowpointError('TP_NO_HOLD', 'Nothing is held here, so nothing can be muted.')
    if (args === '') {
      const muted = holds.muted?.() ?? []
      return { lines: muted.length === 0 ? [paint.dim('Nothing is muted.')] : [...muted], data: { muted } }
    }
    const time = /^(\d+(?:\.\d+)?)\s*(s|m|h)$/.exec(args)
    if (time !== null) {
      const ms = Math.min(
        Number(time[1]) * { s: 1000, m: 60_000, h: 3_600_000 }[time[2] as 's' | 'm' | 'h'],
        24 * 3_600_000,
      )
      holds.mute({ kind: 'time', ms })
    } else if (args === 'here') holds.mute({ kind: 'here', fingerprint: report.fingerprint })
    else if (args === 'all') holds.mute({ kind: 'all' })
    else if (args === 'route') {
      if (report.request === null)
        throw new ThrowpointError('TP_BAD_COMMAND', 'No request, so no route; "mute here" mutes this place.')
      const { method, route, url } = report.request
      holds.mute({ kind: 'route', method, route: route ?? url.split('?')[0]! })
    } else
      throw new ThrowpointError(
        'TP_BAD_COMMAND',
        `Mute what? "here", "route", "all", or a time such as 5m; not ${JSON.stringify(args)}.`,
      )
    const muted = holds.muted?.() ?? []
    return { lines: [paint.dim(`Muted; "unmute" ends it. This request keeps waiting.`)], data: { muted } }
  },
}

const unmute: Command = {
  name: 'unmute',
  aliases: [],
  arguments: '',
  group: 'going on',
  help: 'Hold all exceptions again',
  details: 'Ends everything that `mute` or `quit` has begun.',
  example: 'unmute',
  needsLive: true,
  run({ session, paint }) {
    const { holds } = session
    if (holds === undefined)
      throw new ThrowpointError('TP_NO_HOLD', 'Nothing is held here, so nothing is muted.')
    holds.unmute?.()
    holds.resume()
    return { lines: [paint.dim('Exceptions are held again.')], data: { muted: [] } }
  },
}

export const goingOnCommands: readonly Command[] = [
  continuing,
  retry,
  replay,
  respond,
  pass,
  throwing,
  sessions,
  switching,
  mute,
  unmute,
  quit,
  kill,
]
