// oxlint-disable no-control-regex -- what must not be there has to be named
/**
 * Controls, lone surrogates, and everything that has no picture of its own (bidirectional marks, zero-width
 * characters, tags). Variation selectors stay: emoji need them, and they move nothing.
 */
const unseen =
  /(?!\n|\t|[\u{fe00}-\u{fe0f}])[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]/gu

/** What may need an escape; the long run of other characters costs one step each. */
const inText = /[&<>\0-\x08\x0b-\x1f]|[^\0-\x7e]+/g
const inAttribute = /[&<>"\0-\x08\x0b-\x1f]|[^\0-\x7e]+/g

/** Text for a text node, in which a reader sees every character. */
export function escapeText(text: string): string {
  return text.replace(inText, escaped)
}

/** Text for an attribute in double quotes. */
export function escapeAttribute(text: string): string {
  return text.replace(inAttribute, escaped)
}

const entities: Readonly<Record<string, string | undefined>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

function escaped(found: string): string {
  return entities[found] ?? found.replace(unseen, visibly)
}

function visibly(character: string): string {
  const hex = character.codePointAt(0)!.toString(16)
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`
}
