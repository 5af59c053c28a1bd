import type { Command } from './command.ts'
import { commandNamed } from './command-table.ts'
import { isCode } from './js-text.ts'
import type { Session } from './session.ts'

export type Parsed =
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'command'
      readonly command: Command
      readonly args: string
      readonly bang: boolean
      /** It is a variable too: the reader is told. */
      readonly beside?: string
    }
  | { readonly kind: 'code'; readonly code: string; readonly over?: string }
  | { readonly kind: 'unknown'; readonly name: string }

const word = /^([A-Za-z]+)(!?)(?=\s|$)/
/** What follows an assignment or a comparison: no command takes it. */
const operator =
  /^\s+(?:=(?!>)|[-+*/%&|^]=|(?:\*\*|<<|>>>?|&&|\|\||\?\?)=|[=!]==?|\binstanceof\b|&&|\|\||\?\?)/

/**
 * What a line means: a variable of the selected frame comes before a command of its name; `.where` and `!!where` mean
 * the command, `!where` means JavaScript.
 */
export function parseLine(line: string, session: Session): Parsed {
  const text = line.trim()
  if (text === '') return { kind: 'empty' }
  if (text === '?') return commandOf('help', '', false)!
  if (text === '.' || text === '@') return commandOf('list', '.', false)!
  if (/^\.[A-Za-z]/.test(text) || /^!!\s*[A-Za-z]/.test(text)) {
    const rest = text.replace(/^(?:\.|!!\s*)/, '')
    const found = word.exec(rest)
    const forced =
      found === null ? undefined : commandOf(found[1]!, rest.slice(found[0].length), found[2] === '!')
    if (forced !== undefined) return forced
    if (text.startsWith('.')) return { kind: 'unknown', name: found?.[1] ?? rest.split(/\s/)[0]! }
  }
  if (text.startsWith('!')) return { kind: 'code', code: text.slice(1) }
  const found = word.exec(text)
  if (found === null) return { kind: 'code', code: text }
  const [whole, name = '', bang] = found
  const rest = text.slice(whole.length)
  const command = commandOf(name, rest, bang === '!')
  if (command === undefined) return { kind: 'code', code: text }
  const isVariable = bang !== '!' && session.hasVariable(name)
  if (isVariable && (rest.trim() === '' || isCode(text))) return { kind: 'code', code: text, over: name }
  if (bang !== '!' && operator.test(rest)) return { kind: 'code', code: text }
  if (name === 'switch' && rest.trim().startsWith('(')) return { kind: 'code', code: text }
  return isVariable ? { ...command, beside: name } : command
}

function commandOf(
  name: string,
  args: string,
  bang: boolean,
): Extract<Parsed, { kind: 'command' }> | undefined {
  const command = commandNamed(name)
  if (command === undefined || (bang && command.takesBang !== true)) return undefined
  return { kind: 'command', command, args: args.trim(), bang }
}
