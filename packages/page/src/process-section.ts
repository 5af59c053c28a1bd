import type { Report } from '@throwpoint/protocol'
import { html, type Html } from './html.ts'
import { list } from './exchange-sections.ts'
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
