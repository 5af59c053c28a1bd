import { isDigit, isTokenCode } from './characters.ts'
import type { Found } from './shapes.ts'

/** `Bearer x`, `Basic x`, but not "basic authentication" or "bearer token". `word` is at `index`. */
export function credential(text: string, index: number, word: string): Found | undefined {
  const from = gapEnd(text, index + word.length)
  // Without the gap nothing is read: what is read here is read once.
  if (from === index + word.length) return undefined
  let to = from
  let digits = 0
  for (let code = text.charCodeAt(to); isTokenCode(code); code = text.charCodeAt(++to)) {
    if (isDigit(code)) digits++
  }
  if (to - from < 4) return undefined
  while (text.charCodeAt(to) === equals) to++
  const basic = word.length === 5
  if (basic ? !isUserAndPassword(text, from, to) : digits === 0 && to - from < 20) return undefined
  return { from, to }
}

const equals = 0x3d

function gapEnd(text: string, from: number): number {
  if (text.startsWith('%20', from)) return from + 3
  let at = from
  for (let code = text.charCodeAt(at); code === 0x20 || code === 0x09;) code = text.charCodeAt(++at)
  return at
}

/** Whether it is base64 of `user:password`: readable up to a colon. */
function isUserAndPassword(text: string, from: number, to: number): boolean {
  let bits = 0
  let held = 0
  const end = Math.min(to, from + 400)
  for (let at = from; at < end; at++) {
    const value = sextet(text.charCodeAt(at))
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

/** The six bits that a character of base64 stands for, or -1. */
function sextet(code: number): number {
  if (code >= 0x61 && code <= 0x7a) return code - 0x47
  if (code >= 0x41 && code <= 0x5a) return code - 0x41
  if (code >= 0x30 && code <= 0x39) return code + 4
  if (code === 0x2b) return 62
  return code === 0x2f ? 63 : -1
}
