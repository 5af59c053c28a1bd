import { ThrowpointError } from '../errors.ts'
import type { Outcome } from './command.ts'
import { isExpression } from './js-text.ts'
import type { Turn } from './turn.ts'
import { valueLines } from './value-text.ts'

const variable = /^\s*(?:let|const|var)\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=(?!=|>)\s*([^]*?);?\s*$/u
const named =
  /^\s*(?=(?:(?:async\s+)?function\s*\*?|class)\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)[\s({])([^]*)$/u

/** `let x = 5`, `function f() {…}` at the prompt: kept for the session. Undefined when the code is anything else. */
export async function declared(code: string, turn: Turn): Promise<Outcome | undefined> {
  const { session, paint, columns } = turn
  const found = variable.exec(code) ?? named.exec(code)
  const [, name, text] = found ?? []
  if (name === undefined || text === undefined || session.scopes === undefined || !isExpression(text))
    return undefined
  if (session.variableNames().includes(name)) {
    const message = `${name} is a variable of this frame: write "${name} = …" to change it.`
    throw new ThrowpointError('TP_BAD_COMMAND', message)
  }
  if (name.startsWith('$') || name === 'console') {
    throw new ThrowpointError('TP_BAD_COMMAND', `${name} is a name of the session: take another one.`)
  }
  const { value } = await session.run(`(${text}\n)`, turn.signal)
  session.names[name] = value
  const picture = session.picture(value, 2, name)
  const note = session.tell('declared')
    ? [paint.dim(`(${name} is kept for this session; the program does not see it)`)]
    : []
  return { lines: [...valueLines(picture, paint, columns), ...note], data: picture }
}
