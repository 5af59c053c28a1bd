import { isUrlSafe } from './characters.ts'
import { credential } from './credential.ts'
import { marker } from './names.ts'
import { prefixed, prefixedToken } from './tokens.ts'
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

type Finder = (text: string, index: number, prefix: string) => Found | undefined

interface Beginning {
  readonly prefix: string
  readonly find: Finder
}

/** What may begin with two characters, by their codes; the first is empty. */
const beginnings: Beginning[][] = [[]]
const byCodes = new Uint8Array(128 * 128)

/** What is to be done at each character, by its code. Most often nothing. */
const steps = new Uint8Array(128)
const nothing = 0
const lessThan = 0x3c
const dash = 0x2d
const atColon = 1
const atEquals = 2
const atPercent = 3
const atLetterE = 4
const atLess = 5
const atBeginning = 6

function begins(prefix: string, find: Finder): void {
  const code = prefix.charCodeAt(0)
  if (steps[code] === nothing) steps[code] = atBeginning
  const codes = code * 128 + prefix.charCodeAt(1)
  if (byCodes[codes] === 0) byCodes[codes] = beginnings.push([]) - 1
  beginnings[byCodes[codes]!]!.push({ prefix, find })
}

for (const one of prefixed) begins(one.prefix, (text, index) => prefixedToken(text, index, one))
for (const word of ['Bearer', 'bearer', 'BEARER', 'Basic', 'basic', 'BASIC']) begins(word, credential)
begins('-----BEGIN ', pemBlock)
begins('Private-Lines:', puttyKey)
for (const words of ["IDENTIFIED BY '", "identified by '", "PASSWORD '"]) begins(words, quotedInStatement)
steps[0x3a] = atColon
steps[0x3d] = atEquals
steps[0x25] = atPercent
steps[0x65] = atLetterE
steps[lessThan] = atLess
steps[dash] = atBeginning

/** What is hidden by its name in a text. */
export interface FindNamed {
  /** `name=value`, `"name": "value"`. `length` is that of the separator. */
  pair(text: string, separator: number, length: number): Found | undefined
  /** `<name>value</name>`, from its first character. */
  element(text: string, from: number): Found | undefined
}

/** @param find finds what a name hides; without it the text is source code, where `token = value` is a statement */
export function hideShapes(text: string, find?: FindNamed): string {
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
      } else found = find?.pair(text, at, 1)
    } else if (step === atEquals) {
      found = find?.pair(text, at, 1)
    } else if (step === atPercent) {
      const length = encodedEquals(text, at)
      if (length > 0) found = find?.pair(text, at, length)
    } else if (step === atLetterE) {
      if (at < noTokenBefore || text.charCodeAt(at + 1) !== letterY || text.charCodeAt(at + 2) !== letterJ)
        continue
      found = jwt(text, at)
      if (found === undefined) noTokenBefore = runEnd(text, at)
    } else if (step === atLess) {
      found = find?.element(text, at)
    } else found = findBeginning(text, at, code) ?? (code === dash ? flag(text, at, find) : undefined)
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

function findBeginning(text: string, at: number, code: number): Found | undefined {
  const next = text.charCodeAt(at + 1)
  const index = next < 0x80 ? byCodes[code * 128 + next]! : 0
  if (index === 0) return undefined
  const list = beginnings[index]!
  for (let one = 0; one < list.length; one++) {
    const { prefix, find } = list[one]!
    let same = 2
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

/** The length of `%3D` and, encoded once more, `%253D`. */
function encodedEquals(text: string, at: number): number {
  const twice = text.charCodeAt(at + 1) === 0x32 && text.charCodeAt(at + 2) === 0x35 ? 2 : 0
  const last = text.charCodeAt(at + twice + 2)
  return text.charCodeAt(at + twice + 1) === 0x33 && (last === 0x44 || last === 0x64) ? 3 + twice : 0
}

const flagName = /[a-z][\w-]{1,63}[ \t]/iy

/** `--password x`: the space is the separator. */
function flag(text: string, at: number, find: FindNamed | undefined): Found | undefined {
  if (find === undefined || text.charCodeAt(at + 1) !== dash || text.charCodeAt(at - 1) === dash)
    return undefined
  flagName.lastIndex = at + 2
  if (!flagName.test(text)) return undefined
  const space = flagName.lastIndex - 1
  return text.charCodeAt(space + 1) === dash ? undefined : find.pair(text, space, 1)
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

const puttyLines = /[ \t]*\d+(?:(?:\r?\n|\\r|\\n)+[A-Za-z\d+/=]+)+/y

/** In a file of PuTTY. */
function puttyKey(text: string, from: number, prefix: string): Found | undefined {
  puttyLines.lastIndex = from + prefix.length
  return puttyLines.test(text) ? { from: from + prefix.length, to: puttyLines.lastIndex } : undefined
}

const quotedRest = /(?![$?:%{<*])[^'\r\n]{1,200}(?=')/y

/** `CREATE USER a IDENTIFIED BY 'x'`, `ALTER ROLE a PASSWORD 'x'`. */
function quotedInStatement(text: string, from: number, prefix: string): Found | undefined {
  quotedRest.lastIndex = from + prefix.length
  if (!quotedRest.test(text) || text.startsWith(marker, from + prefix.length)) return undefined
  return { from: from + prefix.length, to: quotedRest.lastIndex }
}
