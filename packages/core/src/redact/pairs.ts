import {
  endsSegment,
  endsWord,
  hexValue,
  isDigit,
  isGap,
  isLetter,
  isNameCode,
  isTokenCode,
} from './characters.ts'
import { folded } from './folded-name.ts'
import { looksSecretIn, shortestSecret } from './looks-secret.ts'
import { isNamedName, isNamedValue, partEnd, partStart, ruleOfNamed } from './named-value.ts'
import { hidesPart, hidesText, marker, type Names, type Rule } from './names.ts'
import type { Found } from './shapes.ts'
import { WordTable } from './word-table.ts'

/** How far back a name is looked for, and how much space may stand between name, separator and value. */
const longestName = 64
const longestGap = 8

/** Where the name begins that was read last. */
let nameFrom = 0

/**
 * What the name before a separator hides after it: `password=x` in forms, URLs and connection strings, `"password": "x"`
 * in JSON (also in JSON inside a string, with its backslashes), `password: 'x'` as `util.inspect` prints it,
 * `password = 'x'` in SQL, `Cookie: a=b` in the text of a request.
 *
 * It is asked of every `=` and `:`, so it makes no string of what it looks at.
 */
export function findPair(names: Names, text: string, separator: number, length: number): Found | undefined {
  const plain = ruleBefore(names, text, separator, length > 1)
  const rule = plain?.verdict === 'never' ? ruleOfValue(names, text) : plain
  if (rule === undefined || rule.verdict === 'never') {
    return plain !== undefined && isNamedName() ? partOfForm(names, text, separator) : undefined
  }

  const colon = text.charCodeAt(separator) === colonCode
  let from = separator + length
  // LDAP writes base64 behind two.
  if (colon && text.charCodeAt(from) === colonCode) from++
  if (!colon && text.charCodeAt(from) === equals) return undefined
  // `=>` is how `util.inspect` prints a Map.
  if (!colon && text.charCodeAt(from) === greater) from++
  const close = from
  while (from - close < longestGap && isGap(text.charCodeAt(from))) from++

  return (
    quotedValue(rule, text, from) ??
    (colon && rule.verdict !== 'maybe' ? headerLine(text, from) : undefined) ??
    (text.charCodeAt(from) === openBracket ? listOfTexts(rule, text, from) : undefined) ??
    bareValue(rule, text, from, { colon, close: from === close, encoded: length > 1 })
  )
}

/** The rule of a `value` by the name beside it. */
function ruleOfValue(names: Names, text: string): Rule | undefined {
  return isNamedValue() ? ruleOfNamed(names, text, nameFrom) : undefined
}

/** A part of a form, in the text of a request: the separator is in `name="password"`. */
function partOfForm(names: Names, text: string, separator: number): Found | undefined {
  if (text.charCodeAt(separator) !== equals || text.charCodeAt(separator + 1) !== doubleQuote)
    return undefined
  let close = separator + 2
  while (close - separator < longestName && isNameCode(text.charCodeAt(close))) close++
  if (text.charCodeAt(close) !== doubleQuote) return undefined
  const from = partStart(text, close)
  if (from === -1) return undefined
  const rule = names.ruleIn(text, separator + 2, close, 'path')
  const to = partEnd(text, from)
  return hidesPart(rule, text, from, to) ? { from, to } : undefined
}

/** `"tokens": ["x", "y"]`: all, if the first looks secret. */
function listOfTexts(rule: Rule, text: string, at: number): Found | undefined {
  let open = at + 1
  while (open - at < longestGap && isGap(text.charCodeAt(open))) open++
  const first = quotedValue(rule, text, open)
  if (first === undefined || !looksSecretIn(text, first.from, first.to)) return undefined
  const end = text.indexOf(']', first.to)
  return { from: first.from, to: end === -1 ? text.length : lastQuote(text, first.to, end) }
}

/** Where the last text of a list ends. */
function lastQuote(text: string, from: number, end: number): number {
  let at = end
  while (at > from && !isQuote(text.charCodeAt(at - 1))) at--
  return at > from ? at - 1 : from
}

const colonCode = 0x3a
const equals = 0x3d
const greater = 0x3e
const percent = 0x25
const openBracket = 0x5b
const backslash = 0x5c
const doubleQuote = 0x22
const singleQuote = 0x27
const backtick = 0x60

function isQuote(code: number): boolean {
  return code === doubleQuote || code === singleQuote || code === backtick
}

/** The rule of the name that ends before the separator. */
function ruleBefore(names: Names, text: string, separator: number, encoded: boolean): Rule | undefined {
  let to = separator
  const last = text.charCodeAt(to - 1)
  if (!isNameCode(last) && !isGap(last) && !isQuote(last) && last !== closeParenthesis) return undefined
  while (to > 0 && separator - to < longestGap && isGap(text.charCodeAt(to - 1))) to--
  if (to > 0 && isQuote(text.charCodeAt(to - 1))) {
    to--
    for (let slashes = 0; slashes < mostSlashes && text.charCodeAt(to - 1) === backslash; slashes++) to--
  }
  if (text.charCodeAt(to - 1) === closeParenthesis || text.charCodeAt(to - 2) === closeParenthesis) {
    to = symbolEnd(text, to)
  }
  let from = to
  let plain = true
  let signs = false
  let broken = false
  while (from > 0 && to - from < longestName) {
    const code = text.charCodeAt(from - 1)
    if (code === percent) {
      // Where the separator is encoded, so is what is no part of the name; but brackets are.
      if (encoded && !isEncodedBracket(text, from)) break
      signs = true
      if (!isEscape(text, from, to)) broken = true
    } else if (!isNameCode(code)) break
    else if (isPathOrWide(code)) plain = false
    from--
  }
  if (to - from < 2) return undefined
  nameFrom = from
  // What cannot be decoded stays as it is.
  const spelling = signs && !broken ? 'percent' : plain ? 'plain' : 'path'
  if (
    !encoded ||
    from === 0 ||
    text.charCodeAt(from - 1) !== percent ||
    !isEscape(text, from, to) ||
    to - from < 4
  )
    return names.ruleIn(text, from, to, spelling)
  // `%26otp%3D`: the digits belong to the sign before them, unless a name begins with them.
  const rule = names.ruleIn(text, from + 2, to, spelling)
  return rule.verdict === 'never' ? names.ruleIn(text, from, to, spelling) : rule
}

const closeParenthesis = 0x29

/** In `[Symbol(apiKey)]: 'x'`, where the description ends. */
function symbolEnd(text: string, to: number): number {
  const end = text.charCodeAt(to - 1) === closeParenthesis ? to - 1 : to - 2
  const open = text.lastIndexOf('(', end)
  return end - open < longestName && text.startsWith('Symbol', open - 6) ? end : to
}

/** `.`, `[`, `]`, and what is no ASCII. */
function isPathOrWide(code: number): boolean {
  return code >= 0x80 || code === 0x2e || code === 0x5b || code === 0x5d
}

/** `5B` and `5D`. */
function isEncodedBracket(text: string, at: number): boolean {
  if (text.charCodeAt(at) !== 0x35) return false
  const last = text.charCodeAt(at + 1) | 0x20
  return last === 0x62 || last === 0x64
}

function isEscape(text: string, from: number, to: number): boolean {
  return to - from > 1 && hexValue(text.charCodeAt(from)) >= 0 && hexValue(text.charCodeAt(from + 1)) >= 0
}

/** JSON in JSON in JSON has seven before a quote. */
const mostSlashes = 8

function quotedValue(rule: Rule, text: string, at: number): Found | undefined {
  let slashes = 0
  while (slashes < mostSlashes && text.charCodeAt(at + slashes) === backslash) slashes++
  const quote = text.charCodeAt(at + slashes)
  if (!isQuote(quote)) return undefined
  const from = at + slashes + 1
  const to = closingQuote(text, from, quote, slashes)
  return hidesPart(rule, text, from, to) ? { from, to } : undefined
}

/** Where the quoted text ends that was opened with this many backslashes: at a quote with no more of them. */
function closingQuote(text: string, from: number, quote: number, opening: number): number {
  const sign = quote === doubleQuote ? '"' : quote === singleQuote ? "'" : '`'
  for (let at = text.indexOf(sign, from); at !== -1; at = text.indexOf(sign, at + 1)) {
    let slashes = 0
    while (at - slashes > from && text.charCodeAt(at - slashes - 1) === backslash) slashes++
    if (opening === 0 ? slashes % 2 === 0 : slashes <= opening) return opening === 0 ? at : at - slashes
  }
  return text.length
}

const headerNames = new WordTable<'cookie' | 'scheme'>(6)
for (const name of ['cookie', 'setcookie', 'cookie2', 'setcookie2']) headerNames.add(name, 'cookie')
for (const name of ['authorization', 'proxyauthorization']) headerNames.add(name, 'scheme')
const firstCookie = /[\w!#$%&*+.^|~-]{1,128}=/y
/** Quotes only behind `=`: `sid="x"`, also in a string. */
const lineRest = /(?:[^\r\n"'`\\=]|\\(?![nr"'`])|=(?:\\?"[^"\r\n\\]{0,300}\\?")?)*/y

const scheme =
  /(?:apikey|aws4-hmac-sha256|basic|bearer|digest|dpop|hawk|hmac|negotiate|ntlm|oauth|token|vapid)[ \t]+/iy

/** A header in the text of a request: all cookies at once, all behind the scheme of an authorization. */
function headerLine(text: string, from: number): Found | undefined {
  const kind = headerNames.get()
  if (kind === undefined) return undefined
  const first = kind === 'cookie' ? firstCookie : scheme
  first.lastIndex = from
  if (!first.test(text)) return undefined
  const start = kind === 'cookie' ? from : first.lastIndex
  lineRest.lastIndex = start
  lineRest.test(text)
  return text.startsWith(marker, start) ? undefined : { from: start, to: lineRest.lastIndex }
}

/** So much of a bare value is decided upon: a text which is all pairs must not be read over and over. */
const longestSegment = 300

interface Before {
  readonly colon: boolean
  /** Whether nothing is between the separator and the value. */
  readonly close: boolean
  readonly encoded: boolean
}

function bareValue(
  rule: Rule,
  text: string,
  from: number,
  { colon, close, encoded }: Before,
): Found | undefined {
  const end = Math.min(text.length, from + longestSegment)
  let to = from
  let digits = 0
  let letters = 0
  let token = true
  let numeric = true
  for (; to < end; to++) {
    const code = text.charCodeAt(to)
    if (endsSegment(code) || (encoded && code === percent && endsEncoded(text, to))) break
    if (isDigit(code)) {
      digits++
      continue
    }
    // `-12.50`
    if (digits === 0 ? code !== 0x2d || to > from : code !== 0x2e && code !== 0x2c) numeric = false
    if (isLetter(code)) letters++
    else if (!isTokenCode(code)) token = false
  }
  if (to === from || (rule.verdict === 'maybe' && to - from < shortestSecret)) return undefined
  if (text.charCodeAt(from) === openBracket && text.startsWith(marker, from)) return undefined
  if (numeric && digits > 0) {
    if (!hidesNumber(rule, colon)) return undefined
    return { from, to: text.charCodeAt(to - 1) === comma ? to - 1 : to }
  }
  // Behind a space or a colon stands prose as often as a value: "token: must not be empty", `where token = other`.
  const sure = close && !colon
  const mixed = token && digits > 0 && letters > 0 && to - from >= 8
  if (!sure && !mixed && !looksSecretIn(text, from, to)) return undefined
  // `?token=abc` is no parser's.
  const strict = sure && rule.but === 'token' ? strictly(rule) : rule
  const hides =
    text.charCodeAt(to) === colonCode && text.startsWith('://', to)
      ? hidesText(strict, `${text.slice(from, to)}://`)
      : hidesPart(strict, text, from, to)
  return hides ? { from, to: wordEnd(text, from, encoded) } : undefined
}

const comma = 0x2c

const strictRule: Rule = { verdict: 'text' }

function strictly({ verdict }: Rule): Rule {
  return verdict === 'text' ? strictRule : { verdict }
}

/** Where a bare value ends: at a space, a quote, `&`, `;` or what stands for `&` where the separator is encoded. */
function wordEnd(text: string, from: number, encoded: boolean): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (!endsWord(code)) continue
    if (code === percent) {
      if (encoded && isEncodedAnd(text, at)) break
    } else if (code === backslash) {
      const next = text.charCodeAt(at + 1)
      if (next === doubleQuote || next === singleQuote || isEscapedBreak(next)) break
    } else break
  }
  return at
}

/** `%26` and `%3D`, and encoded once more. */
function endsEncoded(text: string, at: number): boolean {
  if (isEncodedAnd(text, at)) return true
  const sign = at + twice(text, at)
  return text.charCodeAt(sign + 1) === 0x33 && (text.charCodeAt(sign + 2) | 0x20) === 0x64
}

function isEncodedAnd(text: string, at: number): boolean {
  const sign = at + twice(text, at)
  return text.charCodeAt(sign + 1) === 0x32 && text.charCodeAt(sign + 2) === 0x36
}

/** How much longer `%25` makes it. */
function twice(text: string, at: number): number {
  return text.charCodeAt(at + 1) === 0x32 && text.charCodeAt(at + 2) === 0x35 ? 2 : 0
}

/** `n`, `r` and `t`. */
function isEscapedBreak(code: number): boolean {
  return code === 0x6e || code === 0x72 || code === 0x74
}

/** `?token=123456` is a secret, `max_tokens=4096` and `"token": 17` are not. */
function hidesNumber({ verdict }: Rule, colon: boolean): boolean {
  if (verdict === 'always' || verdict === 'number') return true
  return !colon && verdict === 'text' && (folded.last | 0x20) !== 0x73
}
