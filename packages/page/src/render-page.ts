import type { Report } from '@throwpoint/protocol'
import { chainView, innermostFirst } from './error-chain.ts'
import { errorSection, firstToOpen, sentence } from './error-section.ts'
import { requestSection, responseSection, warning } from './exchange-sections.ts'
import { copyControl, copySection } from './copy-section.ts'
import { processSection } from './process-section.ts'
import { Html, html } from './html.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import { newSheet } from './sheet.ts'
import { boundaries, count, cut, messageOf, outcome } from './words.ts'

export interface PageOptions {
  /** For the one `<style>` and the one `<script>`. */
  readonly nonce: string
  /** With the script that adds copy buttons and keys; everything works without it. */
  readonly script: boolean
  /** Absolute address of the report. */
  readonly link: string
  /** The short forms of the report, to copy. The others are behind their links: they would double the page. */
  readonly copies: Copies
  /** A URL with `{file}`, `{line}` and `{column}`, that opens an editor. */
  readonly editor?: string | undefined
}

export interface Copies {
  readonly markdown: string
  /** The request as a command; undefined where there is none, or a very long one. */
  readonly curl: { readonly command: string; readonly notes: readonly string[] } | undefined
}

/** A report as one HTML document: no request for anything else, and readable without script. */
export function renderPage(report: Report, options: PageOptions): string {
  const { nonce, script } = options
  const sheet = newSheet(report, options.editor)
  const links = innermostFirst(report)
  const opened = firstToOpen(links)
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title(report)}</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${new Html(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#frames">Skip to the frames</a>
<header class="top">
${whereabouts(report)}
${sentence(report)}
${chainView(report)}
${tools(report, options)}
</header>
<main>
${warning(report.response)}
${notes(report)}
<div id="frames" tabindex="-1">
${links.map((_, at) => errorSection(links, at, at === opened, sheet))}
</div>
<div class="columns">
${report.request === null ? null : requestSection(report.request, sheet)}
${report.response === null ? null : responseSection(report.response, sheet)}
${processSection(report, sheet)}
${copySection(report, options)}
</div>
</main>
${script ? html`<script nonce="${nonce}">${new Html(pageScript)}</script>` : null}
</body>
</html>
`.markup
}

function title({ error, request }: Report): string {
  const message = messageOf(error).split('\n', 1)[0]!
  const said = message === '' ? error.name : `${error.name}: ${message}`
  const place = request === null ? '' : ` · ${request.method} ${request.url}`
  return cut(said, 200) + cut(place, 100)
}

/** In which part of which request. */
function whereabouts(report: Report): Html {
  const { request, response, boundary } = report
  const where = boundaries[boundary]
  const times = report.count > 1 ? ` · ${count(report.count, 'time')} so far` : ''
  if (request === null) {
    const outside = boundary === 'startup' ? '' : ', outside of any request'
    return html`<p class="where">${where}${outside}${times}</p>`
  }
  const line = html`<code><b>${cut(request.method, 40)}</b> ${cut(request.url, 300)}</code>`
  const route = request.route === undefined ? null : html` · route <code>${cut(request.route, 200)}</code>`
  const answer = response === null ? '' : ` · ${outcome(response)}`
  return html`<p class="where">${where} of ${line}${route}${answer}${times}</p>`
}

function tools(report: Report, options: PageOptions): Html {
  const { request, response } = report
  const places = [
    request === null ? null : html`<a href="#request">Request</a>`,
    response === null ? null : html`<a href="#response">Response</a>`,
    html`<a href="#process">Process</a>`,
    html`<a href="#copy">Other forms</a>`,
  ]
  return html`<div class="tools">
${copyControl(report, options)}
<nav aria-label="Parts of this page">${places}</nav>
<span role="status" id="said"></span>
</div>`
}

/** What could not be done, once each. That there are no variables stands where they would be. */
function notes({ notes: lines, engine }: Report): Html | null {
  const others = [...new Set(lines)].filter((line) => line !== engine.reason).slice(0, 10)
  if (others.length === 0) return null
  return html`<ul class="notes">${others.map((line) => html`<li>${cut(line, 1000)}</li>`)}</ul>`
}
