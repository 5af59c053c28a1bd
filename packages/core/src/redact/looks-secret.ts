import { isWideSpace } from './characters.ts'

/** Characters; a shorter text looks like no secret. */
export const shortestSecret = 16

/**
 * Whether a text looks like a key or a hash: one word of at least 16 characters in which letters and digits (or large
 * and small letters) are mixed as no person would write them. `uploads/2024/photo-12.jpg`, `getUserById`, dates and
 * addresses do not; UUIDs do.
 *
 * What stands between other characters is a run. It is made of pieces of one kind (a word, capitals, digits): words have
 * few, random text has many. Runs of one piece do not count. Read character by character, because every hidden value
 * and every value under an ambiguous name comes here.
 */
export function looksSecret(text: string): boolean {
  return looksSecretIn(text, 0, text.length)
}

/** The same of a part of a text. */
export function looksSecretIn(text: string, from: number, to: number): boolean {
  if (to - from < shortestSecret || to - from > 8192) return false
  let mixed = 0
  let count = 0
  let letters = 0
  let digits = 0
  let start = from
  let pieces = 0
  let inDigits = 0
  let before: Kind = none
  let capitals = 0
  for (let at = from; at <= to; at++) {
    const code = at === to ? 0 : text.charCodeAt(at)
    const kind = kindOf(code)
    if (kind === space) return false
    if (kind === none) {
      if (pieces >= 2) {
        mixed += at - start
        count += pieces
        digits += inDigits
        letters += at - start - inDigits
      }
      start = at + 1
      pieces = 0
      inDigits = 0
    } else if (kind === digit) {
      inDigits++
      if (before !== digit) pieces++
    } else if (kind === capital) {
      capitals = before === capital ? capitals + 1 : 1
      if (capitals === 1) pieces++
    } else if (before !== small && !(before === capital && capitals === 1)) {
      // `Word` is one piece, `ABword` are two.
      pieces++
    }
    before = kind
  }
  if (mixed < 8 || letters < 3) return false
  return mixed / count <= (digits > 0 ? 3 : 2)
}

const none = 0
const small = 1
const capital = 2
const digit = 3
const space = 4
type Kind = 0 | 1 | 2 | 3 | 4

function kindOf(code: number): Kind {
  if (code >= 0x61 && code <= 0x7a) return small
  if (code >= 0x41 && code <= 0x5a) return capital
  if (code >= 0x30 && code <= 0x39) return digit
  if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) return space
  return code >= 0x80 && isWideSpace(code) ? space : none
}
