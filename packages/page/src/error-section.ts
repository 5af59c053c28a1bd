import type { Report } from '@throwpoint/protocol'
import { type ChainLink, idOf, nameOf } from './error-chain.ts'
import { frameList } from './frame-list.ts'
import { attribute, type Content, html, type Html } from './html.ts'
import type { Sheet } from './sheet.ts'
import { jsonTree, memberTree } from './value-tree.ts'
import { count, cut, messageOf } from './words.ts'

const longestTitle = 300
const longestMessage = 20_000

/** The sentence of an error: a title one can read at a glance, and the rest of a long one below it. */
export function sentence(report: Report): Html {
  const { error } = report
  const { title, rest } = titleOf(messageOf(error))
  const name = html`<span class="name">${nameOf(error)}</span>`
  return html`<h1>${name}${title === '' ? null : html` <span class="message">${title}</span>`}</h1>
    ${restOf(rest)}`
}

interface Title {
  readonly title: string
  /** The whole message, when the title is not. */
  readonly rest: string
}

function titleOf(message: string): Title {
  const line = message.split('\n', 1)[0]!.trim()
  const title = cut(line, longestTitle)
  return { title, rest: title === message.trim() ? '' : message }
}

function restOf(message: string): Html | null {
  if (message === '') return null
  const text = cut(message, longestMessage)
  const lines = text.split('\n').length
  const short = lines <= 12 && text.length <= 1200
  const state = short ? attribute('open') : null
  const size = lines > 1 ? count(lines, 'line') : count(message.length, 'character')
  return html`<details class="whole" ${state}>
    <summary>Whole message, ${size}</summary>
    <pre tabindex="0" role="group" aria-label="Whole message">${text}</pre>
  </details>`
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
  const alone = links.length === 1
  const heading = alone
    ? html`<h2>Stack</h2>`
    : html`<h2>
          <span class="name">${nameOf(error)}</span>
          <span class="message">${titleOf(messageOf(error)).title}</span>
        </h2>
        ${index === -1 ? null : restOf(titleOf(messageOf(error)).rest)}`
  const properties = Object.keys(error.properties).length
  const own =
    properties === 0 ? null : fold('Properties of the error', properties, jsonTree(error.properties, sheet))
  const value =
    error.value === undefined || error.isError
      ? null
      : fold('The thrown value', undefined, memberTree(error.value, sheet))
  const lost =
    error.unavailable === undefined ? null : html`<p class="why">${cut(error.unavailable, 500)}</p>`
  return html`<section class="error" id="${idOf(index)}">
    <header>${pager(links, position)}${heading}</header>
    ${own}${value}${lost}${framesOf(frames, open, sheet)}${stackText(error.stack)}
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
  const step = (to: ChainLink | undefined, text: string): Html | null =>
    to === undefined ? null : html`<a href="#${idOf(to.index)}">${text}</a> `
  const what =
    position === 0 ? 'Root cause' : links[position]!.index === -1 ? 'The error that escaped' : 'In between'
  const label = `Error ${position + 1} of ${links.length}`
  return html`<nav class="pager" aria-label="${label}">
    <b>${what}</b>
    <span class="why">${position + 1} of ${links.length}</span>
    ${step(links[position - 1], '← before')}${step(links[position + 1], 'next →')}
  </nav>`
}

/** Which of the errors opens its first frame: the innermost one that has source of the user. */
export function firstToOpen(links: readonly ChainLink[]): number {
  const at = links.findIndex(({ frames }) =>
    frames.some(({ kind, source }) => kind === 'app' && source !== undefined),
  )
  return at === -1 ? 0 : at
}
