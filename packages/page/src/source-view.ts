import type { Frame } from '@throwpoint/protocol'
import { escapeText } from './escape.ts'
import { Html, html } from './html.ts'
import { sourceTokens, type Token } from './source-tokens.ts'

const longestLine = 400
/** Characters before the mark. */
const furthestMark = 100
const linesBefore = 8
const linesAfter = 6

/** Lines of source and what is marked in them. */
interface Excerpt {
  readonly firstLine: number
  readonly lines: readonly string[]
  /** Index of the line of the location. */
  readonly current: number
  /** What is marked in it; undefined when only the function is known. */
  readonly mark: { readonly from: number; readonly to: number } | undefined
}

/** The lines around the location of a frame, with the exact place marked; undefined where there are none. */
export function sourceView(frame: Frame, label: string): Html | undefined {
  const excerpt = excerptOf(frame)
  if (excerpt === undefined) return undefined
  return html`<pre
    class="src"
    tabindex="0"
    role="group"
    aria-label="${label}"
  ><code>${linesOf(excerpt)}</code></pre>`
}

function excerptOf({ location, source }: Frame): Excerpt | undefined {
  if (location === null || source === undefined) return undefined
  const at = location.line - source.firstLine
  if (at < 0 || at >= source.lines.length) return undefined
  let from = Math.max(0, at - linesBefore)
  let to = Math.min(source.lines.length, at + linesAfter + 1)
  while (from < at && source.lines[from]!.trim() === '') from += 1
  while (to > at + 1 && source.lines[to - 1]!.trim() === '') to -= 1
  const raw = source.lines.slice(from, to)
  const indent = commonIndent(raw)
  const current = at - from
  const column = Math.min(location.column - 1, raw[current]!.length)
  // The mark must be seen without scrolling, also in a line of a bundle.
  const skip = column - indent > furthestMark ? column - furthestMark / 2 : 0
  const lines = raw.map((line, index) => {
    const start = index === current && skip > 0 ? skip : indent
    const text = line.slice(start, start + longestLine)
    return `${index === current && skip > 0 ? '…' : ''}${text}${line.length > start + longestLine ? '…' : ''}`
  })
  const marked = skip > 0 ? column - skip + 1 : column - indent
  return {
    firstLine: source.firstLine + from,
    lines,
    current,
    mark:
      location.exact && marked >= 0 ? { from: marked, to: endOfWord(lines[current]!, marked) } : undefined,
  }
}

function commonIndent(lines: readonly string[]): number {
  let common: string | undefined
  for (const line of lines) {
    if (line.trim() === '') continue
    const indent = /^[ \t]*/.exec(line)![0]
    common ??= indent
    while (!indent.startsWith(common)) common = common.slice(0, -1)
  }
  return common?.length ?? 0
}

function endOfWord(line: string, from: number): number {
  const word = /^(?:#?[\p{ID_Continue}$]+|[\ud800-\udbff][\udc00-\udfff]|[^])/u.exec(line.slice(from))
  return from + (word?.[0].length ?? 1)
}

function linesOf({ lines, firstLine, current, mark }: Excerpt): Html {
  const tokens = sourceTokens(lines.join('\n'))
  let offset = 0
  let markup = ''
  lines.forEach((line, index) => {
    const end = offset + line.length
    const marked =
      index === current && mark !== undefined ? { from: offset + mark.from, to: offset + mark.to } : undefined
    const kind = index === current ? 'l cur' : 'l'
    markup += `<span class="${kind}" data-n="${firstLine + index}">${coloured(line, offset, tokens, marked)}\n</span>`
    offset = end + 1
  })
  return new Html(markup)
}

/** One line in colours. `offset` is where it stands in the text the tokens were found in. */
function coloured(
  line: string,
  offset: number,
  tokens: readonly Token[],
  marked: { readonly from: number; readonly to: number } | undefined,
): string {
  const end = offset + line.length
  let markup = ''
  let at = offset
  const take = (to: number, kind?: Token['kind']): void => {
    if (to <= at) return
    const text = escapeText(line.slice(at - offset, to - offset))
    markup += kind === undefined ? text : `<span class="${kind[0]}">${text}</span>`
    at = to
  }
  /** As `take`, around the mark. */
  const pass = (to: number, kind?: Token['kind']): void => {
    if (marked !== undefined && marked.from < to && marked.to > at) {
      take(marked.from, kind)
      if (at === marked.from) markup += '<mark>'
      take(Math.min(to, marked.to), kind)
      if (at === marked.to) markup += '</mark>'
    }
    take(to, kind)
  }
  for (const token of tokens) {
    if (token.end <= at) continue
    if (token.start >= end) break
    pass(Math.max(at, token.start))
    pass(Math.min(end, token.end), token.kind)
  }
  pass(end)
  // Behind the last character.
  if (marked !== undefined && marked.from >= end) markup += '<mark> </mark>'
  return markup
}
