import { isNameCode } from './characters.ts'
import { hidesPart, type Names } from './names.ts'
import type { Found } from './shapes.ts'

const longestName = 64
const longestAttributes = 200
const lessThan = 0x3c
const greater = 0x3e
const colon = 0x3a

/** The content of an element by its name, without the prefix of it: `<wsse:Password Type="Text">x</wsse:Password>`. */
export function findElement(names: Names, text: string, from: number): Found | undefined {
  let start = from + 1
  let at = start
  let plain = true
  for (; at - from <= longestName; at++) {
    const code = text.charCodeAt(at)
    if (code === colon) start = at + 1
    else if (!isNameCode(code)) break
    else if (code >= 0x80 || code === 0x2e || code === 0x5b || code === 0x5d) plain = false
  }
  if (at - start < 2) return undefined
  const code = text.charCodeAt(at)
  if (code !== greater && code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return undefined
  const rule = names.ruleIn(text, start, at, plain ? 'plain' : 'path')
  if (rule.verdict === 'never') return undefined
  let open = at
  for (; open - at < longestAttributes; open++) {
    const sign = text.charCodeAt(open)
    if (sign === greater || sign === lessThan) break
  }
  if (text.charCodeAt(open) !== greater) return undefined
  const end = text.indexOf('<', open + 1)
  // In "login <password> [options]" nothing is closed.
  if (end === -1 || !text.startsWith(text.slice(from + 1, at), end + 2) || text[end + 1] !== '/')
    return undefined
  return hidesPart(rule, text, open + 1, end) ? { from: open + 1, to: end } : undefined
}
