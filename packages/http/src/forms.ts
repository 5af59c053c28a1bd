import { randomBytes } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { curlCommand, jsonText, renderCurl, renderMarkdown, renderText } from '@throwpoint/core'
import { renderPage } from '@throwpoint/page'
import type { Report } from '@throwpoint/protocol'
import { withUnseenEscaped } from './json-escapes.ts'
import type { Form } from './negotiate.ts'

/** A report as it is sent. */
export interface Rendering {
  readonly contentType: string
  readonly contentSecurityPolicy: string
  readonly body: string
}

export interface RenderingOptions {
  /** Absolute address of the report. */
  readonly link: string
  /** As the answer to the failed request, or as the report that was asked for by its id. */
  readonly as: 'answer' | 'report'
  /** The URL that opens an editor. */
  readonly editor?: string | undefined
}

const nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Characters of a command up to which a page holds it. */
const longestCommand = 32 * 1024

/** Renders a report; a page that cannot be made becomes text. */
export function renderForm(report: Report, form: Form, options: RenderingOptions): Rendering {
  const { link, as } = options
  if (form === 'json') {
    return as === 'answer'
      ? plain('application/problem+json; charset=utf-8', json(problem(report, link)))
      : plain('application/json; charset=utf-8', json(report))
  }
  if (form === 'markdown') return plain('text/markdown; charset=utf-8', renderMarkdown(report, { link }))
  if (form === 'curl')
    return plain('text/plain; charset=utf-8', renderCurl(report, { origin: originOf(link) }))
  if (form === 'page') {
    try {
      return page(report, options)
    } catch {
      // Text is better than no answer.
    }
  }
  return plain('text/plain; charset=utf-8', renderText(report, { link, width: 100 }))
}

function plain(contentType: string, body: string): Rendering {
  return { contentType, contentSecurityPolicy: nothing, body }
}

/** Scheme and host of the report's address: the gate has checked them. */
function originOf(link: string): string {
  return /^https?:\/\/[^/]*/.exec(link)![0]
}

function page(report: Report, { link, as, editor }: RenderingOptions): Rendering {
  const nonce = randomBytes(16).toString('base64')
  const script = as === 'answer'
  const curl = curlCommand(report, { origin: originOf(link) })
  const policy = [
    nothing,
    'img-src data:',
    `style-src 'nonce-${nonce}'`,
    // For the copy of the JSON.
    ...(script ? [`script-src 'nonce-${nonce}'`, "connect-src 'self'"] : []),
    "require-trusted-types-for 'script'",
  ]
  return {
    contentType: 'text/html; charset=utf-8',
    contentSecurityPolicy: policy.join('; '),
    body: renderPage(report, {
      nonce,
      script,
      link,
      copies: {
        markdown: renderMarkdown(report, { link }),
        curl: curl !== undefined && curl.command.length <= longestCommand ? curl : undefined,
      },
      editor,
    }),
  }
}

function json(data: object): string {
  return withUnseenEscaped(jsonText(data))
}

/** RFC 9457, with the report as an extension member. */
function problem(report: Report, link: string): object {
  const status = report.response?.status ?? 500
  const { name, message } = report.error
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message === '' ? name : `${name}: ${message}`,
    instance: link,
    throwpoint: report,
  }
}
