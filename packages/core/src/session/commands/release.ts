import { ThrowpointError } from '../../errors.ts'
import type { Hold, Release } from '../../hold/hold.ts'
import { requestLine } from '../../report/sentences.ts'
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

export const releaseCommands: readonly Command[] = [continuing, retry, replay, respond, pass, throwing]
