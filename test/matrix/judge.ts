import type { Report } from '@throwpoint/protocol'
import type { Reply } from './client.ts'
import { consequenceOf, type Expected } from './row.ts'
import type { Observed } from './run.ts'

/** What is compared, in a form that reads well when it differs. */
export interface Verdict {
  readonly client: string
  readonly process: string
  readonly reports?: readonly string[]
}

export function expectedPlain(expected: Expected): Verdict {
  return { client: expected.plain, process: expected.crashes ? 'crashes' : 'lives' }
}

export function observedPlain({ replies, process }: Observed): Verdict {
  return { client: outcomeOf(replies, []), process: process === 'lives' ? process : 'crashes' }
}

/** @param plain what was observed without the middleware: the process has to end in the same way */
export function expectedDebug(expected: Expected, plain: Observed): Verdict {
  const { reports, unattributed, fates, kind = 'exception' } = expected
  const client = consequenceOf(expected)
  return {
    client: expected.debug,
    process: plain.process,
    reports: reports.map((boundary, i) => {
      const without = `${expected.without?.[i] ?? client}, ${fates?.[i] ?? (expected.crashes ? 'crashes' : 'lives')}`
      const url =
        plain.paths.find((path) => path.startsWith('/case') || path.includes('/case?')) ?? plain.paths[0]
      return unattributed
        ? `${kind} at ${boundary}, of no request`
        : `${kind} at ${boundary}, ${url}, without: ${without}`
    }),
  }
}

export function observedDebug({ replies, process, reports }: Observed): Verdict {
  return { client: outcomeOf(replies, reports), process, reports: reports.map(describeReport) }
}

function describeReport({ kind, boundary, request, response }: Report): string {
  if (request === null || response === null) return `${kind} at ${boundary}, of no request`
  const { client, process } = response.withoutThrowpoint
  return `${kind} at ${boundary}, ${request.url}, without: ${client}, ${process}`
}

function outcomeOf(replies: readonly Reply[], reports: readonly Report[]): string {
  if (replies.length === 0) return 'gone'
  return replies.map((reply) => describeReply(reply, reports)).join(',')
}

function describeReply({ end, status, body, streamError }: Reply, reports: readonly Report[]): string {
  const page = reports.some(({ id }) => body.includes(id)) && body.includes('</html>')
  const answer = page && status >= 400 ? `page ${status}` : String(status)
  if (end === 'complete') return answer
  if (end === 'hang') return 'HANG'
  if (streamError !== undefined)
    return page ? `${answer} RST_STREAM(${streamError})` : `RST_STREAM(${streamError})`
  return end === 'cut' ? 'CUT' : 'RST'
}

/** Headers that belong to the body, and go with the one that was replaced. */
const bodyHeaders = new Set([
  'content-type',
  'content-length',
  'content-security-policy',
  'content-encoding',
  'transfer-encoding',
  'x-content-type-options',
  'cache-control',
  'date',
  'etag',
  'vary',
])

/**
 * What the middleware changed about whole answers beside the body it replaces: headers that were lost, and bodies of
 * answers that are not ours. (The framework's own error page has a stack, in which the middleware itself stands.)
 */
export function changes(plain: Observed, debug: Observed): string[] {
  return plain.replies.flatMap((before, i) => {
    const after = debug.replies[i]
    if (before.end !== 'complete' || after === undefined) return []
    const lost = Object.keys(before.headers).filter((name) => {
      return !bodyHeaders.has(name) && before.headers[name] !== after.headers[name]
    })
    const own = before.status < 400 || /^(handled|own answer|gone|the sub)/.test(before.body)
    return [
      ...lost.map((name) => `${name}: ${before.headers[name]} -> ${after.headers[name]}`),
      ...(own && before.body !== after.body ? [`${before.body} -> ${after.body}`] : []),
    ]
  })
}

/**
 * What Node prints of the exception it dies of: its message with the source line, and the frames of the application
 * at its top. The frames below are the framework's and, with the middleware, ours.
 */
export function crashText(stderr: string): string {
  const kept: string[] = []
  let ours = true
  for (const line of stderr.split('\n')) {
    const frame = /^\s+at /.test(line)
    if (!frame) ours = true
    else if (!line.includes('/test/apps/')) ours = false
    if (frame && !ours) continue
    if (/^\(node:\d+\)|^\(Use `node|^Node\.js v/.test(line)) continue
    kept.push(line)
  }
  return kept.join('\n').trim()
}
