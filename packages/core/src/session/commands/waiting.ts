import { ThrowpointError } from '../../errors.ts'
import type { Hold } from '../../hold/hold.ts'
import { later } from '../../later.ts'
import { columnsOf, fit, wrap } from '../../report/columns.ts'
import { errorLine, placeOf, requestLine, stopSentence } from '../../report/sentences.ts'
import type { Command } from '../command.ts'

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

export const waitingCommands: readonly Command[] = [sessions, switching, mute, unmute, quit, kill]
