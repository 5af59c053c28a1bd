/**
 * Controls, lone surrogates, and everything that has no picture of its own (bidirectional marks, zero-width
 * characters, tags). Variation selectors stay: emoji need them, and they move nothing.
 */
const invisible =
  /(?!\n|\t|[\u{fe00}-\u{fe0f}])[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]/gu
const invisibleOrBreak =
  /(?![\u{fe00}-\u{fe0f}])[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]/gu

/**
 * The text with everything escaped that a terminal would act on or a reader would not see: control characters
 * other than line feed and tab, bidirectional and zero-width characters, lone surrogates.
 * @example visible('\u001b[2J') // '\\u001b[2J'
 */
export function visible(text: string): string {
  return text.replace(invisible, escaped)
}

/**
 * The same for text that must stay on one line: line feeds and tabs are escaped too.
 * @example oneLine('a\nb') // 'a\\nb'
 */
export function oneLine(text: string): string {
  return text.replace(invisibleOrBreak, escaped)
}

function escaped(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\t') return '\\t'
  const hex = character.codePointAt(0)!.toString(16)
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`
}
