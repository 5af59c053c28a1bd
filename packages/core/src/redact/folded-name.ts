import { uncurry } from '../primordials.ts'
import { hexValue } from './characters.ts'
import { isPartEnd, stateAfter } from './listed-part.ts'

/*
 * A name as the lists have it: Unicode look-alikes folded, accents dropped, small letters, nothing but letters and
 * digits. It is left in an array instead of a string, for names are read in front of every `=` and `:` of a text, and
 * a million different ones must cost no more than one that is known.
 */

/** Of a longer name only the beginning is looked at. */
const longest = 256

/** The name as it was written, percent-decoded. */
const written = new Uint16Array(longest)

/** The name that was folded last: `codes` up to `length`. */
export const codes: Uint16Array = new Uint16Array(1024)

/** What else is known of it. */
export interface Folded {
  length: number
  /** The last character as it was written. */
  last: number
  /** Of all codes: see `hashOf`. */
  hash: number
  /** Where the last of the listed parts ends, or -1. */
  partEnd: number
}
export const folded: Folded = { length: 0, last: 0, hash: 0, partEnd: -1 }

const firstHash = 0x811c9dc5 | 0

/** Of a part of the codes. */
export function hashOf(from: number, to: number): number {
  let hash = firstHash
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ codes[at]!, 0x01000193)
  return hash
}

function finish(length: number, last: number): void {
  let hash = firstHash
  let state = 0
  let partEnd = -1
  for (let at = 0; at < length; at++) {
    const code = codes[at]!
    hash = Math.imul(hash ^ code, 0x01000193)
    state = stateAfter(state, code)
    if (isPartEnd(state)) partEnd = at + 1
  }
  folded.length = length
  folded.last = last
  folded.hash = hash
  folded.partEnd = partEnd
}

/** Reads a name of ASCII that is no path: most are. */
export function foldPlain(text: string, from: number, to: number): void {
  let length = 0
  for (let at = from; at < to; at++) {
    const code = ascii[text.charCodeAt(at)]!
    if (code !== 0) codes[length++] = code
  }
  finish(length, text.charCodeAt(to - 1))
}

/** Reads a whole name. */
export function foldName(name: string): void {
  foldWritten(0, writeText(name, 0, name.length))
}

/** Reads the last part of the path that stands in a text: `password` of `user[password][0]` and `body.password`. */
export function foldLastPart(text: string, from: number, to: number): void {
  foldLast(writeText(text, from, to))
}

/** The same of a percent-encoded text. */
export function foldLastDecoded(text: string, from: number, to: number): void {
  foldLast(writeDecoded(text, from, to))
}

function foldLast(length: number): void {
  const end = indexesStart(length)
  let start = end
  while (start > 0 && !isPathSign(written[start - 1]!)) start--
  foldWritten(start, end)
}

/**
 * The same, but what is before an encoded sign is not of the name: a URL in another one has `%26` before it.
 *
 * @returns whether it begins behind such a sign
 */
export function foldAfterSign(text: string, from: number, to: number): boolean {
  const end = indexesStart(writeDecoded(text, from, to))
  let start = end
  while (start > 0 && !isPathSign(written[start - 1]!) && !isSeparator(written[start - 1]!)) start--
  foldWritten(start, end)
  return start > 0 && isSeparator(written[start - 1]!)
}

/** Where the name ends: before `[0]` and `[]`, or a last `]`. */
function indexesStart(length: number): number {
  let end = length
  while (end > 0 && written[end - 1] === closeBracket) {
    end--
    const open = indexBefore(end)
    if (open === -1) break
    end = open
  }
  return end
}

function isPathSign(code: number): boolean {
  return code === dot || code === openBracket || code === closeBracket
}

const dot = 0x2e
const openBracket = 0x5b
const closeBracket = 0x5d

/** Where the index begins that ends here, without its closing bracket: `[0` and `[`. -1 if there is none. */
function indexBefore(end: number): number {
  let at = end
  while (at > 0 && written[at - 1]! >= 0x30 && written[at - 1]! <= 0x39) at--
  if (at === 0 || written[at - 1] !== openBracket) return -1
  at--
  return at > 0 && written[at - 1] === dot ? at - 1 : at
}

/** `&?;=/` and space: what was encoded in a URL that is itself a value. */
function isSeparator(code: number): boolean {
  return code === 0x26 || code === 0x3f || code === 0x3b || code === 0x3d || code === 0x2f || code === 0x20
}

function writeText(text: string, from: number, to: number): number {
  const end = Math.min(to, from + longest)
  for (let at = from; at < end; at++) written[at - from] = text.charCodeAt(at)
  return end - from
}

/** As `decodeURIComponent` does, without an exception, which would cost more than all else: bad text stays as it is. */
function writeDecoded(text: string, from: number, to: number): number {
  const end = Math.min(to, from + longest)
  let length = 0
  for (let at = from; at < end;) {
    const code = text.charCodeAt(at++)
    if (code !== percentSign) {
      written[length++] = code
      continue
    }
    const first = byteAt(text, at, end)
    at += 2
    let more = 0
    if (first >= 0x80) more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1
    if (first < 0 || (first >= 0x80 && first < 0xc2) || first > 0xf4) return writeText(text, from, to)
    let point = more === 0 ? first : first & (0x3f >> more)
    for (let left = more; left > 0; left--) {
      const byte = text.charCodeAt(at) === percentSign ? byteAt(text, at + 1, end) : -1
      if ((byte & 0xc0) !== 0x80 || byte < 0) return writeText(text, from, to)
      point = (point << 6) | (byte & 0x3f)
      at += 3
    }
    if (point >= 0xd800 && (point < 0xe000 || point > 0x10ffff)) return writeText(text, from, to)
    if (more > 1 && point < (more === 2 ? 0x800 : 0x10000)) return writeText(text, from, to)
    if (point >= 0x10000) {
      written[length++] = 0xd800 + ((point - 0x10000) >> 10)
      point = 0xdc00 + (point & 0x3ff)
    }
    written[length++] = point
  }
  return length
}

const percentSign = 0x25

function byteAt(text: string, at: number, end: number): number {
  if (at + 2 > end) return -1
  const high = hexValue(text.charCodeAt(at))
  const low = hexValue(text.charCodeAt(at + 1))
  return high === -1 || low === -1 ? -1 : (high << 4) | low
}

function foldWritten(from: number, to: number): void {
  let length = 0
  for (let at = from; at < to; at++) {
    const code = written[at]!
    if (code < 0x80) {
      const plain = ascii[code]!
      if (plain !== 0) codes[length++] = plain
      continue
    }
    const wide = foldedWide(code)
    if (wide === nothing) continue
    if (wide !== several) {
      codes[length++] = wide
      continue
    }
    let point = code
    const next = at + 1 < to ? written[at + 1]! : 0
    if (code >= 0xd800 && code < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
      point = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00)
      at++
    }
    const text = foldedPoint(point)
    for (let one = 0; one < text.length && length < codes.length - longest; one++)
      codes[length++] = text.charCodeAt(one)
  }
  finish(length, to > from ? written[to - 1]! : 0)
}

/** Small letters and digits by their code and that of their large ones; of anything else nothing. */
const ascii = new Uint8Array(128)
for (let code = 0x30; code <= 0x39; code++) ascii[code] = code
for (let code = 0x61; code <= 0x7a; code++) ascii[code] = ascii[code - 0x20] = code

const unknown = 0
const nothing = 1
/** More than one character, or half of a pair: see `foldedPoint`. */
const several = 2

/** What each other character becomes; made with the first name that needs it. */
let wides: Uint16Array | undefined

function foldedWide(code: number): number {
  wides ??= new Uint16Array(0x10000)
  const known = wides[code]!
  if (known !== unknown) return known
  if (code >= 0xd800 && code < 0xdc00) return (wides[code] = several)
  const text = foldText(String.fromCharCode(code))
  return (wides[code] = text.length === 0 ? nothing : text.length === 1 ? text.charCodeAt(0) : several)
}

const getPoint = uncurry(Map.prototype.get) as (map: object, point: number) => string | undefined
const setPoint = uncurry(Map.prototype.set) as (map: object, point: number, text: string) => unknown
const MapOfPoints = Map<number, string>
let points = new MapOfPoints()
let known = 0

function foldedPoint(point: number): string {
  let text = getPoint(points, point)
  if (text !== undefined) return text
  if (known++ === 4096) {
    points = new MapOfPoints()
    known = 1
  }
  setPoint(points, point, (text = foldText(String.fromCodePoint(point))))
  return text
}

/** One character alone: what it becomes does not depend on its neighbours. */
function foldText(character: string): string {
  return character
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
}
