import type { Frame } from '@throwpoint/protocol'
import { ThrowpointError } from '../../errors.ts'
import { nameOf } from '../../report/frame-lines.ts'
import { placeOf } from '../../report/sentences.ts'
import type { Command, Outcome } from '../command.ts'
import { functionAround, type Known, numbered, sourceOf } from '../source-lines.ts'
import type { Turn } from '../turn.ts'

/** Lines that `list` shows. */
const page = 11

/** The selected frame and the lines around it, after a move. */
export function here(turn: Turn): string[] {
  const { session, paint } = turn
  const frame = session.selected
  if (frame === undefined) return [paint.dim('No frames were captured.')]
  const place =
    frame.location === null ? 'unknown place' : placeOf(frame.location, session.report.process.cwd)
  const birth = frame.birth ? ' (constructed here)' : ''
  const title = `${paint.strong(`#${session.frame} ${nameOf(frame)}`)}  ${paint.place(place)}${birth}`
  const known = sourceOf(frame, session.debuggee)
  if (known === undefined || frame.location === null) return [title]
  const { line } = frame.location
  const shown = trimmed(known, Math.max(known.first, line - 3), Math.min(lastOf(known), line + 2), line)
  return [title, ...numbered(known, shown.from, shown.to, frame, paint, turn.columns)]
}

/** Without the empty lines at both ends. */
function trimmed(known: Known, from: number, to: number, line: number): { from: number; to: number } {
  let first = from
  let last = to
  while (first < line && (known.lines[first - known.first] ?? '').trim() === '') first++
  while (last > line && (known.lines[last - known.first] ?? '').trim() === '') last--
  return { from: first, to: last }
}

const list: Command = {
  name: 'list',
  aliases: ['l'],
  arguments: '[. | - | line | first, last]',
  group: 'frames',
  help: 'Source around the line of the frame, and what follows when it is asked for again',
  details:
    'The line of the frame is marked, and the column where it stands. `list -` shows what comes before, `list .` (or just `.`) the line of the frame again, `list 40` the lines around 40, `list 10, 30` those from 10 to 30. An empty line goes on.',
  example: 'list 10, 30',
  repeats: true,
  run(turn, args) {
    const { frame, known } = sourceHere(turn)
    const { from, to } = range(turn, args, known, frame)
    return show(turn, frame, known, from, to)
  },
}

const longList: Command = {
  name: 'll',
  aliases: ['longlist'],
  arguments: '',
  group: 'frames',
  help: 'Source of the whole function of the frame',
  details: 'Where the function begins and ends is told by the indentation of the source.',
  example: 'll',
  run(turn) {
    const { frame, known } = sourceHere(turn)
    const { from, to } = functionAround(known, frame.location!.line)
    return show(turn, frame, known, from, to)
  },
}

function sourceHere({ session }: Turn): { frame: Frame; known: Known } {
  const frame = session.selected
  if (frame === undefined) throw new ThrowpointError('TP_BAD_COMMAND', 'There are no frames.')
  const known = sourceOf(frame, session.debuggee)
  if (known !== undefined) return { frame, known }
  const why =
    frame.location === null
      ? 'It is not known where this frame stands.'
      : session.debuggee.origin === 'capture'
        ? `The source of ${frame.location.file} cannot be read.`
        : `The dump has no source of ${frame.location.file}: it has those of your own files.`
  throw new ThrowpointError('TP_BAD_COMMAND', `${why} "up" and "down" go to frames of yours.`)
}

function range({ session }: Turn, args: string, known: Known, frame: Frame): { from: number; to: number } {
  const line = frame.location!.line
  const { listed } = session
  const around = (middle: number): { from: number; to: number } => ({
    from: middle - 5,
    to: middle - 6 + page,
  })
  if (args === '.') return around(line)
  if (args === '-') {
    if (listed === undefined) return { from: line - 5 - page, to: line - 6 }
    if (listed.from <= known.first) throw new ThrowpointError('TP_BAD_COMMAND', `${edge(known)} begins here.`)
    return { from: listed.from - page, to: listed.from - 1 }
  }
  if (args === '') {
    if (listed === undefined) return around(line)
    if (listed.to >= lastOf(known))
      throw new ThrowpointError(
        'TP_BAD_COMMAND',
        `${edge(known)} ends here; "list ." goes back to the frame.`,
      )
    return { from: listed.to + 1, to: listed.to + page }
  }
  const [whole, first, last] = /^(\d+)(?:\s*[,\s-]\s*(\d+))?$/.exec(args) ?? []
  if (whole === undefined)
    throw new ThrowpointError(
      'TP_BAD_COMMAND',
      `Which lines? "list 40", "list 10, 30", "list -" or "list .", not ${JSON.stringify(args)}.`,
    )
  const from = Number(first)
  // As pdb has it: a smaller second number is a count.
  const to = last === undefined ? undefined : Number(last) < from ? from + Number(last) : Number(last)
  const asked = to === undefined ? around(from) : { from, to: Math.min(to, from + 400) }
  if (asked.to < known.first || from > lastOf(known)) {
    const there = `Lines ${known.first} to ${lastOf(known)} are there.`
    throw new ThrowpointError(
      'TP_BAD_COMMAND',
      `${there}${known.partial ? ' Only those around the frame were captured.' : ''}`,
    )
  }
  return asked
}

function edge({ partial }: Known): string {
  return partial ? 'What was captured of the file' : 'The file'
}

function lastOf({ first, lines }: Known): number {
  return first + lines.length - 1
}

function show(turn: Turn, frame: Frame, known: Known, from: number, to: number): Outcome {
  const { session, paint, columns } = turn
  const first = Math.max(known.first, Math.min(from, lastOf(known)))
  const last = Math.min(lastOf(known), Math.max(to, first))
  const { file, line, column } = frame.location!
  session.listed = { file, from: first, to: last }
  const lines = numbered(known, first, last, frame, paint, columns)
  const text = known.lines.slice(first - known.first, last - known.first + 1)
  return { lines, data: { file, line, column, firstLine: first, lines: text } }
}

const edit: Command = {
  name: 'edit',
  aliases: ['e'],
  arguments: '',
  group: 'frames',
  help: 'The command that opens the line of the frame in your editor ($VISUAL, $EDITOR)',
  details:
    'It is printed and not run: the editor would take the terminal from this prompt. Paste it into another one.',
  example: 'edit',
  run(turn) {
    const { file, line, column } = placeHere(turn)
    const editor = process.env['VISUAL'] || process.env['EDITOR'] || 'vi'
    const command = editorCommand(editor, file, line, column)
    return { lines: [command], data: { command, file, line, column } }
  },
}

function placeHere({ session }: Turn): { file: string; line: number; column: number } {
  const location = session.selected?.location
  if (location === null || location === undefined)
    throw new ThrowpointError('TP_BAD_COMMAND', 'It is not known where this frame stands.')
  return location
}

/** How the editors that are used most open a line. */
function editorCommand(editor: string, file: string, line: number, column: number): string {
  const path = /^[\w./@+-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`
  const program = (editor.trim().split(/\s+/)[0] ?? '')
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\.(?:exe|cmd)$/i, '')
  if (/^(?:code|code-insiders|codium|cursor|windsurf|positron)$/.test(program))
    return `${editor} --goto ${path}:${line}:${column}`
  if (/^(?:subl|zed|hx|helix|atom|mate)$/.test(program)) return `${editor} ${path}:${line}:${column}`
  if (/^(?:idea|webstorm|phpstorm|fleet)$/.test(program)) return `${editor} --line ${line} ${path}`
  if (/^(?:n?vim?|gvim)$/.test(program)) return `${editor} "+call cursor(${line},${column})" ${path}`
  return `${editor} +${line} ${path}`
}

const open: Command = {
  name: 'open',
  aliases: [],
  arguments: '',
  group: 'frames',
  help: 'Addresses: the page of the report, and the line of the frame in VS Code',
  details: 'Most terminals open an address by a click with Ctrl or Cmd held down.',
  example: 'open',
  run(turn) {
    const { session, paint } = turn
    const location = session.selected?.location
    const page = session.hold?.link ?? session.debuggee.link
    const isFile =
      location !== null && location !== undefined && !/^(?:node|wasm|https?|data):/.test(location.file)
    const source = isFile
      ? `vscode://file${encodeURI(location.file.startsWith('/') ? location.file : `/${location.file.replaceAll('\\', '/')}`)}:${location.line}:${location.column}`
      : undefined
    const lines: string[] = []
    if (page !== undefined) lines.push(`page    ${paint.place(page)}`)
    if (source !== undefined) lines.push(`source  ${paint.place(source)}`)
    if (lines.length === 0)
      throw new ThrowpointError('TP_BAD_COMMAND', 'There is no page and no source file to open here.')
    return { lines, data: { page, source } }
  },
}

export const sourceCommands: readonly Command[] = [list, longList, edit, open]
