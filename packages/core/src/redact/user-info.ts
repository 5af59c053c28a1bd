import { endsAuthority, isDigit } from './characters.ts'
import { looksSecretIn } from './looks-secret.ts'
import type { Found } from './shapes.ts'

const placeholder = /^(?:\$?\{.*|<.*|%s|\*+|\$\w+|\[redacted\])$/

/** Behind a slash that no password may have, so far at most an `@` is looked for. */
const furthestSign = 64

/** The password in `scheme://user:password@host`; `from` is after the slashes, no `@` is before `next`. */
export function userInfo(text: string, from: number, next: number): Found | undefined {
  let end = from
  let sign = -1
  let colon = -1
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (endsAuthority(code)) break
    if (code === atSign) sign = end
    else if (code === colonCode && colon === -1) colon = end
  }
  if (sign !== -1) {
    const named = colon === -1 || colon > sign
    if (looksSecretIn(text, from, named ? sign : colon)) return { from, to: sign }
    return named || isPlaceholder(text, colon + 1, sign) ? undefined : { from: colon + 1, to: sign }
  }
  if (colon === -1 || text.charCodeAt(from) === openBracket) return undefined
  if (isPort(text, colon + 1, end) || isPlaceholder(text, colon + 1, end)) return undefined
  // A password with a slash in it, as no URL may have and many drivers take.
  const near = next <= end + furthestSign
  const later = near ? /^[^\s"'<>`]{0,64}@/.exec(text.slice(end, end + furthestSign + 1)) : null
  if (later !== null) return { from: colon + 1, to: end + later[0].length - 1 }
  // The text was cut.
  return end === text.length && looksSecretIn(text, colon + 1, end) ? { from: colon + 1, to: end } : undefined
}

const atSign = 0x40
const colonCode = 0x3a
const openBracket = 0x5b

function isPort(text: string, from: number, to: number): boolean {
  if (to - from > 5) return false
  for (let at = from; at < to; at++) if (!isDigit(text.charCodeAt(at))) return false
  return true
}

function isPlaceholder(text: string, from: number, to: number): boolean {
  const code = text.charCodeAt(from)
  // `$`, `{`, `<`, `%`, `*` and `[`
  if (code !== 0x24 && code !== 0x7b && code !== 0x3c && code !== 0x25 && code !== 0x2a && code !== 0x5b)
    return false
  return from < to && placeholder.test(text.slice(from, to))
}
