import { isObject, isProxy, keysOf, safeGet } from '../primordials.ts'
import { marker } from '../redact/names.ts'
import type { Redactor } from '../redact/redactor.ts'

const most = 50

/** The URL without the pieces of its path that a parameter with the name of a secret has taken: `/reset/:token`. */
export function hideParams(url: string, params: unknown, redactor: Redactor): string {
  if (!isObject(params) || isProxy(params)) return url
  const secrets: string[] = []
  for (const name of keysOf(params).slice(0, most)) {
    const { value } = safeGet(params, name)
    if (typeof value === 'string' && value !== '' && redactor.hides(name, value)) secrets.push(value)
  }
  if (secrets.length === 0) return url
  const end = url.search(/[?#]/)
  const path = end === -1 ? url : url.slice(0, end)
  const shown = path
    .split('/')
    .map((piece) => secrets.reduce((rest, secret) => without(rest, secret), piece))
    .join('/')
  return shown + url.slice(path.length)
}

/** Also where it is only a part of the piece: `/keys/:secret.pem`. Of a short one, no part of another word. */
function without(piece: string, secret: string): string {
  for (const form of [secret, encoded(secret)]) {
    if (piece === form || decoded(piece) === secret) return marker
    if (form.length >= 6 && piece.includes(form)) return piece.replaceAll(form, () => marker)
  }
  return piece
}

function encoded(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    return text
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
