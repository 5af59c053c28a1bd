import { ThrowpointError } from '../errors.ts'
import { nearest } from '../options/nearest.ts'
import { head, wrap } from '../report/columns.ts'
import { visible } from '../report/visible.ts'
import type { Outcome } from './command.ts'
import { commandNames } from './command-table.ts'
import { evaluated, usualDepth } from './commands/values.ts'
import { noHold } from './commands/release.ts'
import { completions } from './complete.ts'
import { declared } from './declaration.ts'
import { faultOf } from './fault.ts'
import { greeting } from './greeting.ts'
import { isUnfinished, split } from './js-text.ts'
import { type Parsed, parseLine } from './parse-line.ts'
import { readRcFile, rcPath } from './rc-file.ts'
import type { Conversation, Reply, View } from './reply.ts'
import { Session } from './session.ts'
import type { Subject } from './subject.ts'
import { Turn } from './turn.ts'

export type { Subject } from './subject.ts'

/** Characters of a line. */
const longest = 100_000
/** Aliases in aliases. */
const deepest = 10

/**
 * A conversation about a capture or a dump. Nothing is read or run before the first line; no method throws.
 *
 * @example
 * const conversation = converse({ debuggee: dumpDebuggee(readDump(file), file), client: 'open' })
 * const { text } = await conversation.execute('where', { colors: false, columns: 80 })
 */
export function converse(subject: Subject): Conversation {
  return new CommandConversation(subject)
}

interface Step {
  readonly lines: readonly string[]
  readonly data: unknown
  readonly error?: NonNullable<Reply['error']>
  readonly action?: NonNullable<Reply['action']>
}

class CommandConversation implements Conversation {
  readonly #session: Session
  readonly #rcFile: string | undefined
  #started = false
  /** What an empty line does again. */
  #repeat: string | undefined

  constructor(subject: Subject) {
    this.#session = new Session(subject)
    const { rcFile } = subject.services ?? {}
    this.#rcFile = rcFile === null ? undefined : (rcFile ?? rcPath())
  }

  get prompt(): string {
    const { selected, frame, cause } = this.#session
    const name =
      selected === undefined
        ? 'no frames'
        : `${visible(head(selected.functionName || 'anonymous', 40).text).replaceAll('\n', ' ')}#${frame}`
    return cause === -1 ? name : `${name} of cause ${cause + 1}`
  }

  greet(view: View): Reply {
    const turn = new Turn(this.#session, view)
    return replyOf([guarded(turn, () => greeting(turn))])
  }

  async execute(line: string, view: View, signal?: AbortSignal): Promise<Reply> {
    const turn = new Turn(this.#session, view, signal)
    const prompt = this.prompt
    const steps = await this.#start(turn)
    const text = typeof line === 'string' ? line : ''
    if (text.length > longest)
      steps.push(
        failed(turn, new ThrowpointError('TP_BAD_COMMAND', `A line has at most ${longest} characters.`)),
      )
    else {
      this.#session.remember(text)
      steps.push(...(await this.#do(text, turn, 0)))
    }
    const reply = replyOf(steps)
    this.#session.transcript.add(prompt, text, reply.text)
    return reply
  }

  isComplete(line: string): boolean {
    try {
      const last = split(line, ';;').at(-1) ?? ''
      const parsed = parseLine(last, this.#session)
      if (parsed.kind === 'code') return !isUnfinished(parsed.code)
      if (parsed.kind !== 'command' || parsed.command.takesCode !== true) return true
      return !isUnfinished(codeOf(parsed.command.name, parsed.args))
    } catch {
      return true
    }
  }

  async complete(line: string): Promise<readonly string[]> {
    try {
      return completions(this.#session, line)
    } catch {
      return []
    }
  }

  /** Runs the rc file before the first line. */
  async #start(turn: Turn): Promise<Step[]> {
    if (this.#started) return []
    this.#started = true
    if (this.#rcFile === undefined) return []
    const file = readRcFile(this.#rcFile)
    if (file === undefined) return []
    const steps: Step[] = []
    const fail = (what: string): void => {
      steps.push({ lines: [turn.paint.warn(`${file.path}: ${what}`)], data: undefined })
    }
    if (file.problem !== undefined) fail(file.problem)
    for (const line of file.lines) {
      const parsed = parseLine(line, this.#session)
      if (parsed.kind === 'command' && parsed.command.acts === true) {
        fail(`${parsed.command.name} is only done when somebody types it`)
        continue
      }
      for (const { error } of await this.#do(line, turn, 0))
        if (error !== undefined) fail(`${line}: ${error.message}`)
    }
    return steps
  }

  async #do(line: string, turn: Turn, depth: number): Promise<Step[]> {
    const steps: Step[] = []
    // The commands of an alias may be several.
    const parts = /^\s*\.?alias\s/.test(line) ? [line] : split(line, ';;')
    for (const part of parts) {
      for (const step of await this.#doOne(part, turn, depth)) {
        steps.push(step)
        // What comes behind was meant for another state.
        if (step.error !== undefined || step.action !== undefined) return steps
      }
    }
    return steps
  }

  async #doOne(line: string, turn: Turn, depth: number): Promise<Step[]> {
    const session = this.#session
    try {
      const expanded = expand(line, session.aliases, session)
      if (expanded !== undefined) {
        if (depth < deepest) return await this.#do(expanded, turn, depth + 1)
        throw new ThrowpointError('TP_BAD_COMMAND', 'Aliases refer to each other without an end.')
      }
      const said = session.asked === undefined ? undefined : answerTo(line)
      if (said === 'no') {
        session.asked = undefined
        return [{ lines: [turn.paint.dim('Nothing is done.')], data: null }]
      }
      const parsed = parseLine(said === 'yes' ? `.${session.asked}` : line, session)
      if (parsed.kind === 'empty')
        return this.#repeat === undefined ? [] : await this.#doOne(this.#repeat, turn, depth)
      const { asked } = session
      const outcome = await this.#perform(parsed, turn)
      if (session.asked === asked) session.asked = undefined
      this.#repeat = repeated(parsed)
      return [withChatter(outcome, turn)]
    } catch (error) {
      session.asked = undefined
      this.#repeat = undefined
      return [failed(turn, error, line)]
    }
  }

  async #perform(parsed: Exclude<Parsed, { kind: 'empty' }>, turn: Turn): Promise<Outcome> {
    const { session, paint } = turn
    if (parsed.kind === 'unknown') throw unknownCommand(parsed.name)
    if (parsed.kind === 'code') {
      const declaration = await declared(parsed.code, turn)
      const outcome = declaration ?? (await evaluated(turn, parsed.code, usualDepth))
      const { over } = parsed
      if (over === undefined || !session.tell(`over ${over}`)) return outcome
      const note = paint.dim(`(the variable ${over}; the command is .${over})`)
      return { ...outcome, lines: [...outcome.lines, note] }
    }
    const { command, args, bang, beside } = parsed
    if (command.needsHold === true && session.hold === undefined)
      throw new ThrowpointError('TP_NO_HOLD', noHold(session))
    if (command.needsLive === true && session.debuggee.origin !== 'capture') {
      throw new ThrowpointError(
        'TP_NOT_LIVE',
        `${command.name} needs the running process, and this is a dump.`,
      )
    }
    const outcome = await command.run(turn, args, bang)
    if (beside === undefined || !session.tell(`beside ${beside}`)) return outcome
    const note = paint.dim(`(the command ${command.name}; the variable is !${beside})`)
    return { ...outcome, lines: [...outcome.lines, note] }
  }
}

/** What somebody says who was asked whether it is meant. */
function answerTo(line: string): 'yes' | 'no' | undefined {
  const [, yes] = /^\s*(?:(y|yes)|n|no)\s*$/i.exec(line) ?? [undefined, null]
  return yes === null ? undefined : yes === undefined ? 'no' : 'yes'
}

/** The code among the arguments of a command. */
function codeOf(name: string, args: string): string {
  if (name === 'respond') return /^\d+\s+(?=[{[])/.test(args) ? `(${args.replace(/^\d+\s+/, '')}` + ')' : ''
  if (name === 'pp') return args.replace(/^\d{1,2}\s+(?=\S)/, '')
  return args
}

function repeated(parsed: Parsed): string | undefined {
  if (parsed.kind !== 'command' || parsed.command.repeats !== true) return undefined
  const { name } = parsed.command
  if (name !== 'list')
    return `.${name}${parsed.bang ? '!' : ''}${parsed.args === '' ? '' : ` ${parsed.args}`}`
  return parsed.args === '-' ? '.list -' : '.list'
}

/** What an alias stands for; a variable of the frame comes before it. */
function expand(line: string, aliases: ReadonlyMap<string, string>, session: Session): string | undefined {
  const [whole, name = ''] = /^\s*([A-Za-z][\w-]*)(?=\s|$)/.exec(line) ?? []
  const text = aliases.get(name)
  if (whole === undefined || text === undefined || session.hasVariable(name)) return undefined
  const rest = line.slice(whole.length).trim()
  const words = rest.split(/\s+/)
  if (!/%[1-9*]/.test(text)) return rest === '' ? text : `${text} ${rest}`
  return text.replaceAll(/%([1-9*])/g, (_, which: string) =>
    which === '*' ? rest : (words[Number(which) - 1] ?? ''),
  )
}

function unknownCommand(name: string): ThrowpointError {
  const near = nearest(name, commandNames())
  const hint = near === undefined ? '"help" lists them.' : `Did you mean ${near}?`
  return new ThrowpointError('TP_UNKNOWN_COMMAND', `There is no command ${JSON.stringify(name)}. ${hint}`)
}

function withChatter(outcome: Outcome, turn: Turn): Step {
  const printed = turn.session.chatter.take()
  const { lines, data = null, action } = outcome
  const own = printed.length === 0 ? data : { value: data, printed }
  return { lines: [...printed, ...lines], data: own, ...(action === undefined ? {} : { action }) }
}

function failed(turn: Turn, error: unknown, line = ''): Step {
  const { session, paint } = turn
  const { code, message } = faultOf(session, error)
  const isUnknown = message.startsWith('There is no variable')
  const hint = hintFor(message, line, session) ?? (isUnknown ? session.whyNoCode : undefined)
  const text = hint === undefined ? message : `${message}${message.endsWith('.') ? '' : '.'} ${hint}`
  const shown = code === 'Error' ? text.split('\n') : wrap(text, turn.columns)
  const lines = [...session.chatter.take(), ...shown.map(code === 'Error' ? paint.error : paint.warn)]
  return { lines, data: null, error: { code, message: text } }
}

/** What somebody may have meant. */
function hintFor(message: string, line: string, session: Session): string | undefined {
  if (message.startsWith('SyntaxError')) {
    const [first = ''] = /^\s*[A-Za-z]{3,}(?=\s)/.exec(line) ?? []
    const meant = nearCommand(first.trim())
    return meant === undefined || session.hasVariable(first.trim()) ? undefined : meant
  }
  const unknown =
    /^ReferenceError: (\S+) is not defined$/.exec(message)?.[1] ??
    /^There is no variable (\S+) in/.exec(message)?.[1]
  if (unknown === undefined) return undefined
  const escapedName = unknown.replaceAll('$', String.raw`\$`)
  if (new RegExp(`^\\s*${escapedName}\\s*=(?!=)`).test(line))
    return `To keep a value for this session: let ${line.trim()}`
  const isWord = new RegExp(`^\\s*${escapedName}(?=\\s|$)`).test(line)
  const elsewhere = session.frames.findIndex((frame, index) => {
    return (
      index !== session.frame &&
      frame.scopes.some(({ type, variables }) => {
        return type !== 'module' && variables.some(({ name }) => name === unknown)
      })
    )
  })
  if (elsewhere !== -1 && message.startsWith('ReferenceError'))
    return `Frame ${elsewhere} has it: "frame ${elsewhere}"`
  if (unknown.length < 3) return undefined
  const near = nearest(unknown, session.variableNames())
  if (near !== undefined && near !== unknown) return `Did you mean ${near}?`
  return isWord ? nearCommand(unknown) : undefined
}

function nearCommand(word: string): string | undefined {
  const names = commandNames().filter((name) => name.length > 2 && name[0] === word[0])
  const command = nearest(word, names)
  return command === undefined || command === word ? undefined : `Did you mean the command ${command}?`
}

function guarded(turn: Turn, make: () => Outcome): Step {
  try {
    const { lines, data = null } = make()
    return { lines, data }
  } catch (error) {
    return failed(turn, error)
  }
}

// oxlint-disable-next-line no-control-regex -- the colours of ours
const colour = /(\u001b\[\d{1,2}m)/

/** Whatever a command made of its data: nothing but our colours reaches a terminal. */
function safe(text: string): string {
  return text
    .split(colour)
    .map((part, index) => (index % 2 === 1 ? part : visible(part)))
    .join('')
}

function replyOf(steps: readonly Step[]): Reply {
  const text = safe(steps.flatMap(({ lines }) => lines).join('\n'))
  const told = steps.filter(({ data }) => data !== undefined)
  const data = plain(told.length === 1 ? told[0]!.data : told.map((step) => step.data))
  const last = steps.at(-1)
  return {
    text,
    data: told.length === 0 ? null : data,
    ...(last?.error === undefined ? {} : { error: last.error }),
    ...(last?.action === undefined ? {} : { action: last.action }),
  }
}

/** Plain JSON, with nothing in it that is not. */
function plain(data: unknown): unknown {
  try {
    return data === undefined || data === null ? null : (JSON.parse(JSON.stringify(data)) as unknown)
  } catch {
    return null
  }
}
