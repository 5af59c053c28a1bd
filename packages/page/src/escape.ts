// oxlint-disable no-control-regex -- what must not be there has to be named
/**
 * Controls, lone surrogates, and everything that has no picture of its own (bidirectional marks, zero-width
 * characters, tags). Variation selectors stay: emoji need them, and they move nothing.
 */
const unseen =
  /(?!\n|\t|[\u{fe00}-\u{fe0f}])[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]/gu

/** Where such characters are, and more: few texts have any of these, and each is looked at twice. */
const suspects = String.raw`\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb`
const inText = new RegExp(String.raw`[&<>\0-\x08\x0b-\x1f]|[${suspects}]+`, 'g')
const inAttribute = new RegExp(String.raw`[&<>"\0-\x08\x0b-\x1f]|[${suspects}]+`, 'g')

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
