import { ThrowpointError } from '../errors.ts'
import type { Outcome } from './command.ts'
import { isExpression } from './js-text.ts'
import type { Turn } from './turn.ts'
import { valueLines } from './value-text.ts'

const variable = /^\s*(?:let|const|var)\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=(?!=|>)\s*([^]*?);?\s*$/u
const named =
  /^\s*(?=(?:(?:async\s+)?function\s*\*?|class)\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)[\s({])([^]*)$/u

/** A pattern with nothing nested in it. */
const pattern = /^\s*(?:let|const|var)\s+(\{[^{}[\]()]*\}|\[[^{}[\]()]*\])\s*=(?!=|>)\s*([^]*?);?\s*$/u
const bound = /^(?:\.\.\.\s*|[^:=]+:\s*)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?:=[^]*)?$/u

/** `let x = 5`, `const { a, b } = c`, `function f() {…}` at the prompt: kept for the session. Undefined when the code is anything else. */
export async function declared(code: string, turn: Turn): Promise<Outcome | undefined> {
  const { session, paint, columns } = turn
  if (session.scopes === undefined) return undefined
  const whole = pattern.exec(code)
  const found = whole ?? variable.exec(code) ?? named.exec(code)
  const [, target, text] = found ?? []
  if (target === undefined || text === undefined || !isExpression(text)) return undefined
  const names = whole === null ? [target] : namesIn(target)
  if (names === undefined || names.length === 0) return undefined
  for (const name of names) checkName(name, turn)
  const { value } = await session.run(
    whole === null ? `(${text}\n)` : `((${target}) => ({ ${names.join(', ')} }))(${text}\n)`,
    turn.signal,
  )
  if (whole === null) session.names[target] = value
  else Object.assign(session.names, value)
  const picture = session.picture(value, 2, whole === null ? target : undefined)
  const kept =
    names.length === 1 ? `${names[0]} is` : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} are`
  const note = session.tell('declared')
    ? [paint.dim(`(${kept} kept for this session; the program does not see it)`)]
    : []
  return { lines: [...valueLines(picture, paint, columns), ...note], data: picture }
}

function namesIn(target: string): string[] | undefined {
  const parts = target.slice(1, -1).split(',')
  const names = parts.map((part) => part.trim()).filter((part) => part !== '')
  const found = names.map((part) => bound.exec(part)?.[1])
  return found.every((name) => name !== undefined) ? found : undefined
}

function checkName(name: string, { session }: Turn): void {
  if (session.variableNames().includes(name)) {
    const message = `${name} is a variable of this frame: write "${name} = …" to change it.`
    throw new ThrowpointError('TP_BAD_COMMAND', message)
  }
  if (name.startsWith('$') || name === 'console')
    throw new ThrowpointError('TP_BAD_COMMAND', `${name} is a name of the session: take another one.`)
}
