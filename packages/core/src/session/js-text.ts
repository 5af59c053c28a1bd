import { Script } from 'node:vm'

export interface Scan {
  /** Brackets, a template, a string or a comment are still open. */
  readonly open: boolean
  /** More brackets were closed than opened, or others. */
  readonly crossed: boolean
  /** Where a separator stands outside of brackets, strings and comments. */
  readonly separators: readonly number[]
}

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
/** What a regular expression may follow. */
const beforeRegExp =
  /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|await|case|in|of|delete|void|throw|new|else))\s*$/

/**
 * Walks through JavaScript without parsing it: enough to see where it may end, whatever it is. Linear in its length.
 *
 * @param separator whose places are wanted
 */
export function scan(text: string, separator = ';;'): Scan {
  const stack: string[] = []
  const separators: number[] = []
  let crossed = false
  let open = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    const top = stack.at(-1)
    if (top === '`') {
      if (character === '\\') at++
      else if (character === '`') stack.pop()
      else if (character === '$' && text[at + 1] === '{') {
        stack.push('}')
        at++
      }
      continue
    }
    if (character === '"' || character === "'") {
      const end = endOfString(text, at, character)
      open ||= end === -1
      at = end === -1 ? text.length : end
    } else if (character === '`') stack.push('`')
    else if (character === '/' && text[at + 1] === '/') {
      const end = text.indexOf('\n', at)
      at = end === -1 ? text.length : end
    } else if (character === '/' && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2)
      open ||= end === -1
      at = end === -1 ? text.length : end + 1
    } else if (character === '/' && beforeRegExp.test(text.slice(Math.max(0, at - 20), at))) {
      at = endOfRegExp(text, at)
    } else if (character in closers) stack.push(closers[character]!)
    else if (character === ')' || character === ']' || character === '}') {
      if (top === character) stack.pop()
      else crossed = true
    } else if (stack.length === 0 && text.startsWith(separator, at)) {
      separators.push(at)
      at += separator.length - 1
    }
  }
  return { open: open || stack.length > 0, crossed, separators }
}

/** Of a string in one line; -1 when it has no end. */
function endOfString(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === quote) return at
    else if (text[at] === '\n') return at
  }
  return -1
}

function endOfRegExp(text: string, start: number): number {
  let inClass = false
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]
    if (character === '\\') at++
    else if (character === '\n') return start
    else if (character === '[') inClass = true
    else if (character === ']') inClass = false
    else if (character === '/' && !inClass) return at
  }
  return start
}

/** The parts between separators that stand outside of brackets, strings and comments. */
export function split(text: string, separator: string): string[] {
  const parts: string[] = []
  let from = 0
  for (const at of scan(text, separator).separators) {
    parts.push(text.slice(from, at))
    from = at + separator.length
  }
  parts.push(text.slice(from))
  return parts
}

/** Why it cannot be compiled; undefined when it can. Runs nothing. */
function fault(code: string): string | undefined {
  try {
    void new Script(code, { filename: 'throwpoint:input' })
    return undefined
  } catch (error) {
    return String((error as Error | null)?.message)
  }
}

/** Whether it is JavaScript, with `await` allowed everywhere. */
export function isCode(code: string): boolean {
  return fault(code) === undefined || fault(`(async()=>{${code}\n})`) === undefined || isExpression(code)
}

/** Whether it is one expression, with `await` allowed everywhere. */
export function isExpression(code: string): boolean {
  if (code.trim() === '' || scan(code).crossed) return false
  return fault(`(async()=>(${code}\n))`) === undefined
}

/** Whether more lines could make it whole. */
export function isUnfinished(code: string): boolean {
  if (isCode(code)) return false
  const { open, crossed } = scan(code)
  if (crossed) return false
  if (open) return !/['"]/.test(code) || fault(code)?.startsWith('Invalid or unexpected token') !== true
  const plain = fault(code)
  if (plain === 'Unexpected end of input') return true
  return /\bawait\b/.test(code) && fault(`(async()=>{${code}\n})`) === "Unexpected token '}'"
}
