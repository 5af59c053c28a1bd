import { nearest } from '@throwpoint/core/nearest'
import { parseArguments } from './command/arguments.ts'
import { helpText } from './command/help.ts'
import { commandNamed, commandTable, runCommand } from './command/table.ts'
import { UsageError } from './command/usage-error.ts'
import { ownVersion } from './command/version.ts'
import { runScript } from './launch/run-script.ts'

/**
 * What a command returns: the exit code; undefined when a program goes on in its place.
 */
type Outcome = number | undefined | Promise<number | undefined>
type Command = (args: string[]) => Outcome

/** Each command is loaded when it is used: starting a program needs none of the others. */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve/serve.ts')).serve,
  attach: async () => (await import('./attach.ts')).attach,
  open: async () => (await import('./open.ts')).open,
  replay: async () => (await import('./replay.ts')).replay,
  doctor: async () => (await import('./doctor/doctor.ts')).doctor,
  completion: async () => (await import('./command/completion.ts')).completion,
}

/** The `throwpoint` command. Sets the exit code of the process, or becomes the program that it was asked to run. */
export function main(args: readonly string[]): void {
  let outcome: Outcome
  try {
    outcome = dispatch(args)
  } catch (error) {
    outcome = fail(error)
  }
  if (outcome instanceof Promise) void outcome.catch(fail).then(leave)
  else leave(outcome)
}

function leave(code: number | undefined): void {
  if (code !== undefined) process.exitCode = code
}

/**
 * Does what the arguments say.
 *
 * @throws UsageError when they say nothing that can be done
 */
export function dispatch(args: readonly string[]): Outcome {
  if (args.length === 0) {
    process.stderr.write(helpText())
    return 2
  }
  const { options, operands } = parseArguments(runCommand, args, true)
  if (options.has('help')) return print(helpText())
  if (options.has('version')) return print(`${ownVersion()}\n`)
  const [name = '', ...rest] = operands
  // Options before the command are its own as well
  const before = args.slice(0, args.length - operands.length)
  if (name === 'help') return print(helpText(helpTopic(rest[0])))
  const command = before.at(-1) === '--' ? undefined : commandNamed(name)
  if (command === undefined) return runScript([...args])
  const own = [...before, ...rest]
  if (asksForHelp(own)) return print(helpText(command))
  return loaders[command.name]!().then((run) => run(own))
}

/** `--` and what follows are not ours to read. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return (end === -1 ? args : args.slice(0, end)).some((one) => one === '--help' || one === '-h')
}

function helpTopic(name: string | undefined): (typeof commandTable)[number] {
  if (name === undefined) return runCommand
  const command = commandNamed(name)
  if (command !== undefined) return command
  const near = nearest(
    name,
    commandTable.map((one) => one.name),
  )
  throw new UsageError(`There is no command ${name}${near === undefined ? '' : `; did you mean ${near}?`}`)
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}

function fail(error: unknown): number {
  if (error instanceof UsageError) {
    const own = error.command === '' ? '' : ` ${error.command}`
    process.stderr.write(`throwpoint: ${error.message}\nSee: throwpoint${own} --help\n`)
    return 2
  }
  const isOurs = error instanceof Error && String((error as { code?: unknown }).code).startsWith('TP_')
  process.stderr.write(`throwpoint: ${isOurs ? error.message : ((error as Error)?.stack ?? String(error))}\n`)
  return 1
}
