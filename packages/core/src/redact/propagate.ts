import { quoted } from '../value/text.ts'
import { fixedFields, isValue } from './hide-named.ts'
import { marker } from './names.ts'
import { isList, isPlain, renameProperties, rewriteList, rewriteObject } from './rewrite.ts'

/** One way in which a hidden string may be written elsewhere. */
interface Spelling {
  readonly text: string
  /** How it begins: enough of it to be sure, where a text was cut. */
  readonly head: string
}

/** Characters of a secret that tell it from everything else. */
const enough = 12
const mostSecrets = 100

/** The hidden strings of one report, and where they occur again. */
export class Remembered {
  readonly #spellings: Spelling[] = []
  readonly #known: Record<string, true> = Object.create(null) as Record<string, true>
  #size = 0

  get isEmpty(): boolean {
    return this.#size === 0
  }

  get isFull(): boolean {
    return this.#size >= mostSecrets
  }

  /** @param secret that looks secret: a word such as "admin" would take all sense from a report */
  add(secret: string): void {
    if (this.isFull || secret in this.#known) return
    this.#known[secret] = true
    this.#size++
    this.#addSpelling(secret, secret.slice(0, enough))
    this.#addEncoded(secret, jsonText)
    this.#addEncoded(secret, jsonInJson)
    this.#addEncoded(secret, encoded)
    this.#addEncoded(secret, base64)
    this.#addEncoded(secret, hex)
    this.#addEncoded(secret, spacedHex)
  }

  /** The text without any of them. */
  hideIn(text: string): string {
    let result = text
    const spellings = this.#spellings
    for (let at = 0; at < spellings.length; at++) {
      const { head } = spellings[at]!
      const found = result.indexOf(head)
      if (found !== -1) result = replaceFrom(result, found, spellings[at]!)
    }
    return result
  }

  #addEncoded(secret: string, encode: (text: string) => string): void {
    const text = encode(secret)
    if (text !== secret && text !== '') this.#addSpelling(text, encode(secret.slice(0, enough)))
  }

  #addSpelling(text: string, head: string): void {
    this.#spellings[this.#spellings.length] = { text, head }
  }
}

function replaceFrom(text: string, first: number, { text: secret, head }: Spelling): string {
  let result = ''
  let copied = 0
  for (let at = first; at !== -1; at = text.indexOf(head, at)) {
    let to = at + head.length
    while (to < text.length && to - at < secret.length && text[to] === secret[to - at]) to++
    const whole = to - at === secret.length
    if (whole || isCutAt(text, to)) {
      result += text.slice(copied, at) + marker
      copied = to
      at = to
    } else at++
  }
  return result + text.slice(copied)
}

/** Where a text was cut, it ends or goes on with an ellipsis. */
function isCutAt(text: string, at: number): boolean {
  return at === text.length || text[at] === '…' || text.startsWith(' …', at)
}

const { stringify } = JSON

function jsonText(text: string): string {
  const json = stringify(text)
  return json.slice(1, -1)
}

function jsonInJson(text: string): string {
  const once = jsonText(text)
  const twice = jsonText(once)
  return twice === once ? text : twice
}

function encoded(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    // Half of a surrogate pair.
    return ''
  }
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Only the groups that are whole: what comes last depends on what comes after. ASCII alone. */
function base64(text: string): string {
  let result = ''
  for (let at = 0; at + 2 < text.length; at += 3) {
    const bits = (byteAt(text, at) << 16) | (byteAt(text, at + 1) << 8) | byteAt(text, at + 2)
    result +=
      digits[bits >> 18]! + digits[(bits >> 12) & 63]! + digits[(bits >> 6) & 63]! + digits[bits & 63]!
  }
  return result
}

function hex(text: string): string {
  let result = ''
  for (let at = 0; at < text.length; at++) result += hexByte(byteAt(text, at))
  return result
}

/** As a Buffer is printed. */
function spacedHex(text: string): string {
  let result = ''
  for (let at = 0; at < text.length; at++) result += (at === 0 ? '' : ' ') + hexByte(byteAt(text, at))
  return result
}

function hexByte(byte: number): string {
  return (byte < 16 ? '0' : '') + byte.toString(16)
}

function byteAt(text: string, at: number): number {
  return text.charCodeAt(at) & 0xff
}

/** Hides everywhere in a report, but in source text, what is hidden somewhere; and counts what is hidden. */
export function propagate<T extends object>(
  report: T,
  remembered: Remembered,
): { report: T; hidden: number } {
  const pass = new Propagation(remembered)
  return { report: pass.object(report), hidden: pass.hidden }
}

class Propagation {
  hidden = 0
  readonly #remembered: Remembered

  constructor(remembered: Remembered) {
    this.#remembered = remembered
  }

  object<T extends object>(object: T): T {
    const { unavailable, message } = object as { unavailable?: unknown; message?: unknown }
    if (unavailable === 'redacted') this.hidden++
    const before = this.hidden
    const result = describedAnew(
      object,
      rewriteObject(object, (value, name) => this.#part(value, name)),
    )
    // The stack begins with the message, a description and a preview repeat a value.
    if (typeof message === 'string' && 'stack' in object) {
      this.hidden -= Math.min(this.hidden - before, countIn((result as { message: string }).message))
    }
    return result
  }

  #part(value: unknown, name: string): unknown {
    if (typeof value === 'string') return this.#text(value, name)
    if (name === 'source' || name === 'sources') {
      this.#countInSource(value)
      return value
    }
    if (name === 'properties') return this.#json(value)
    if (isList(value)) return rewriteList(value, (item) => this.#part(item, name))
    return isPlain(value) ? this.object(value) : value
  }

  /** The application's own names, which may be secrets too. */
  #json(value: unknown): unknown {
    if (typeof value === 'string') return this.#text(value, '')
    if (isList(value)) return rewriteList(value, (item) => this.#json(item))
    if (!isPlain(value)) return value
    const shown = rewriteObject(value, (inner) => this.#json(inner))
    return renameProperties(shown, (name) => this.#text(name, ''))
  }

  #text(text: string, name: string): string {
    if (name in fixedFields) return text
    const shown = this.#remembered.isEmpty ? text : this.#remembered.hideIn(text)
    if (name !== 'description' && name !== 'preview') this.hidden += countIn(shown)
    return shown
  }

  #countInSource(value: unknown): void {
    if (!isPlain(value) || !isList(value['lines'])) return
    const { lines } = value
    for (let at = 0; at < lines.length; at++)
      if (typeof lines[at] === 'string') this.hidden += countIn(lines[at] as string)
  }
}

/** A string is described by itself, in quotes; escaped twice a secret in it may have no spelling we know. */
function describedAnew<T extends object>(before: T, after: T): T {
  const { value } = after as { value?: unknown }
  if (before === after || typeof value !== 'string' || !isValue(after as never)) return after
  if (value === (before as { value?: unknown }).value) return after
  return { __proto__: null, ...after, description: quoted(value, descriptionLength) } as T
}

const descriptionLength = 500

function countIn(text: string): number {
  let count = 0
  for (let at = text.indexOf(marker); at !== -1; at = text.indexOf(marker, at + marker.length)) count++
  return count
}
