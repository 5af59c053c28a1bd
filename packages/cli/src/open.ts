import { readFileSync } from 'node:fs'
import {
  type Conversation,
  converse,
  dumpDebuggee,
  readDump,
  split,
  type View,
} from '@throwpoint/core/session'
import { parseArguments } from './command/arguments.ts'
import { commandNamed } from './command/table.ts'
import { UsageError } from './command/usage-error.ts'
import { dumpsOfProject, dumpTable, findDump } from './open/dumps.ts'
import { talk } from './open/talk.ts'

/** What one command gave, with `--json`: one line of JSON. */
export interface JsonReply {
  /** As it was given. */
  readonly line: string
  /** What the command found, as plain JSON; null when it failed or has nothing to tell. */
  readonly data: unknown
  /** It could not be done: a code, and what to do. */
  readonly error?: { readonly code: string; readonly message: string }
}

/**
 * `throwpoint open [FILE]`: the commands of the prompt on a dump, offline.
 *
 * @returns 0; 1 when a command failed or the dump cannot be read
 * @throws UsageError
 */
export async function open(args: string[]): Promise<number> {
  const { options, operands } = parseArguments(commandNamed('open')!, args)
  const [given, more] = operands
  if (more !== undefined) throw new UsageError(`open takes one dump, and ${more} is a second one`, 'open')
  const json = options.has('json')
  const last = options.has('last')
  if (last && given !== undefined) throw new UsageError('Either --last or a file', 'open')
  if (given === undefined && !last) return list(json, options.has('commands'))
  const file = given === undefined ? newest() : findDump(given)
  if (file === undefined) return 1
  const report = readDump(file)
  const conversation = converse({ debuggee: dumpDebuggee(report, file), client: 'throwpoint open' })
  const commands = options.get('commands')
  if (commands !== undefined) return run(conversation, commands.flatMap(commandsOf), json)
  if (process.stdin.isTTY === true && process.stdout.isTTY === true) {
    if (json) throw new UsageError("--json goes with commands: -c 'where; locals'", 'open')
    return talk(conversation, view(true))
  }
  return run(conversation, linesOf(readFileSync(0, 'utf8'), conversation), json)
}

function list(json: boolean, withCommands: boolean): number {
  if (withCommands) throw new UsageError('Which dump? Give its file, or --last for the newest', 'open')
  const { directory, dumps } = dumpsOfProject()
  if (json) {
    process.stdout.write(`${JSON.stringify({ directory, dumps })}\n`)
    return 0
  }
  if (dumps.length === 0) {
    process.stderr.write(noDumps(directory))
    return 1
  }
  process.stdout.write(`${dumpTable(directory, dumps, process.stdout.columns ?? 80)}\n`)
  return 0
}

function newest(): string | undefined {
  const { directory, dumps } = dumpsOfProject(1)
  const [dump] = dumps
  if (dump === undefined) process.stderr.write(noDumps(directory))
  return dump?.file
}

function noDumps(directory: string): string {
  return (
    `No dumps in ${directory}. They are written with --dump (throwpoint --dump app.js), the option dump, ` +
    'or the command "save" of a session; one from elsewhere is opened by its path.\n'
  )
}

/** `where; locals`; with `;;` or more lines the parts may hold semicolons of JavaScript. */
function commandsOf(text: string): string[] {
  const separator = text.includes(';;') || text.includes('\n') ? ';;' : ';'
  return text
    .split(/\r?\n/)
    .flatMap((line) => split(line, separator))
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** Lines of a file; one that is not whole goes on in the next. */
function linesOf(text: string, conversation: Conversation): string[] {
  const lines: string[] = []
  let open = ''
  for (const line of text.split(/\r?\n/)) {
    open = open === '' ? line : `${open}\n${line}`
    if (!conversation.isComplete(open)) continue
    if (open.trim() !== '' && !open.trim().startsWith('#')) lines.push(open)
    open = ''
  }
  if (open.trim() !== '') lines.push(open)
  return lines
}

async function run(conversation: Conversation, lines: readonly string[], json: boolean): Promise<number> {
  let code = 0
  const shown = view(false, json)
  if (lines.length === 0 && !json) print(process.stdout, conversation.greet(shown).text)
  for (const line of lines) {
    const { text, data, error, action } = await conversation.execute(line, shown)
    if (error !== undefined) code = 1
    if (json) {
      const reply: JsonReply = { line, data, ...(error && { error }) }
      print(process.stdout, JSON.stringify(reply))
    } else if (text !== '') print(error === undefined ? process.stdout : process.stderr, text)
    if (action !== undefined) break
  }
  return code
}

function print(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${text}\n`)
}

function view(interactive: boolean, json = false): View {
  const { stdout } = process
  return {
    colors: !json && stdout.hasColors?.() === true,
    columns: stdout.columns ?? (interactive ? 80 : 100),
  }
}
