import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Debugger, guard, readMessage } from '@throwpoint/core'
import { type Headers, lockedHeaders, reportHeaders } from './answer-headers.ts'
import { type Form, formFor } from './negotiate.ts'
import { renderForm } from './forms.ts'
import { admit } from './gate.ts'

/**
 * Serves what lies under the option `path`: `<path>/<id>`, a report without script, in the form the client asks for
 * (`Accept`, or the ending `.json`, `.md`, `.txt`); with `.curl` its request as a command.
 *
 * @param baseUrl where the middleware is mounted
 * @returns whether the request was ours. Nothing under `path` ever reaches the application.
 */
export function serveReport(
  owner: Debugger,
  req: IncomingMessage,
  res: ServerResponse,
  baseUrl: string,
): boolean {
  const path = pathBelow((readMessage(req, 'url') ?? '') as string, owner.options.path)
  if (path === undefined) return false
  try {
    serve(owner, req, res, { path, baseUrl })
  } catch (error) {
    guard(() => {
      if (!res.headersSent) send(req, res, 500, 'This report cannot be shown.\n')
    })
    guard(() => {
      throw error
    })
  }
  return true
}

interface Place {
  /** What follows the option `path` in the URL. */
  readonly path: string
  readonly baseUrl: string
}

function serve(owner: Debugger, req: IncomingMessage, res: ServerResponse, { path, baseUrl }: Place): void {
  const gate = admit(req, owner.options)
  if (gate.withheld !== undefined) {
    send(req, res, 403, 'Reports are not shown here. The terminal of the server says why.\n')
    tell(owner, gate.withheld)
    return
  }
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    send(req, res, 405, 'Only GET and HEAD.\n', [['Allow', 'GET, HEAD']])
    return
  }
  const [, id = '', ending = ''] = /^\/([0-9a-f]{32})(?:\.(json|md|txt|curl))?$/.exec(path) ?? []
  const stored = id === '' ? undefined : owner.runtime.store.get(id)
  if (stored?.state === 'found') {
    const link = `${gate.origin}${baseUrl}${owner.options.path}/${id}`
    const form = formOfEnding[ending] ?? formFor(req)
    const rendering = renderForm(stored.report, form, { link, as: 'report', editor: owner.options.editor })
    send(req, res, 200, rendering.body, reportHeaders(rendering, id))
  } else if (stored?.state === 'evicted') {
    send(req, res, 410, 'This report is gone: newer ones took its place. Reports in dump files stay.\n')
  } else {
    send(req, res, 404, 'There is no such report. Reports live as long as the process that made them.\n')
  }
}

const told = new WeakMap<Debugger, Set<string>>()
const mostTold = 20

/** Says why in the terminal: once for each reason, and not without end, for anybody can ask. */
function tell(owner: Debugger, reason: string): void {
  if (owner.options.terminal === 'off') return
  const reasons = told.get(owner) ?? new Set()
  told.set(owner, reasons)
  if (reasons.has(reason) || reasons.size >= mostTold) return
  reasons.add(reason)
  owner.runtime.terminal.notice(`a report was asked for and not shown: ${reason}`)
}

const formOfEnding: Readonly<Record<string, Form | undefined>> = {
  json: 'json',
  md: 'markdown',
  txt: 'text',
  curl: 'curl',
}

/** What follows `path` in a URL; undefined when it lies elsewhere. An absolute URL is read too, and refused later. */
function pathBelow(url: string, path: string): string | undefined {
  if (!url.includes(path)) return undefined
  const target = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '')
  if (target === path) return ''
  return target.startsWith(`${path}/`) ? target.slice(path.length) : undefined
}

function send(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  body: string,
  headers: Headers = [],
): void {
  // What stands before us (CORS, sessions) set them for an answer of the application.
  for (const name of res.getHeaderNames()) res.removeHeader(name)
  res.statusCode = status
  for (const [name, value] of [
    ['Content-Type', 'text/plain; charset=utf-8'] as const,
    ...lockedHeaders,
    ...headers,
  ]) {
    res.setHeader(name, value)
  }
  res.setHeader('Content-Length', Buffer.byteLength(body))
  res.end(req.method === 'HEAD' ? undefined : body)
}
