import { looksSecret } from './looks-secret.ts'
import { hidesText, marker, type Names, type Rule } from './names.ts'
import type { Found } from './shapes.ts'

/** How far back a name is looked for, and how much space may stand between name, separator and value. */
const longestName = 64
const longestGap = 8

/**
 * What the name before a separator hides after it: `password=x` in forms, URLs and connection strings, `"password": "x"`
 * in JSON (also in JSON inside a string, with its backslashes), `password: 'x'` as `util.inspect` prints it,
 * `password = 'x'` in SQL, `Cookie: a=b` in the text of a request.
 */
export function findPair(names: Names, text: string, separator: number, length: number): Found | undefined {
  const name = nameBefore(text, separator, length > 1)
  if (name === '') return undefined
  const rule = names.rule(name)
  if (rule.verdict === 'never') return undefined

  const colon = text[separator] === ':'
  let from = separator + length
  if (!colon && text[from] === '=') return undefined
  // `=>` is how `util.inspect` prints a Map.
  if (!colon && text[from] === '>') from++
  const close = from
  while (from - close < longestGap && isGap(text.charCodeAt(from))) from++

  return (
    quotedValue(rule, text, from) ??
    (colon ? cookieLine(name, text, from) : undefined) ??
    bareValue(rule, name, text, from, { colon, close: from === close })
  )
}

function isGap(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d
}

/** The last part of the path that ends before the separator: `password` of `user[password]` and `body.password`. */
function nameBefore(text: string, separator: number, encoded: boolean): string {
  let to = separator
  while (to > 0 && separator - to < longestGap && isGap(text.charCodeAt(to - 1))) to--
  const closing = text[to - 1]
  if (closing === '"' || closing === "'" || closing === '`') {
    to--
    for (let slashes = 0; slashes < mostSlashes && text[to - 1] === '\\'; slashes++) to--
  }
  let from = to
  let plain = true
  while (from > 0 && to - from < longestName) {
    const code = text.charCodeAt(from - 1)
    if (!isNameCode(code, encoded)) break
    if (code === 0x2e || code === 0x5b || code === 0x5d || code === 0x25) plain = false
    from--
  }
  if (to - from < 2) return ''
  const name = text.slice(from, to)
  return plain ? name : (/([^.[\]]+)(?:\.?\[\d*\])*\]?$/.exec(decoded(name))?.[1] ?? '')
}

/** Letters and digits of any alphabet, and `-_$.[]`; `%` where the separator itself is not encoded. */
function isNameCode(code: number, encoded: boolean): boolean {
  if (code >= 0x80 || (code >= 0x61 && code <= 0x7a)) return true
  // Large letters, and `[` and `]` behind them.
  if (code >= 0x41 && code <= 0x5d) return code !== 0x5c
  if (code >= 0x30 && code <= 0x39) return true
  return code === 0x2d || code === 0x5f || code === 0x24 || code === 0x2e || (code === 0x25 && !encoded)
}

function decoded(name: string): string {
  if (!name.includes('%')) return name
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** JSON in JSON in JSON has seven before a quote. */
const mostSlashes = 8

function quotedValue(rule: Rule, text: string, at: number): Found | undefined {
  let slashes = 0
  while (slashes < mostSlashes && text[at + slashes] === '\\') slashes++
  const quote = text[at + slashes]
  if (quote !== '"' && quote !== "'" && quote !== '`') return undefined
  const from = at + slashes + 1
  const to = closingQuote(text, from, quote, slashes)
  return hidesText(rule, text.slice(from, to)) ? { from, to } : undefined
}

/** Where the quoted text ends that was opened with this many backslashes: at a quote with no more of them. */
function closingQuote(text: string, from: number, quote: string, opening: number): number {
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 1)) {
    let slashes = 0
    while (at - slashes > from && text[at - slashes - 1] === '\\') slashes++
    if (opening === 0 ? slashes % 2 === 0 : slashes <= opening) return opening === 0 ? at : at - slashes
  }
  return text.length
}

const firstCookie = /[\w!#$%&*+.^|~-]{1,128}=/y
const lineRest = /(?:[^\r\n"'`\\]|\\(?![nr"'`]))*/y

/** A header in the text of a request: all cookies at once. */
function cookieLine(name: string, text: string, from: number): Found | undefined {
  if (!/^(?:set-)?cookie2?$/i.test(name)) return undefined
  firstCookie.lastIndex = from
  if (!firstCookie.test(text)) return undefined
  lineRest.lastIndex = from
  lineRest.test(text)
  return { from, to: lineRest.lastIndex }
}

const segment = /[^\s&;"'<>`\\=:]{0,300}/y
const word = /(?:[^\s&;"'<>`\\%]|%(?!26)|\\(?!["'nrt]))*/y

function bareValue(
  rule: Rule,
  name: string,
  text: string,
  from: number,
  { colon, close }: { readonly colon: boolean; readonly close: boolean },
): Found | undefined {
  // What is decided upon is short, so that a text which is all pairs is not read over and over.
  segment.lastIndex = from
  segment.test(text)
  const first = text.slice(from, segment.lastIndex)
  if (first === '' || first.startsWith(marker)) return undefined
  if (/^-?\d[\d.,]*$/.test(first)) {
    const number = first.endsWith(',') ? first.slice(0, -1) : first
    return hidesNumber(rule, name, colon) ? { from, to: from + number.length } : undefined
  }
  // Behind a space or a colon stands prose as often as a value: "token: must not be empty", `where token = other`.
  const sure = close && !colon
  if (!sure && !looksSecret(first) && !/^(?=\D*\d)(?=[^a-z]*[a-z])[\w.~+/-]{8,}$/i.test(first))
    return undefined
  const decisive = text.startsWith('://', segment.lastIndex) ? `${first}://` : first
  // `?token=abc` is no parser's.
  const strict = sure && rule.but === 'token' ? { verdict: rule.verdict } : rule
  if (!hidesText(strict, decisive)) return undefined
  word.lastIndex = from
  word.test(text)
  return { from, to: word.lastIndex }
}

/** `?token=123456` is a secret, `max_tokens=4096` and `"token": 17` are not. */
function hidesNumber({ verdict }: Rule, name: string, colon: boolean): boolean {
  if (verdict === 'always' || verdict === 'number') return true
  return !colon && verdict === 'text' && !/s$/i.test(name)
}
