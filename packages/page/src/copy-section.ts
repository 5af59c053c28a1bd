import type { Report } from '@throwpoint/protocol'
import { attribute, type Content, html, type Html } from './html.ts'
import type { PageOptions } from './render-page.ts'

/**
 * Links to the other forms of the report; with script they copy instead. What the page holds is copied without asking
 * the server, which may have been started again since.
 */
export function copyControl({ request }: Report, { copies, link }: PageOptions): Html {
  const { curl } = copies
  const note = curl === undefined ? undefined : curl.notes.find((one) => one.startsWith('Set '))
  const command =
    request === null
      ? null
      : curl === undefined
        ? html` <a href="${link}.curl" data-copy="">curl</a>`
        : html` <a href="#copy" data-copy="copy-curl"${note === undefined ? null : attribute('data-note', note)}>curl</a>`
  return html`<div class="copy" role="group" aria-labelledby="copy-as"><span id="copy-as">Copy as</span>
<a href="${link}.md" data-copy="copy-markdown">Markdown</a> <a href="${link}.json" data-copy="">JSON</a>${command}</div>`
}

/** The short forms as text that can be selected without script, and where the others are. */
export function copySection({ request }: Report, { copies, link }: PageOptions): Html {
  const { markdown, curl } = copies
  const forms = ['md', 'json', 'txt', ...(request === null ? [] : ['curl'])]
  const links = forms.map((form) => html` <a href="${link}.${form}">.${form}</a>`)
  return html`<section class="facts" aria-labelledby="copy">
<h2 id="copy">Other forms</h2>
${form('Markdown', 'for an issue, a chat or an assistant', markdown, 'copy-markdown', null)}
${curl === undefined ? null : form('curl', 'the request, for a POSIX shell', curl.command, 'copy-curl', notesOf(curl.notes))}
<p class="why other">The report is at <code>${link}</code>, and with an ending in another form:${links}</p>
</section>`
}

function notesOf(notes: readonly string[]): Content {
  if (notes.length === 0) return null
  return html`<ul class="why">${notes.map((note) => html`<li>${note}</li>`)}</ul>`
}

function form(name: string, use: string, text: string, id: string, notes: Content): Html {
  const rows = Math.min(12, text.split('\n').length + 1)
  // The first line feed in a textarea is not part of its text.
  return html`<details class="scope">
<summary>${name} <span class="why">${use}</span></summary>
${notes}
<textarea id="${id}" readonly rows="${rows}" spellcheck="false" aria-label="${name}">
${text}</textarea>
<button type="button" hidden data-copy="${id}">Copy</button>
</details>`
}
