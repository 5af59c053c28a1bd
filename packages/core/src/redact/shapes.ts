import { looksSecret } from './looks-secret.ts'

/**
 * Finds what has the shape of a secret in a text, and hides it. The text is read once from the left; what is looked at
 * around each place is limited, or is not looked at again, so the time is linear in the length.
 */

/** A part of a text that is to be hidden. */
export interface Found {
  readonly from: number
  readonly to: number
}

/** Tokens that say themselves what they are. `rest`: what follows the prefix. */
interface Prefixed {
  readonly prefix: string
  readonly rest: RegExp
  /** Where words may look like it. */
  readonly check?: true
}

const prefixed: readonly Prefixed[] = [
  { prefix: 'AKIA', rest: /[A-Z\d]{16}(?![A-Za-z\d])/y },
  { prefix: 'ASIA', rest: /[A-Z\d]{16}(?![A-Za-z\d])/y },
  { prefix: 'ghp_', rest: /[A-Za-z\d]{16,255}/y },
  { prefix: 'gho_', rest: /[A-Za-z\d]{16,255}/y },
  { prefix: 'ghu_', rest: /[A-Za-z\d]{16,255}/y },
  { prefix: 'ghs_', rest: /[A-Za-z\d]{16,255}/y },
  { prefix: 'ghr_', rest: /[A-Za-z\d]{16,255}/y },
  { prefix: 'github_pat_', rest: /\w{16,255}/y },
  { prefix: 'glpat-', rest: /[\w-]{16,255}/y },
  { prefix: 'xoxa-', rest: /[\w-]{10,255}/y },
  { prefix: 'xoxb-', rest: /[\w-]{10,255}/y },
  { prefix: 'xoxe-', rest: /[\w-]{10,255}/y },
  { prefix: 'xoxp-', rest: /[\w-]{10,255}/y },
  { prefix: 'xoxr-', rest: /[\w-]{10,255}/y },
  { prefix: 'xoxs-', rest: /[\w-]{10,255}/y },
  { prefix: 'sk_live_', rest: /\w{10,255}/y },
  { prefix: 'rk_live_', rest: /\w{10,255}/y },
  { prefix: 'sk_test_', rest: /\w{10,255}/y },
  { prefix: 'whsec_', rest: /[\w+/=]{16,255}/y },
  { prefix: 'sk-', rest: /[\w-]{20,255}/y, check: true },
  { prefix: 'AIza', rest: /[\w-]{35}/y },
  { prefix: 'npm_', rest: /[A-Za-z\d]{36}/y },
  { prefix: 'SG.', rest: /[\w-]{16,64}\.[\w-]{16,128}/y },
  { prefix: 'ya29.', rest: /[\w-]{16,512}/y },
  { prefix: 'GOCSPX-', rest: /[\w-]{16,64}/y },
  { prefix: 'hf_', rest: /[A-Za-z\d]{20,64}/y, check: true },
]

type Finder = (text: string, index: number, prefix: string) => Found | undefined

interface Beginning {
  readonly prefix: string
  readonly find: Finder
}

/** What may begin with each character, by its code. */
const beginnings: Array<Beginning[] | undefined> = Array.from({ length: 128 })

function begins(prefix: string, find: Finder): void {
  ;(beginnings[prefix.charCodeAt(0)] ??= []).push({ prefix, find })
}

for (const one of prefixed) begins(one.prefix, (text, index) => prefixedToken(text, index, one))
for (const word of ['Bearer', 'bearer', 'BEARER', 'Basic', 'basic', 'BASIC']) begins(word, scheme)
begins('-----BEGIN ', pemBlock)

/** What is hidden by its name in a text: `name=value`, `"name": "value"`. Undefined when there is nothing to hide. */
export type FindPair = (text: string, separator: number, length: number) => Found | undefined

/**
 * @param hide called with each hidden part; returns what stands there instead
 * @param findPair finds what a name hides; without it the text is source code, where `token = value` is a statement
 */
export function hideShapes(text: string, hide: (secret: string) => string, findPair?: FindPair): string {
  let result = ''
  let copied = 0
  // Where the run of letters that was searched for a JWT in vain ends: no other starts in it.
  let noTokenBefore = 0
  // Where the next `@` is that was looked for.
  let sign = -1
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    let found: Found | undefined
    if (code === colon && text.charCodeAt(at + 1) === slash && text.charCodeAt(at + 2) === slash) {
      if (sign < at && sign !== noSign) {
        sign = text.indexOf('@', at)
        if (sign === -1) sign = noSign
      }
      found = userInfo(text, at + 3, sign)
    } else if (code === colon || code === equals) {
      found = findPair?.(text, at, 1)
    } else if (code === percent && isEncodedEquals(text, at)) {
      found = findPair?.(text, at, 3)
    } else if (code === letterE && text.charCodeAt(at + 1) === letterY && text[at + 2] === 'J') {
      if (at < noTokenBefore) continue
      found = jwt(text, at)
      if (found === undefined) noTokenBefore = runEnd(text, at)
    } else {
      const list = beginnings[code]
      if (list === undefined) continue
      const next = text.charCodeAt(at + 1)
      for (let one = 0; one < list.length && found === undefined; one++) {
        const { prefix, find } = list[one]!
        if (next === prefix.charCodeAt(1) && text.startsWith(prefix, at)) found = find(text, at, prefix)
      }
    }
    if (found === undefined || found.to <= found.from) continue
    result += text.slice(copied, found.from) + hide(text.slice(found.from, found.to))
    copied = found.to
    at = found.to - 1
  }
  return copied === 0 ? text : result + text.slice(copied)
}

const noSign = Infinity
const colon = 0x3a
const slash = 0x2f
const equals = 0x3d
const percent = 0x25
const letterE = 0x65
const letterY = 0x79

function isEncodedEquals(text: string, at: number): boolean {
  const last = text.charCodeAt(at + 2)
  return text.charCodeAt(at + 1) === 0x33 && (last === 0x44 || last === 0x64)
}

const pemBegin = /-----BEGIN [A-Z\d ]{1,60}-----/y

function pemBlock(text: string, from: number): Found | undefined {
  pemBegin.lastIndex = from
  if (!pemBegin.test(text)) return undefined
  const end = text.indexOf('-----END', pemBegin.lastIndex)
  if (end === -1) return { from, to: text.length }
  const dashes = text.indexOf('-----', end + 8)
  return { from, to: dashes === -1 || dashes > end + 80 ? end + 8 : dashes + 5 }
}

const urlSafe = /[\w-]*/y

function runEnd(text: string, from: number): number {
  urlSafe.lastIndex = from
  urlSafe.test(text)
  return urlSafe.lastIndex
}

/** Three parts, or five when it is encrypted; the last may be cut off. */
function jwt(text: string, from: number): Found | undefined {
  let to = runEnd(text, from)
  if (to - from < 10 || text[to] !== '.') return undefined
  for (let parts = 1; parts < 5 && text[to] === '.'; parts++) {
    const next = runEnd(text, to + 1)
    if (next === to + 1 && parts === 1) return undefined
    to = next
  }
  return { from, to }
}

function prefixedToken(text: string, from: number, { prefix, rest, check }: Prefixed): Found | undefined {
  if (check === true && from > 0 && /[\w-]/.test(text[from - 1]!)) return undefined
  rest.lastIndex = from + prefix.length
  if (!rest.test(text)) return undefined
  const to = rest.lastIndex
  return check === true && !looksSecret(text.slice(from, to)) ? undefined : { from, to }
}

const afterScheme = /(?:[ \t]+|%20)([\w.~+/-]{4,}=*)/y

/** `Bearer x`, `Basic x`, but not "basic authentication" or "bearer token". */
function scheme(text: string, index: number, word: string): Found | undefined {
  afterScheme.lastIndex = index + word.length
  const token = afterScheme.exec(text)?.[1]
  if (token === undefined) return undefined
  const from = afterScheme.lastIndex - token.length
  const found = { from, to: afterScheme.lastIndex }
  if (word.toLowerCase() === 'basic') return isCredentials(token) ? found : undefined
  return /\d/.test(token) || token.length >= 20 ? found : undefined
}

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Whether it is base64 of `user:password`: readable up to a colon. */
function isCredentials(token: string): boolean {
  let bits = 0
  let held = 0
  for (let at = 0; at < token.length && at < 400; at++) {
    const value = base64.indexOf(token[at]!)
    if (value === -1) return false
    bits = (bits << 6) | value
    held += 6
    if (held < 8) continue
    held -= 8
    const byte = (bits >> held) & 0xff
    if (byte === 0x3a) return true
    if (byte < 0x20 || byte === 0x7f) return false
    bits &= (1 << held) - 1
  }
  return false
}

const authority = /[^\s/?#"'<>`\\|]*/y
const port = /^\d{0,5}$/
const placeholder = /^(?:\$?\{.*|<.*|%s|\*+|\$\w+|\[redacted\])$/

/** Behind a slash that no password may have, so far at most an `@` is looked for. */
const furthestSign = 64

/** The password in `scheme://user:password@host`; `from` is after the slashes, no `@` is before `next`. */
function userInfo(text: string, from: number, next: number): Found | undefined {
  authority.lastIndex = from
  authority.test(text)
  const end = authority.lastIndex
  const whole = text.slice(from, end)
  const sign = whole.lastIndexOf('@')
  const colon = whole.indexOf(':')
  if (sign !== -1) {
    const user = colon === -1 || colon > sign ? whole.slice(0, sign) : whole.slice(0, colon)
    if (looksSecret(user)) return { from, to: from + sign }
    if (colon === -1 || colon > sign || placeholder.test(whole.slice(colon + 1, sign))) return undefined
    return { from: from + colon + 1, to: from + sign }
  }
  const rest = whole.slice(colon + 1)
  if (colon === -1 || whole.startsWith('[') || port.test(rest) || placeholder.test(rest)) return undefined
  // A password with a slash in it, as no URL may have and many drivers take.
  const near = next <= end + furthestSign
  const later = near ? /^[^\s"'<>`]{0,64}@/.exec(text.slice(end, end + furthestSign + 1)) : null
  if (later !== null) return { from: from + colon + 1, to: end + later[0].length - 1 }
  // The text was cut.
  if (end === text.length && looksSecret(rest)) return { from: from + colon + 1, to: end }
  return undefined
}
