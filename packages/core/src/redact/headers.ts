import { hidesText, marker, type Names, normalise, wordSet } from './names.ts'

/** What a header may show. `text` hides the shapes in what is shown, `remember` is told what was hidden. */
export interface HeaderParts {
  readonly names: Names
  readonly text: (text: string) => string
  readonly remember: (secret: string) => void
}

/** Words before a credential that say how it is to be read. */
const schemes =
  /^(apikey|aws4-hmac-sha256|basic|bearer|digest|dpop|hawk|hmac|negotiate|ntlm|oauth|token|vapid)(\s+)(?=\S)/i

const hiddenHeaders = wordSet('xamzsecuritytoken cfaccessjwtassertion xforwardedclientcert')

/** The value of a header as it may be shown: of credentials the scheme, of cookies the names. */
export function headerValue(name: string, value: string, parts: HeaderParts): string {
  const { names, text, remember } = parts
  const plain = normalise(name)
  if (value === '' || names.keeps(name)) return text(value)
  if (plain === 'cookie' || plain === 'cookie2') return cookies(value, parts)
  if (plain === 'setcookie' || plain === 'setcookie2') return setCookie(value, parts)
  const rule = names.rule(name)
  if (!(plain in hiddenHeaders) && !hidesText(rule, value)) return text(value)
  if (rule.verdict === 'always') return hidden(value, remember)
  const scheme = schemes.exec(value)
  if (scheme === null) return hidden(value, remember)
  return scheme[0] + hidden(value.slice(scheme[0].length), remember)
}

function cookies(value: string, parts: HeaderParts): string {
  let result = ''
  for (let from = 0; from <= value.length;) {
    const semicolon = value.indexOf(';', from)
    const to = semicolon === -1 ? value.length : semicolon
    result += cookie(value.slice(from, to), parts)
    if (semicolon !== -1) result += ';'
    from = to + 1
  }
  return result
}

function cookie(text: string, { names, text: shown, remember }: HeaderParts): string {
  const equals = text.indexOf('=')
  if (text.trim() === '') return text
  // No name: it may be anything.
  if (equals === -1) return /^\s*/.exec(text)![0] + hidden(text.trim(), remember)
  const name = text.slice(0, equals)
  const value = text.slice(equals + 1)
  if (names.keeps(name)) return shown(text)
  return value === '' ? text : `${name}=${hidden(value, remember)}`
}

const attribute =
  /^\s*(?:path|domain|expires|max-age|httponly|secure|samesite|partitioned|priority)\s*(?:=[^=]*)?$/i

/** The cookie's name and its attributes. Anything that is no attribute is hidden: another cookie may be joined on. */
function setCookie(value: string, parts: HeaderParts): string {
  const end = value.indexOf(';')
  if (end === -1) return cookie(value, parts)
  let result = cookie(value.slice(0, end), parts)
  for (let from = end + 1; from <= value.length;) {
    const semicolon = value.indexOf(';', from)
    const to = semicolon === -1 ? value.length : semicolon
    const one = value.slice(from, to)
    result += `;${one.trim() === '' || attribute.test(one) ? one : ` ${hidden(one.trim(), parts.remember)}`}`
    from = to + 1
  }
  return result
}

function hidden(value: string, remember: (secret: string) => void): string {
  if (value === marker) return marker
  remember(value)
  if (/%[\da-f]{2}/i.test(value)) rememberDecoded(value, remember)
  return marker
}

function rememberDecoded(value: string, remember: (secret: string) => void): void {
  try {
    remember(decodeURIComponent(value))
  } catch {
    // Not encoded after all.
  }
}
