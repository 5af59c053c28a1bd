import { ThrowpointError } from '../../errors.ts'
import { nearest } from '../../options/nearest.ts'
import { pad, wrap } from '../../report/columns.ts'
import type { Command, Group, Outcome } from '../command.ts'
import type { Turn } from '../turn.ts'

/** The command `help` of a table. */
export function helpCommand(table: () => readonly Command[]): Command {
  return {
    name: 'help',
    aliases: ['h'],
    arguments: '[command]',
    group: 'session',
    help: 'The commands; with a name, more about that one',
    details: 'Also `?`.',
    example: 'help respond',
    run(turn, args) {
      const { paint, columns } = turn
      if (args !== '') return helpOf(table(), turn, args.replace(/^[.!]+|!$/g, ''))
      const lines: string[] = []
      for (const group of groups) {
        const commands = table().filter((command) => command.group === group)
        lines.push(paint.strong(group))
        for (const command of commands) {
          const names = [command.name, ...command.aliases.slice(0, 2)].join(', ')
          const head = `  ${pad(names, 23)} `
          const [first = '', ...rest] = wrap(command.help, Math.max(30, columns - 26))
          lines.push(`${paint.place(head)}${first}`, ...rest.map((line) => `${' '.repeat(26)}${line}`))
        }
      }
      lines.push('')
      for (const line of wrap(general, columns)) lines.push(line)
      return { lines, data: table().map(commandData) }
    },
  }
}

const general =
  'Anything else is JavaScript in the selected frame: names, expressions, statements, with await. A variable of the frame comes before a command of its name: .c is the command, !c is JavaScript. Commands are separated by ;; and an empty line repeats list, up and down. "help NAME" says more.'

const groups: readonly Group[] = ['frames', 'values', 'error and request', 'going on', 'session']

function helpOf(table: readonly Command[], turn: Turn, name: string): Outcome {
  const { paint, columns } = turn
  const names = table.flatMap((one) => [one.name, ...one.aliases])
  const command = table.find((one) => one.name === name || one.aliases.includes(name))
  if (command === undefined) {
    const near = nearest(name, names)
    const hint = near === undefined ? '"help" lists them.' : `Did you mean ${near}?`
    throw new ThrowpointError('TP_UNKNOWN_COMMAND', `There is no command ${JSON.stringify(name)}. ${hint}`)
  }
  const usage = `${command.name}${command.arguments === '' ? '' : ` ${command.arguments}`}`
  const lines = [paint.strong(usage), ...wrap(`${command.help}.`, columns), ...wrap(command.details, columns)]
  if (command.aliases.length > 0) lines.push(`${paint.dim('also')}     ${command.aliases.join(', ')}`)
  lines.push(`${paint.dim('example')}  ${command.example}`)
  const { needsHold, needsLive } = command
  if (needsHold === true) lines.push(paint.dim('Needs a request that is held.'))
  else if (needsLive === true) lines.push(paint.dim('Needs the running process: not in a dump.'))
  return { lines, data: commandData(command) }
}

function commandData(command: Command): object {
  const {
    name,
    aliases,
    arguments: taken,
    group,
    help: sentence,
    details,
    example,
    needsLive,
    needsHold,
  } = command
  return {
    name,
    aliases,
    arguments: taken,
    group,
    help: sentence,
    details,
    example,
    needsLive: needsLive === true || needsHold === true,
    needsHold: needsHold === true,
  }
}
