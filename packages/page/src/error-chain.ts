import type { ErrorInfo, Frame, Report } from '@throwpoint/protocol'
import { attribute, html, type Html } from './html.ts'
import { cut, messageOf } from './words.ts'

/** One error of a report: the one that escaped, or one of its causes. */
export interface ChainLink {
  /** Position in `causes`; -1 for the error that escaped. */
  readonly index: number
  readonly error: ErrorInfo
  readonly frames: readonly Frame[]
  /** How it came to the one above it. */
  readonly label: string
  /** The same where the one above it is not in sight. */
  readonly place: string
  readonly level: number
  /** Set where this is another one again. */
  readonly ref: number | undefined
  readonly omitted: number
}

/** The error that escaped, then its causes, each below what it caused. */
export function chainOf(report: Report): ChainLink[] {
  const { causes } = report
  const levels: number[] = []
  const links: ChainLink[] = [
    {
      index: -1,
      error: report.error,
      frames: report.frames,
      label: '',
      place: '',
      level: 0,
      ref: undefined,
      omitted: 0,
    },
  ]
  const cut = causes.some(({ omitted = 0 }) => omitted > 0)
  causes.forEach((cause, index) => {
    const level = cause.parent === undefined ? 1 : (levels[cause.parent] ?? 0) + 1
    levels.push(level)
    const siblings = causes.filter(
      (one) => one.relation === 'aggregate' && one.parent === cause.parent,
    ).length
    const number = (cause.index ?? 0) + 1
    const isCause = cause.relation === 'cause'
    const which = cut ? `error ${number}` : `error ${number} of ${siblings}`
    const label = isCause ? 'caused by' : `${which} in it`
    const parent = shortName((cause.parent === undefined ? report : causes[cause.parent]!).error)
    const place = isCause ? `Cause of ${parent}` : `E${which.slice(1)} in ${parent}`
    const { error, frames, ref, omitted = 0 } = cause
    links.push({ index, error, frames, label, place, level, ref, omitted })
  })
  return treeOrder(links, causes)
}

/** Each right below the error it belongs to; in the report they stand breadth first. */
function treeOrder(links: readonly ChainLink[], causes: Report['causes']): ChainLink[] {
  const children = new Map<number, ChainLink[]>()
  for (const link of links.slice(1)) {
    const parent = causes[link.index]!.parent ?? -1
    const siblings = children.get(parent)
    if (siblings === undefined) children.set(parent, [link])
    else siblings.push(link)
  }
  const ordered: ChainLink[] = []
  const waiting = [links[0]!]
  const seen = new Set<number>()
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next.index)) continue
    seen.add(next.index)
    ordered.push(next)
    waiting.push(...(children.get(next.index) ?? []).toReversed())
  }
  return ordered
}

/** Innermost first: what went wrong before what came of it. Errors that were shown already are left out. */
export function innermostFirst(report: Report): ChainLink[] {
  const links = chainOf(report)
  const children = new Map<number, ChainLink[]>()
  for (const link of links.slice(1)) {
    if (link.ref !== undefined) continue
    const parent = report.causes[link.index]!.parent ?? -1
    children.set(parent, [...(children.get(parent) ?? []), link])
  }
  const ordered: ChainLink[] = []
  const seen = new Set<number>()
  const visit = (link: ChainLink): void => {
    if (seen.has(link.index)) return
    seen.add(link.index)
    for (const child of children.get(link.index) ?? []) visit(child)
    ordered.push(link)
  }
  visit(links[0]!)
  return ordered
}

/** Each has one cause at most: the innermost is the root of all. Of several errors none is. */
export function isLine(links: readonly ChainLink[]): boolean {
  return links.every(({ label }) => label === '' || label === 'caused by')
}

export function idOf(index: number): string {
  return index === -1 ? 'error' : `cause-${index + 1}`
}

/** The chain as a list of links, where there is more than one error. */
export function chainView(report: Report): Html | null {
  const links = chainOf(report)
  if (links.length === 1) return null
  const root = isLine(links) ? innermostFirst(report)[0]!.index : undefined
  const items = links.slice(1).map((link) => {
    const { index, error, label, level, ref, omitted } = link
    const target = ref ?? index
    const remark =
      ref !== undefined
        ? html` <span class="why">again</span>`
        : index === root
          ? html` <span class="tag">root cause</span>`
          : null
    const more = omitted > 0 ? html` <span class="why">and ${omitted} more</span>` : null
    const depth = attribute('class', `d${Math.min(level, 6)}`)
    return html`<li${depth}><span class="why">${label}</span> <a href="#${idOf(target)}"><b>${shortName(error)}</b> ${cut(messageOf(error).split('\n', 1)[0]!, 110)}</a>${remark}${more}</li>`
  })
  return html`<nav class="chain" aria-label="Causes">
    <ol>
      ${items}
    </ol>
  </nav>`
}

/** `TypeError`, `string thrown`, with the code behind it. */
export function nameOf(error: ErrorInfo): Html {
  if (error.name === 'StalledResponse' && !error.isError && error.value === undefined) {
    return html`Stalled response`
  }
  const code =
    error.code === undefined ? null : html` <span class="code">${cut(String(error.code), 100)}</span>`
  return html`${shortName(error)}${error.isError ? code : html` <span class="code">thrown, not an Error</span>`}`
}

function shortName({ name }: ErrorInfo): string {
  return cut(name, 200)
}
