import type { Report } from '@throwpoint/protocol'
import { chainView, innermostFirst } from './error-chain.ts'
import { errorSection, firstToOpen, sentence } from './error-section.ts'
import { requestSection, responseSection, warning } from './exchange-sections.ts'
import { copySection, processSection } from './footer-sections.ts'
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
  /** The other forms of the report, to copy. */
  readonly copies: { readonly markdown: string; readonly text: string; readonly json: string }
}

/** A report as one HTML document: no request for anything else, and readable without script. */
export function renderPage(report: Report, options: PageOptions): string {
  const { nonce, script } = options
  const sheet = newSheet(report)
  const links = innermostFirst(report)
  const opened = firstToOpen(links)
  const code = script
    ? html`<script nonce="${nonce}">
        ${new Html(pageScript)}
      </script>`
    : null
  return html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${title(report)}</title>
        <link rel="icon" href="data:," />
        <style nonce="${nonce}">
          ${new Html(pageStyle)}
        </style>
      </head>
      <body>
        <a class="skip" href="#frames">Skip to the frames</a>
        <header class="top">
          ${whereabouts(report)} ${sentence(report)} ${chainView(report)}
          <div class="tools" hidden>
            <button type="button" hidden data-copy="copy-markdown">Copy as Markdown</button
            ><span role="status" id="said"></span>
          </div>
        </header>
        <main>
          ${warning(report.response)} ${notes(report)}
          <div id="frames" tabindex="-1">
            ${links.map((_, at) => errorSection(links, at, at === opened, sheet))}
          </div>
          <div class="columns">
            ${report.request === null ? null : requestSection(report.request, sheet)}
            ${report.response === null ? null : responseSection(report.response, sheet)}
            ${processSection(report)} ${copySection(options)}
          </div>
        </main>
        ${code}
      </body>
    </html> `.markup
}

function title({ error, request }: Report): string {
  const message = messageOf(error).split('\n', 1)[0]!
  const sentenceOf = message === '' ? error.name : `${error.name}: ${message}`
  const place = request === null ? '' : ` · ${request.method} ${request.url}`
  return cut(cut(sentenceOf, 200) + cut(place, 200), 300)
}

/** In which part of which request. */
function whereabouts(report: Report): Html {
  const { request, response, boundary } = report
  const where = boundaries[boundary]
  const times = report.count > 1 ? ` · ${count(report.count, 'time')} so far` : ''
  if (request === null) {
    return html`<p class="where">
      ${boundary === 'startup' ? where : `${where}, outside of any request`}${times}
    </p>`
  }
  const route = request.route === undefined ? null : html` · route <code>${cut(request.route, 200)}</code>`
  const answer = response === null ? '' : ` · ${outcome(response)}`
  return html`<p class="where">
    ${where} of
    <code><b>${cut(request.method, 40)}</b> ${cut(request.url, 300)}</code>${route}${answer}${times}
  </p>`
}

/** What could not be done, once each: that there are no variables, and why, is one of them. */
function notes(report: Report): Html | null {
  const { engine, frames } = report
  const withVariables = frames.some(({ scopes }) => scopes.some(({ variables }) => variables.length > 0))
  const lines = new Set(report.notes)
  const reason = withVariables || frames.length === 0 ? null : engine.reason
  if (reason !== null) lines.delete(reason)
  if (reason === null && lines.size === 0) return null
  return html`<ul class="notes">
    ${reason === null ? null : html`<li>No variables: ${cut(reason, 500)}.</li>`}${[...lines].slice(0, 10).map((line) => html`<li>${cut(line, 1000)}</li>`)}
  </ul>`
}
