import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer, Answerer } from '@throwpoint/core'
import type { Report } from '@throwpoint/protocol'
import { foreignHeaders, idHeader, reportHeaders } from './answer-headers.ts'
import { renderForm } from './forms.ts'
import { admit, type GateRules } from './gate.ts'
import { formFor } from './negotiate.ts'
import { noticeFor } from './notice.ts'

export interface AnswerRules extends GateRules {
  /** The URL that opens an editor; the option `editor`. */
  readonly editor?: string | undefined
}

/** Turns a report into the answer to the request that failed. */
export class ReportAnswerer implements Answerer {
  readonly #rules: AnswerRules

  constructor(rules: AnswerRules) {
    this.#rules = rules
  }

  answer(report: Report, req: IncomingMessage, reportPath: string): Answer {
    const gate = admit(req, this.#rules)
    if (gate.withheld !== undefined) return withheldAnswer(report, gate.withheld)
    const link = gate.origin + reportPath
    const rendering = renderForm(report, formFor(req), { link, as: 'answer', editor: this.#rules.editor })
    return {
      headers: reportHeaders(rendering, report.id),
      removeHeaders: foreignHeaders,
      body: rendering.body,
    }
  }

  notice(report: Report, req: IncomingMessage, res: ServerResponse, reportPath: string): string | undefined {
    const gate = admit(req, this.#rules)
    if (gate.withheld !== undefined) return undefined
    return noticeFor(req, res, { id: report.id, link: gate.origin + reportPath })
  }
}

/** The framework's own body stays; the id opens nothing to who may not see the report. */
function withheldAnswer({ id }: Report, withheld: string): Answer {
  return {
    headers: [[idHeader, id]],
    removeHeaders: [],
    body: 'Internal Server Error\n',
    withheld,
  }
}
