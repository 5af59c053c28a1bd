/** Markup that was made here. Everything else is text and is escaped when it is put into a template. */
export class Html {
  readonly markup: string

  constructor(markup: string) {
    this.markup = markup
  }

  toString(): string {
    return this.markup
  }
}

/** What a hole of a template takes. Nothing is shown for undefined, null and false. */
export type Content = Html | string | number | undefined | null | false | readonly Content[]

/**
 * Makes markup. Holes stand in text or in a double-quoted attribute; what is no `Html` in them is escaped, and
 * characters a reader would not see come out as `\\u202e`. A hole inside a tag takes attributes, which are `Html`.
 * @throws TypeError when a template or what is put into it could not be made safe by escaping
 * @example html`<p title="${name}">${message}</p>`
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  const places = placesOf(parts)
  let markup = parts[0]!
  for (let at = 0; at < contents.length; at += 1) {
    const content = contents[at]
    if (places[at] === 'tag' && content && !(content instanceof Html))
      throw new TypeError('attributes are Html')
    markup += markupOf(content) + parts[at + 1]!
  }
  return new Html(markup)
}

export const empty: Html = new Html('')

function markupOf(content: Content): string {
  if (typeof content === 'string') return escape(content)
  if (content instanceof Html) return content.markup
  if (typeof content === 'number') return String(content)
  if (Array.isArray(content)) {
    let markup = ''
    for (const one of content) markup += markupOf(one as Content)
    return markup
  }
  return ''
}

/**
 * Controls, lone surrogates, and everything that has no picture of its own (bidirectional marks, zero-width
 * characters, tags). Variation selectors stay: emoji need them, and they move nothing.
 */
const special =
  /[&<>"'\r]|(?!\n|\t|[\u{fe00}-\u{fe0f}])[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]/gu
const harmless = /^[\n\t !#$%(-;=?-~]*$/

/** Text for a text node or a quoted attribute, in which a reader sees every character. */
export function escape(text: string): string {
  return harmless.test(text) ? text : text.replace(special, escaped)
}

const entities: Readonly<Record<string, string | undefined>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(character: string): string {
  const entity = entities[character]
  if (entity !== undefined) return entity
  const hex = character.codePointAt(0)!.toString(16)
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`
}

type Place = 'text' | 'tag' | 'attribute'

const known = new WeakMap<TemplateStringsArray, readonly Place[]>()

/** Where the holes of a template stand. */
function placesOf(parts: TemplateStringsArray): readonly Place[] {
  const found = known.get(parts)
  if (found !== undefined) return found
  const places: Place[] = []
  let place: Place = 'text'
  for (const part of parts) {
    for (const character of part) {
      if (place === 'text') place = character === '<' ? 'tag' : 'text'
      else if (character === '"') place = place === 'tag' ? 'attribute' : 'tag'
      else if (place === 'tag' && character === '>') place = 'text'
      else if (place === 'tag' && character === "'") throw new TypeError('attributes stand in double quotes')
    }
    if (/[=</]$/.test(part) && place === 'tag') throw new TypeError(`no hole may follow ${part.slice(-40)}`)
    places.push(place)
  }
  known.set(parts, places)
  return places
}
