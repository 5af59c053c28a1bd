import { isGap, isNameCode } from './characters.ts'
import { folded, codes } from './folded-name.ts'
import type { Names, Rule } from './names.ts'

/*
 * Where the name of a value is a value itself: `{"name": "password", "value": "x"}`, `<input name="password" value="x">`,
 * `Content-Disposition: form-data; name="password"`.
 */

const doubleQuote = 0x22
const singleQuote = 0x27
const backslash = 0x5c
const comma = 0x2c
const longestName = 64
const most = 16

function isQuote(code: number): boolean {
  return code === doubleQuote || code === singleQuote
}

function isFolded(word: string): boolean {
  if (folded.length !== word.length) return false
  for (let at = 0; at < word.length; at++) if (codes[at] !== word.charCodeAt(at)) return false
  return true
}

export function isNamedName(): boolean {
  return isFolded('name')
}

export function isNamedValue(): boolean {
  return isFolded('value')
}

/** The rule of the name that stands in quotes before a `value`, which begins at `at`. */
export function ruleOfNamed(names: Names, text: string, at: number): Rule | undefined {
  let to = at
  // The quote of `"value"` itself, the comma, spaces.
  for (let count = 0; count < most && isBetween(text.charCodeAt(to - 1)); count++) to--
  // What is next to the last comma or space: the quote that closes the name.
  let close = to
  while (close < at && !isQuote(text.charCodeAt(close))) close++
  if (close === at) return undefined
  to = close
  while (to > 0 && text.charCodeAt(to - 1) === backslash) to--
  let from = to
  while (from > 0 && to - from < longestName && isNameCode(text.charCodeAt(from - 1))) from--
  if (to - from < 2) return undefined
  let before = from
  if (!isQuote(text.charCodeAt(before - 1))) return undefined
  before--
  for (let count = 0; count < most && isBefore(text.charCodeAt(before - 1)); count++) before--
  const label = text.slice(Math.max(0, before - 5), before)
  if (!/(?:^|[^\w-])(?:name|key)$/i.test(label)) return undefined
  return names.ruleIn(text, from, to, 'path')
}

function isBetween(code: number): boolean {
  return isQuote(code) || isGap(code) || code === comma || code === backslash
}

/** Between the label and the name: `":"` and `="`. */
function isBefore(code: number): boolean {
  return isQuote(code) || isGap(code) || code === backslash || code === 0x3a || code === 0x3d
}

const partBreak = /(?:;[^\r\n\\]{0,200})?(?:\r\n\r\n|\n\n|\\r\\n\\r\\n|\\n\\n)/y

/** Where the content of a part of a form begins whose name ends at `close`, or -1. */
export function partStart(text: string, close: number): number {
  partBreak.lastIndex = close + 1
  return partBreak.test(text) ? partBreak.lastIndex : -1
}

const partRest = /(?:[^\r\n\\]|\\(?![rn])){1,1000}/y

export function partEnd(text: string, from: number): number {
  partRest.lastIndex = from
  return partRest.test(text) ? partRest.lastIndex : from
}
