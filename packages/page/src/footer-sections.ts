import type { Report } from '@throwpoint/protocol'
import { html, type Html } from './html.ts'
import { list } from './exchange-sections.ts'
import type { PageOptions } from './render-page.ts'
import type { Sheet } from './sheet.ts'
import { boundaries, bytes, count, cut, duration } from './words.ts'

export function processSection(report: Report, sheet: Sheet): Html {
  const { process, engine, hidden, fingerprint } = report
  const { memory } = process
  // Elsewhere it stands below the first frame.
  const reason = sheet.noVariables === null || report.frames.length === 0 ? engine.reason : null
  return html`<section class="facts" aria-labelledby="process">
    <h2 id="process">Process and report</h2>
    ${list([
      ['Node', `${cut(process.node, 40)} on ${cut(process.platform, 40)}, process ${process.pid}`],
      ['Directory', cut(process.cwd, 1000)],
      ['Up for', duration(process.uptime * 1000)],
      [
        'Memory',
        `${bytes(memory.rss)} resident, ${bytes(memory.heapUsed)} of ${bytes(memory.heapTotal)} heap`,
      ],
      ['Time', report.time],
      ['Boundary', boundaries[report.boundary]],
      ['Frames by', reason === null ? engine.used : `${engine.used}. ${cut(reason, 500)}`],
      [
        'Seen',
        report.count === 1 ? 'once in this process' : `${count(report.count, 'time')} in this process`,
      ],
      ['Redaction', hidden === 0 ? 'hid nothing' : `hid ${count(hidden, 'value')}`],
      ['Report', html`<code>${report.id}</code>, fingerprint <code>${cut(fingerprint, 64)}</code>`],
    ])}
  </section>`
}

/** The other forms of the report as text that can be selected without script. */
export function copySection({ copies, link }: PageOptions): Html {
  const { markdown, text, json } = copies
  return html`<section class="facts" aria-labelledby="copy">
<h2 id="copy">Copy</h2>
${form('Markdown', 'for an issue, a chat or an assistant', markdown, 'copy-markdown')}
${form('Text', 'as the terminal has it', text, 'copy-text')}
${
  json === undefined
    ? html`<p>JSON, the whole report: <a href="${link}.json">${link}.json</a></p>`
    : form('JSON', 'the whole report', json, 'copy-json')
}
</section>`
}

function form(name: string, use: string, text: string, id: string): Html {
  // The first line feed in a textarea is not part of its text.
  return html`<details class="scope">
<summary>${name} <span class="why">${use}</span></summary>
<textarea id="${id}" readonly rows="12" spellcheck="false" aria-label="The report as ${name}">
${text}</textarea>
<button type="button" hidden data-copy="${id}">Copy ${name}</button>
</details>`
}
