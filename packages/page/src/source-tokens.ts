/** One piece of JavaScript or TypeScript that is coloured, by its position in a text. */
export interface Token {
  readonly start: number
  readonly end: number
  readonly kind: 'comment' | 'string' | 'keyword' | 'number'
}

const keywords =
  'abstract as async await break case catch class const continue debugger declare default delete do else enum export ' +
  'extends false finally for from function get if implements import in infer instanceof interface is keyof let new ' +
  'null of private protected public readonly return satisfies set static super switch this throw true try type ' +
  'typeof undefined unique using var void while with yield'

/** Each alternative is linear: none can match the same text in two ways. */
function pattern(template: string): RegExp {
  const kinds = [
    String.raw`(\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?)`,
    String.raw`("(?:[^"\\\n]|\\[^])*"?|'(?:[^'\\\n]|\\[^])*'?|${template})`,
    String.raw`(\d[\w.]*)`,
    String.raw`[\w$#@\x80-\uffff]+`,
  ]
  return new RegExp(kinds.join('|'), 'g')
}

const complete = pattern('`(?:[^`\\\\]|\\\\[^])*`?')
/** Where one backtick is missing, nobody knows which: templates keep to their line. */
const torn = pattern('`(?:[^`\\\\\\n]|\\\\[^\\n])*`')
const isKeyword = new Set(keywords.split(' '))

/**
 * What is worth a colour in an excerpt: comments, strings, keywords, numbers. An excerpt starts anywhere, so this is
 * a guess that must be cheap and cannot fail: fifty excerpts take about a millisecond.
 */
export function sourceTokens(text: string): Token[] {
  const found: Token[] = []
  const backticks = text.split('`').length - 1
  const tokens = backticks % 2 === 0 ? complete : torn
  tokens.lastIndex = 0
  for (let match = tokens.exec(text); match !== null; match = tokens.exec(text)) {
    const [word, comment, string, number] = match
    const start = match.index
    const end = tokens.lastIndex
    if (comment !== undefined) found.push({ start, end, kind: 'comment' })
    else if (string !== undefined) found.push({ start, end, kind: 'string' })
    else if (number !== undefined) found.push({ start, end, kind: 'number' })
    else if (isKeyword.has(word) && !isProperty(text, start)) found.push({ start, end, kind: 'keyword' })
  }
  return found
}

/** `order.type`, and not `...new Set()`. */
function isProperty(text: string, start: number): boolean {
  return text[start - 1] === '.' && text[start - 2] !== '.'
}
