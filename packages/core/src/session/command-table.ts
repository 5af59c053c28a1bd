import type { Command, Group } from './command.ts'
import { exchangeCommands } from './commands/exchange.ts'
import { frameCommands } from './commands/frames.ts'
import { helpCommand } from './commands/help.ts'
import { releaseCommands } from './commands/release.ts'
import { sessionCommands } from './commands/session.ts'
import { sourceCommands } from './commands/source.ts'
import { valueCommands } from './commands/values.ts'
import { startCommands } from './commands/start.ts'
import { variableCommands } from './commands/variables.ts'
import { waitingCommands } from './commands/waiting.ts'

/** Every command there is. Help, completion, the parser and the table of the README are made from it. */
export const commandTable: readonly Command[] = [
  ...frameCommands,
  ...sourceCommands,
  ...variableCommands,
  ...valueCommands,
  ...exchangeCommands,
  ...releaseCommands,
  ...waitingCommands,
  ...startCommands,
  helpCommand(() => commandTable),
  ...sessionCommands,
]

const byName: ReadonlyMap<string, Command> = new Map(
  commandTable.flatMap((command) =>
    [command.name, ...command.aliases].map((name) => [name, command] as const),
  ),
)

/** The command of a name or alias; undefined when there is none. */
export function commandNamed(name: string): Command | undefined {
  return byName.get(name)
}

/** All names and aliases. */
export function commandNames(): string[] {
  return [...byName.keys()]
}

const titles: Record<Group, string> = {
  frames: 'Frames and source',
  values: 'Values',
  'error and request': 'Error, request, process',
  'going on': 'What becomes of the request',
  session: 'The session',
  'not here': 'Refused, with the reason',
}

/** The table of the README. */
export function commandTableMarkdown(): string {
  const lines = ['| Command | Also | What it does |', '| --- | --- | --- |']
  for (const [group, title] of Object.entries(titles)) {
    const commands = commandTable.filter((command) => command.group === group)
    lines.push(`| **${title}** | | |`)
    if (group === 'not here') {
      const names = commands.map(({ name }) => `\`${name}\``).join(', ')
      lines.push(`| ${names} | | They say why they are not possible, and what is |`)
      continue
    }
    for (const { name, arguments: taken, aliases, help, needsHold, needsLive } of commands) {
      const usage = cell(`${name}${taken === '' ? '' : ` ${taken}`}`)
      const also = aliases.map((alias) => `\`${alias}\``).join(', ')
      const mark = needsHold === true ? ' (a held request)' : needsLive === true ? ' (not in a dump)' : ''
      lines.push(`| \`${usage}\` | ${also} | ${cell(help)}${mark} |`)
    }
  }
  return `${lines.join('\n')}\n`
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`)
}
