/** What a character may be part of. Read for every character of every text, so it is a table of bits. */
const kinds = new Uint8Array(128)

const nameBit = 1
const segmentEnd = 2
const wordEnd = 4
const tokenBit = 8
const urlSafeBit = 16
const digitBit = 32
const letterBit = 64
const authorityEnd = 128

function mark(characters: string, bit: number): void {
  for (let at = 0; at < characters.length; at++) kinds[characters.charCodeAt(at)]! |= bit
}

const digits = '0123456789'
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const spaces = ' \t\n\v\f\r'
mark(digits, nameBit | tokenBit | urlSafeBit | digitBit)
mark(letters, nameBit | tokenBit | urlSafeBit | letterBit)
mark('-_$.[]', nameBit)
mark('-_', tokenBit | urlSafeBit)
mark('.~+/', tokenBit)
mark(`${spaces}&;"'<>\`\\`, segmentEnd | wordEnd)
mark('=:', segmentEnd)
mark('%', wordEnd)
mark(`${spaces}/?#"'<>\`\\|`, authorityEnd)

/** Letters and digits of any alphabet, and `-_$.[]`. */
export function isNameCode(code: number): boolean {
  return code >= 0x80 || (kinds[code]! & nameBit) !== 0
}

/** What ends the beginning of a bare value, which is decided upon. */
export function endsSegment(code: number): boolean {
  return code < 0x80 ? (kinds[code]! & segmentEnd) !== 0 : isWideSpace(code)
}

/** What ends a bare value; `%` and `\` if more says so. */
export function endsWord(code: number): boolean {
  return code < 0x80 ? (kinds[code]! & wordEnd) !== 0 : isWideSpace(code)
}

/** What ends the part of a URL that names user and host. */
export function endsAuthority(code: number): boolean {
  return code < 0x80 ? (kinds[code]! & authorityEnd) !== 0 : isWideSpace(code)
}

/** `\w` and `.~+/-`. NaN, which is behind the end of a text, is nothing. */
export function isTokenCode(code: number): boolean {
  return code < 0x80 && (kinds[code]! & tokenBit) !== 0
}

/** `\w` and `-`. */
export function isUrlSafe(code: number): boolean {
  return code < 0x80 && (kinds[code]! & urlSafeBit) !== 0
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** A to Z, large or small. */
export function isLetter(code: number): boolean {
  return code < 0x80 && (kinds[code]! & letterBit) !== 0
}

/** Spaces, tabs and line breaks: what stands between a name, its separator and its value. */
export function isGap(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d
}

/** The value of a hexadecimal digit, or -1. */
export function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const small = code | 0x20
  return small >= 0x61 && small <= 0x66 ? small - 0x57 : -1
}

/** What `\s` means beyond ASCII. */
export function isWideSpace(code: number): boolean {
  if (code < 0x1680) return code === 0xa0
  if (code >= 0x2000 && code <= 0x200a) return true
  return (
    code === 0x1680 ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff
  )
}
