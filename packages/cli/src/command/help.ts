import { type CommandEntry, commandTable, help, type OptionEntry, runCommand, version } from './table.ts'

/** The help of one command; the one that runs a script lists the others as well. */
export function helpText(command: CommandEntry = runCommand): string {
  const isRun = command === runCommand
  const parts = [`Usage: ${usage(command)}`]
  if (isRun) parts.push(...others().map((line) => `       ${line}`))
  parts.push('', sentence(command.summary))
  if (command.details !== undefined) parts.push('', command.details)
  if (isRun) {
    parts.push(
      '',
      'Commands:',
      ...rows(others().map((line, at) => [short(line), commandTable[at + 1]!.summary])),
    )
  }
  const options = [...command.options, help, ...(isRun ? [version] : [])]
  parts.push('', 'Options:', ...rows(options.map((option) => [spelling(option), option.description])))
  if (command.takesNodeOptions) parts.push(...rows([['--…', 'Any option of Node that goes with a script']]))
  parts.push('', 'Examples:', ...command.examples.map((line) => `  ${line}`))
  if (isRun) parts.push('', 'Help on one command: throwpoint serve --help')
  return `${parts.join('\n')}\n`
}

/** `-p, --port PORT` */
export function spelling({ name, short: letter, value, optional }: OptionEntry): string {
  const given = value === undefined ? '' : optional === true ? `[=${value}]` : ` ${value}`
  return `${letter === undefined ? '    ' : `-${letter}, `}--${name}${given}`
}

/** The table of commands and options, for the README. */
export function commandTableMarkdown(): string {
  const lines = ['| command | what it does |', '| --- | --- |']
  for (const command of commandTable) lines.push(`| \`${cell(usage(command))}\` | ${cell(command.summary)} |`)
  lines.push('', '| option | what it does |', '| --- | --- |')
  const seen = new Set<OptionEntry>()
  for (const { name, options } of commandTable) {
    for (const option of options) {
      if (seen.has(option)) continue
      seen.add(option)
      const of = name === '' ? '' : ` (${name})`
      lines.push(`| \`${cell(spelling(option).trim())}\`${of} | ${cell(option.description)} |`)
    }
  }
  return lines.join('\n')
}

function usage({ name, operands, options }: CommandEntry): string {
  if (name === '') return `throwpoint ${operands}`
  return `throwpoint ${name} ${options.length > 0 ? '[options] ' : ''}${operands}`
}

function others(): readonly string[] {
  return commandTable.slice(1).map(usage)
}

function short(line: string): string {
  return line.replace('throwpoint ', '').replace('[options] ', '')
}

function sentence(text: string): string {
  return `${text}.`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

const left = 28
const columns = 100

function rows(entries: ReadonlyArray<readonly [head: string, text: string]>): string[] {
  return entries.flatMap(([head, text]) => {
    const lines = wrap(text, columns - left)
    const first = `  ${head}`
    const start = first.length < left - 1 ? [first.padEnd(left) + lines.shift()!] : [first]
    return [...start, ...lines.map((line) => ' '.repeat(left) + line)]
  })
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
