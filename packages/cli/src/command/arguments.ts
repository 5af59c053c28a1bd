import { nearest } from '@throwpoint/core/nearest'
import { nodeOption, nodeOptionNames } from '../launch/node-options.ts'
import { type CommandEntry, commandTable, help, type OptionEntry, version } from './table.ts'
import { UsageError } from './usage-error.ts'

export interface Arguments {
  /** The values of each option that was given, by its name; a switch has an empty one. */
  readonly options: ReadonlyMap<string, readonly string[]>
  /** Options of Node, as they were written. */
  readonly nodeOptions: readonly string[]
  readonly operands: readonly string[]
}

/**
 * Reads what follows a command.
 *
 * @param untilOperand - everything from the first operand on belongs to that operand
 * @throws UsageError that names the nearest option
 */
export function parseArguments(
  command: CommandEntry,
  list: readonly string[],
  untilOperand: boolean = false,
): Arguments {
  const known = [...command.options, help, version]
  const options = new Map<string, string[]>()
  const nodeOptions: string[] = []
  const operands: string[] = []
  for (let at = 0; at < list.length; at++) {
    const argument = list[at]!
    if (argument === '--' || argument === '-' || !argument.startsWith('-')) {
      const rest = argument === '--' ? at + 1 : at
      if (untilOperand || argument === '--') {
        operands.push(...list.slice(rest))
        break
      }
      operands.push(argument)
      continue
    }
    const equals = argument.indexOf('=')
    const name = equals === -1 ? argument : argument.slice(0, equals)
    const given = equals === -1 ? undefined : argument.slice(equals + 1)
    const option = known.find((entry) => name === `--${entry.name}` || name === `-${entry.short}`)
    if (option !== undefined) {
      const takesNext = option.value !== undefined && option.optional !== true && given === undefined
      if (takesNext && at + 1 === list.length) throw missing(option, command)
      const value = takesNext ? list[++at]! : given
      const values = options.get(option.name)
      const checked = check(option, value, command)
      if (option.many === true && values !== undefined) values.push(checked)
      else options.set(option.name, [checked])
      continue
    }
    const kind = command.takesNodeOptions === true ? nodeOption(name, given !== undefined) : 'unknown'
    if (kind === 'unknown') throw unknown(name, known, command)
    if (kind === 'runs no script') {
      throw new UsageError(
        `${name} runs no script; give it to node instead: node ${argument} …`,
        command.name,
      )
    }
    nodeOptions.push(argument)
    if (kind === 'takes next') {
      if (at + 1 === list.length) throw new UsageError(`${name} needs a value`, command.name)
      nodeOptions.push(list[++at]!)
    }
  }
  return { options, nodeOptions, operands }
}

function check(option: OptionEntry, value: string | undefined, { name }: CommandEntry): string {
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`--${option.name} takes no value`, name)
    return ''
  }
  if (value === undefined) return ''
  if (value === '') throw missing(option, { name })
  if (option.choices !== undefined && !option.choices.includes(value)) {
    const near = nearest(value, option.choices)
    const guess = near === undefined ? '' : ` Did you mean ${near}?`
    throw new UsageError(`--${option.name} takes ${listed(option.choices)}, not ${value}.${guess}`, name)
  }
  return value
}

function missing({ name, value }: OptionEntry, command: { readonly name: string }): UsageError {
  return new UsageError(`--${name} needs a value: --${name} ${value}`, command.name)
}

function unknown(name: string, known: readonly OptionEntry[], command: CommandEntry): UsageError {
  const owner = commandTable.find(({ options }) => options.some((option) => name === `--${option.name}`))
  if (owner !== undefined) {
    return new UsageError(`${name} is an option of throwpoint ${owner.name || 'script'}`, command.name)
  }
  const bare = name.replace(/^-+/, '')
  const node =
    command.takesNodeOptions === true ? nodeOptionNames().filter((one) => one.startsWith('--')) : []
  const near =
    bare.length < 2
      ? undefined
      : nearest(bare, [...known.map((option) => option.name), ...node.map((one) => one.slice(2))])
  const what = command.takesNodeOptions === true ? ' by Throwpoint or by this version of Node' : ''
  const guess = near === undefined ? '' : `; did you mean --${near}?`
  return new UsageError(`The option ${name} is not known${what}${guess}`, command.name)
}

export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
