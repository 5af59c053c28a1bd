import { escapeAttribute, escapeText } from './escape.ts'

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

export const empty: Html = new Html('')

/**
 * Makes markup. Holes stand in text or in a double-quoted attribute; what is no `Html` in them is escaped, and
 * characters a reader would not see come out as `\\u202e`. A hole inside a tag takes what `attribute` makes.
 *
 * @throws TypeError when a template, or what is put into it, could not be made safe by escaping
 * @example html`<p title="${name}">${message}</p>`
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  const { texts, places } = templateOf(parts)
  let markup = texts[0]!
  for (let at = 0; at < contents.length; at += 1) {
    markup += markupOf(contents[at], places[at]!) + texts[at + 1]!
  }
  return new Html(markup)
}

/** An attribute, for a hole inside a tag; without a value one that is just there. */
export function attribute(name: string, value?: string | number): Html {
  return new Html(value === undefined ? ` ${name}` : ` ${name}="${escapeAttribute(String(value))}"`)
}

type Place = 'text' | 'tag' | 'attribute'

function markupOf(content: Content, place: Place): string {
  if (content instanceof Html) return content.markup
  if (content === undefined || content === null || content === false) return ''
  if (place === 'tag') throw new TypeError('inside a tag stand attributes')
  if (typeof content === 'string') return place === 'text' ? escapeText(content) : escapeAttribute(content)
  if (typeof content === 'number') return String(content)
  let markup = ''
  for (const one of content) markup += markupOf(one, place)
  return markup
}

interface Template {
  /** The parts, without the indentation they have in the source. */
  readonly texts: readonly string[]
  /** Where the hole behind each part stands. */
  readonly places: readonly Place[]
}

const templates = new WeakMap<TemplateStringsArray, Template>()

function templateOf(parts: TemplateStringsArray): Template {
  let template = templates.get(parts)
  if (template === undefined) {
    template = { texts: parts.map((part) => part.replaceAll(/\n +/g, '\n')), places: placesOf(parts) }
    templates.set(parts, template)
  }
  return template
}

function placesOf(parts: TemplateStringsArray): Place[] {
  let place: Place = 'text'
  return parts.map((part, index) => {
    for (const character of part) {
      if (place === 'text') place = character === '<' ? 'tag' : 'text'
      else if (character === '"') place = place === 'tag' ? 'attribute' : 'tag'
      else if (place === 'tag' && character === '>') place = 'text'
      else if (place === 'tag' && character === "'") throw new TypeError('attributes stand in double quotes')
    }
    // An attribute without quotes, a tag name, a comment; an attribute outside of a tag.
    const unsafe = place === 'tag' ? /(?:[=</]|<!.*)$/s : /="[^"<>]*$/
    if (index < parts.length - 1 && place !== 'attribute' && unsafe.test(part)) {
      throw new TypeError(`no hole may follow ${part.slice(-40)}`)
    }
    return place
  })
}
