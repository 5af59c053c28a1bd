import type { Report } from '@throwpoint/protocol'
import { type ChainLink, idOf, isLine, nameOf } from './error-chain.ts'
import { frameList } from './frame-list.ts'
import { type Content, html, type Html } from './html.ts'
import type { Sheet } from './sheet.ts'
import { jsonTree, memberTree } from './value-tree.ts'
import { count, cut, messageOf } from './words.ts'

const longestTitle = 300
/** A title beyond this is set smaller. */
const longTitle = 120
/** With more errors than this, those between the innermost and the one that escaped are folded. */
const mostOpen = 4
const longestMessage = 20_000

/** The sentence of the error that escaped: a title one can read at a glance, and the rest of a long one below it. */
export function sentence({ error }: Report): Html {
  const { title, rest } = titleOf(messageOf(error))
  const kind = title.length > longTitle ? 'message wordy' : 'message'
  const message = title === '' ? null : html` <span class="${kind}">${title}</span>`
  return html`<h1><span class="name">${nameOf(error)}</span>${message}</h1>${rest}`
}

interface Title {
  readonly title: string
  readonly rest: Html | null
}

/** The first line of a message, and what else there is: further lines as they are, or the whole of a long one. */
function titleOf(message: string): Title {
  const [first = '', ...lines] = message.trim().split('\n')
  const title = cut(first, longestTitle)
  const others = lines.join('\n')
  if (title === first && others.trim() === '') return { title, rest: null }
  if (title === first && lines.length <= 12 && others.length <= 1200) {
    return { title, rest: html`<pre class="lines">${others}</pre>` }
  }
  const size = lines.length > 0 ? count(lines.length + 1, 'line') : count(message.length, 'character')
  const rest = html`<details class="whole">
<summary>Whole message, ${size}</summary>
<pre tabindex="0" role="group" aria-label="Whole message">${cut(message, longestMessage)}</pre>
</details>`
  return { title, rest }
}

/** One error with its frames. `position` counts from the innermost. */
export function errorSection(
  links: readonly ChainLink[],
  position: number,
  open: boolean,
  sheet: Sheet,
): Html {
  const link = links[position]!
  const { error, frames, index } = link
  const { title, rest } = titleOf(messageOf(error))
  const heading =
    links.length === 1
      ? html`<h2>Stack</h2>`
      : html`<h2><span class="name">${nameOf(error)}</span> <span class="message">${title}</span></h2>`
  const properties = Object.keys(error.properties).length
  const own =
    properties === 0 ? null : fold('Properties of the error', properties, jsonTree(error.properties, sheet))
  const value =
    error.value === undefined || error.isError
      ? null
      : fold('The thrown value', undefined, memberTree(error.value, sheet))
  const lost =
    error.unavailable === undefined ? null : html`<p class="why">${cut(error.unavailable, 500)}</p>`
  const body = html`${index === -1 ? null : rest}${own}${value}${lost}${framesOf(frames, open, sheet)}${stackText(error.stack)}`
  const folded = links.length > mostOpen && position > 0 && index !== -1 && !open
  if (!folded) {
    return html`<section class="error" id="${idOf(index)}">
<header>${pager(links, position)}${heading}</header>
${body}
</section>`
  }
  return html`<section class="error folded" id="${idOf(index)}">
${pager(links, position)}
<details>
<summary>${heading}</summary>
${body}
</details>
</section>`
}

function framesOf(frames: ChainLink['frames'], open: boolean, sheet: Sheet): Content {
  if (frames.length === 0) return html`<p class="why">It has no frames.</p>`
  return frameList(frames, open, sheet)
}

function fold(title: string, size: number | undefined, content: Html): Html {
  const number = size === undefined ? null : html` <span class="why">${size}</span>`
  return html`<details class="scope" open>
    <summary>${title}${number}</summary>
    ${content}
  </details>`
}

function stackText(stack: string): Html | null {
  if (stack === '') return null
  return html`<details class="scope stack">
    <summary>Stack as text</summary>
    <pre tabindex="0" role="group" aria-label="Stack as text">${cut(stack, 50_000)}</pre>
  </details>`
}

/** From cause to consequence and back. */
function pager(links: readonly ChainLink[], position: number): Html | null {
  if (links.length === 1) return null
  const step = (to: ChainLink | undefined, arrow: string): Html | null =>
    to === undefined ? null : html` <a href="#${idOf(to.index)}">${arrow} ${cut(to.error.name, 60)}</a>`
  const { index, place } = links[position]!
  const what =
    position === 0 && isLine(links) ? 'Root cause' : index === -1 ? 'The error that escaped' : place
  const label = `Error ${position + 1} of ${links.length}`
  return html`<nav class="pager" aria-label="${label}">
    <b>${what}</b>
    <span class="why">${position + 1} of ${links.length}</span>
    ${step(links[position - 1], '↑')}${step(links[position + 1], '↓')}
  </nav>`
}

/** Which of the errors opens its first frame: the innermost one that has source of the user. */
export function firstToOpen(links: readonly ChainLink[]): number {
  const at = links.findIndex(({ frames }) =>
    frames.some(({ kind, source }) => kind === 'app' && source !== undefined),
  )
  return at === -1 ? 0 : at
}
