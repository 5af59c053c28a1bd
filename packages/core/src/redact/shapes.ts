import { isUrlSafe } from './characters.ts'
import { credential } from './credential.ts'
import { looksSecretIn } from './looks-secret.ts'
import { marker } from './names.ts'
import { userInfo } from './user-info.ts'

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

/** What is to be done at each character, by its code. Most often nothing. */
const steps = new Uint8Array(128)
const nothing = 0
const atColon = 1
const atEquals = 2
const atPercent = 3
const atLetterE = 4
const atBeginning = 5

function begins(prefix: string, find: Finder): void {
  const code = prefix.charCodeAt(0)
  steps[code] = atBeginning
  ;(beginnings[code] ??= []).push({ prefix, find })
}

for (const one of prefixed) begins(one.prefix, (text, index) => prefixedToken(text, index, one))
for (const word of ['Bearer', 'bearer', 'BEARER', 'Basic', 'basic', 'BASIC']) begins(word, credential)
begins('-----BEGIN ', pemBlock)
steps[0x3a] = atColon
steps[0x3d] = atEquals
steps[0x25] = atPercent
steps[0x65] = atLetterE

/** What is hidden by its name in a text: `name=value`, `"name": "value"`. Undefined when there is nothing to hide. */
export type FindPair = (text: string, separator: number, length: number) => Found | undefined

/** @param findPair finds what a name hides; without it the text is source code, where `token = value` is a statement */
export function hideShapes(text: string, findPair?: FindPair): string {
  let result = ''
  let piece = ''
  let copied = 0
  // Where the run of letters that was searched for a JWT in vain ends: no other starts in it.
  let noTokenBefore = 0
  // Where the next `@` is that was looked for.
  let sign = -1
  const { length } = text
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    const step = code < 0x80 ? steps[code]! : nothing
    if (step === nothing) continue
    let found: Found | undefined
    if (step === atColon) {
      if (text.charCodeAt(at + 1) === slash && text.charCodeAt(at + 2) === slash) {
        if (sign < at && sign !== noSign) {
          sign = text.indexOf('@', at)
          if (sign === -1) sign = noSign
        }
        found = userInfo(text, at + 3, sign)
      } else found = findPair?.(text, at, 1)
    } else if (step === atEquals) {
      found = findPair?.(text, at, 1)
    } else if (step === atPercent) {
      if (isEncodedEquals(text, at)) found = findPair?.(text, at, 3)
    } else if (step === atLetterE) {
      if (at < noTokenBefore || text.charCodeAt(at + 1) !== letterY || text.charCodeAt(at + 2) !== letterJ)
        continue
      found = jwt(text, at)
      if (found === undefined) noTokenBefore = runEnd(text, at)
    } else found = findBeginning(text, at, beginnings[code]!)
    if (found === undefined || found.to <= found.from) continue
    piece += text.slice(copied, found.from) + marker
    copied = found.to
    at = found.to - 1
    if (piece.length < 1024) continue
    result += flat(piece)
    piece = ''
  }
  return copied === 0 ? text : result + piece + text.slice(copied)
}

/**
 * The same text in one piece: reading a character of it makes it so. V8 keeps the parts of a text that was put together
 * until then, and where all is replaced, to collect a hundred thousand parts costs more than anything else.
 */
function flat(text: string): string {
  return text.charCodeAt(text.length - 1) === markerEnd ? text : text.slice(0)
}

const markerEnd = marker.charCodeAt(marker.length - 1)

function findBeginning(text: string, at: number, list: readonly Beginning[]): Found | undefined {
  for (let one = 0; one < list.length; one++) {
    const { prefix, find } = list[one]!
    let same = 1
    while (same < prefix.length && text.charCodeAt(at + same) === prefix.charCodeAt(same)) same++
    const found = same === prefix.length ? find(text, at, prefix) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

const noSign = Infinity
const slash = 0x2f
const letterY = 0x79
const letterJ = 0x4a

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

function runEnd(text: string, from: number): number {
  let at = from
  while (isUrlSafe(text.charCodeAt(at))) at++
  return at
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
  if (check === true && from > 0 && isUrlSafe(text.charCodeAt(from - 1))) return undefined
  rest.lastIndex = from + prefix.length
  if (!rest.test(text)) return undefined
  const to = rest.lastIndex
  return check === true && !looksSecretIn(text, from, to) ? undefined : { from, to }
}
