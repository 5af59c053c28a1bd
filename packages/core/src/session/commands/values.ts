import type { Value } from '@throwpoint/protocol'
import { ThrowpointError } from '../../errors.ts'
import type { Command, Outcome } from '../command.ts'
import { displayLines } from '../displays.ts'
import type { Turn } from '../turn.ts'
import { briefText, rawLines, valueLines } from '../value-text.ts'
import { keysOf } from '../value-keys.ts'
import { lastName } from '../value-path.ts'

/** Levels that are shown without being asked for. */
export const usualDepth = 3

/** Lines of a value that are printed without being asked for. */
const usualLines = 40

/** What a line of JavaScript gives, as it is printed. @param isDeep all of it, and texts as they are */
export async function evaluated(turn: Turn, code: string, depth: number, isDeep = false): Promise<Outcome> {
  const { session, paint, columns } = turn
  const value = await session.look(code, depth, turn.signal)
  const raw = isDeep ? rawLines(value) : undefined
  if (raw !== undefined) return { lines: raw.map(paint.good), data: value }
  const lines = valueLines(value, paint, columns, isDeep ? undefined : usualLines)
  if (value.type === 'string' && value.size !== undefined)
    lines.push(paint.dim(`… ${value.size} characters in all; "pp" shows more of them`))
  if (hasHidden(value, 0) && session.tell('redacted'))
    lines.push(
      paint.dim(
        '[redacted]: hidden by its name or shape; the options redact.names and redact.keep change that.',
      ),
    )
  return { lines, data: value }
}

function hasHidden({ unavailable, children }: Value, depth: number): boolean {
  if (unavailable === 'redacted') return true
  return depth < 10 && children !== undefined && children.some(({ value }) => hasHidden(value, depth + 1))
}

const p: Command = {
  name: 'p',
  aliases: ['print'],
  arguments: 'expression',
  group: 'values',
  help: 'What an expression gives, three levels deep',
  details:
    'Any JavaScript works, also without `p` before it, in the scope of the selected frame, with `await`; assignments change the real variables. Beside them there are $err (what was thrown), $req, $res, $ctx (Koa), $frame and $_ (the last value). Synchronous code may take a second; Ctrl-C gives up an `await`. In a dump: names and paths, such as order.rows[0].price.',
  example: 'p order.rows.filter((row) => row.price > 100)',
  takesCode: true,
  run: (turn, args) => evaluated(turn, needed(args, 'p order.id'), usualDepth),
}

const pp: Command = {
  name: 'pp',
  aliases: [],
  arguments: '[depth] expression',
  group: 'values',
  help: 'The same, as deep as it goes: 6 levels, or as many as the number says; texts in lines',
  details: 'A text is printed as it is, with its line breaks. Whatever is cut says so.',
  example: 'pp 2 order',
  takesCode: true,
  run(turn, args) {
    const depth = /^(\d{1,2})\s+(?=\S)/.exec(args)
    const code = args.slice(depth?.[0].length ?? 0)
    return evaluated(turn, needed(code, 'pp order'), Math.min(20, Math.max(1, Number(depth?.[1] ?? 6))), true)
  },
}

const whatis: Command = {
  name: 'whatis',
  aliases: [],
  arguments: 'expression',
  group: 'values',
  help: 'Type, class and size of what an expression gives',
  details: 'Looks at nothing inside of it.',
  example: 'whatis order.rows',
  takesCode: true,
  async run(turn, args) {
    const value = await turn.session.look(needed(args, 'whatis order'), 1, turn.signal)
    const { type, subtype, className, description, unavailable } = value
    const kind = subtype === undefined ? type : `${type}, ${subtype}`
    const of =
      className === undefined || className === 'Object' || type === 'function' ? '' : `, class ${className}`
    const count = value.children?.length
    const size = value.size ?? (value.subtype === undefined ? count : undefined)
    const contents = contentsOf(
      type,
      size ?? (typeof value.value === 'string' ? value.value.length : undefined),
    )
    const hidden = unavailable === 'redacted' ? ' (hidden by redaction)' : ''
    const line = `${kind}${of}${contents}${hidden}  ${turn.paint.dim(briefText({ ...value, preview: undefined } as never, 60))}`
    return { lines: [line], data: { type, subtype, className, description, size } }
  },
}

function contentsOf(type: Value['type'], size: number | undefined): string {
  const word =
    type === 'object'
      ? ['property', 'properties']
      : type === 'string'
        ? ['character', 'characters']
        : undefined
  return word === undefined || size === undefined ? '' : `, ${size} ${size === 1 ? word[0] : word[1]}`
}

const ls: Command = {
  name: 'ls',
  aliases: [],
  arguments: '[expression]',
  group: 'values',
  help: 'Names: of the variables in reach, or of the properties and methods of a value',
  details: 'Runs no getter: their names are marked. Methods are listed under the class they come from.',
  example: 'ls $req',
  takesCode: true,
  async run(turn, args) {
    const { session, paint } = turn
    if (args === '') {
      const names = session.variableNames()
      return {
        lines: inColumns(names.length === 0 ? ['no variables'] : names, turn.columns),
        data: { names },
      }
    }
    if (session.scopes === undefined) {
      const value = await session.look(args, 1, turn.signal)
      const names = (value.children ?? []).map(({ name }) => name)
      return {
        lines: inColumns(names.length === 0 ? ['no properties'] : names, turn.columns),
        data: { own: names },
      }
    }
    const { value } = await session.run(args, turn.signal)
    const picture = session.picture(value, 1, lastName(args))
    if (picture.unavailable === 'redacted')
      throw new ThrowpointError('TP_BAD_COMMAND', 'It is hidden by redaction.')
    const groups = keysOf(value)
    if (groups.length === 0) return { lines: [paint.dim('no properties')], data: { groups } }
    const lines = groups.flatMap(({ of, names }) => [
      paint.strong(of),
      ...inColumns(names, turn.columns - 2).map((line) => `  ${line}`),
    ])
    return { lines, data: { groups } }
  },
}

/** Names set in lines. */
function inColumns(names: readonly string[], columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const name of names) {
    if (line !== '' && line.length + 2 + name.length > columns) {
      lines.push(line)
      line = name
    } else line = line === '' ? name : `${line}  ${name}`
  }
  if (line !== '') lines.push(line)
  return lines
}

function needed(code: string, example: string): string {
  if (code.trim() !== '') return code
  throw new ThrowpointError('TP_BAD_COMMAND', `What? For example: ${example}`)
}

const mostDisplays = 20

const display: Command = {
  name: 'display',
  aliases: [],
  arguments: '[expression]',
  group: 'values',
  help: 'Show an expression at every frame you go to; without one, those that are shown',
  details: 'It is evaluated again after each `up`, `down` and `frame`. `undisplay` ends it.',
  example: 'display row.price',
  takesCode: true,
  async run(turn, args) {
    const { session, paint } = turn
    if (args !== '' && !session.displays.includes(args)) {
      if (session.displays.length >= mostDisplays)
        throw new ThrowpointError(
          'TP_BAD_COMMAND',
          `${mostDisplays} are shown already; "undisplay 1" ends one.`,
        )
      session.displays.push(args)
    }
    const { lines, data } = await displayLines(turn)
    return {
      lines: lines.length === 0 ? [paint.dim('Nothing is displayed.')] : lines,
      data: { displays: data },
    }
  },
}

const undisplay: Command = {
  name: 'undisplay',
  aliases: [],
  arguments: '[number]',
  group: 'values',
  help: 'End one that is displayed, by its number; without a number, all',
  details: '`display` shows the numbers.',
  example: 'undisplay 1',
  run({ session }, args) {
    if (args === '') session.displays.length = 0
    else {
      const index = /^\d+$/.test(args) ? Number(args) - 1 : session.displays.indexOf(args)
      if (session.displays[index] === undefined)
        throw new ThrowpointError(
          'TP_BAD_COMMAND',
          `Nothing is displayed as ${JSON.stringify(args)}; "display" lists what is.`,
        )
      session.displays.splice(index, 1)
    }
    return { lines: [], data: { displays: [...session.displays] } }
  },
}

const wait: Command = {
  name: 'await',
  aliases: [],
  arguments: 'expression',
  group: 'values',
  help: 'Wait for a promise and show what it gives',
  details:
    'It is JavaScript: `await` may stand anywhere in a line. The server goes on meanwhile; Ctrl-C gives up the wait.',
  example: 'await db.find(order.id)',
  takesCode: true,
  needsLive: true,
  run: (turn, args) => evaluated(turn, `await ${needed(args, 'await db.find(7)')}`, usualDepth),
}

export const valueCommands: readonly Command[] = [p, pp, whatis, ls, display, undisplay, wait]
