import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Program, type Request, type Seen } from './program.ts'

/**
 * The same application, the same requests, with and without the middleware: status, headers, bytes, the end of the
 * connection, the order of events and handlers, the log and the process must be equal, but for the answers that are ours.
 */

const get = (path: string, headers: Record<string, string> = {}): Request => ({
  method: 'GET',
  path,
  headers,
})
const gzip = { 'accept-encoding': 'gzip' }

const common: Request[] = [
  get('/json'),
  get('/json', gzip),
  get('/text'),
  get('/text', gzip),
  get('/html', { accept: 'text/html' }),
  { method: 'HEAD', path: '/text', headers: {} },
  get('/redirect'),
  get('/nothing'),
  get('/cached', { 'if-none-match': '"one"' }),
  get('/file'),
  get('/file', { range: 'bytes=10-40' }),
  get('/stream'),
  get('/stream', gzip),
  { method: 'HEAD', path: '/stream', headers: {} },
  get('/write'),
  get('/events', gzip),
  { method: 'POST', path: '/echo', headers: { 'content-type': 'application/json' }, body: '{"a":[1,2]}' },
  { method: 'POST', path: '/echo', headers: { 'content-type': 'application/json' }, body: '{"a":' },
  {
    method: 'POST',
    path: '/upload',
    headers: { 'content-type': 'application/octet-stream' },
    body: 'x'.repeat(300_000),
  },
  get('/nested/7'),
  get('/nowhere'),
  get('/own/handler'),
  get('/own/late-handler', gzip),
  get('/own/late-stream'),
  get('/own/late-stream', gzip),
  get('/own/late-midway'),
  get('/own/late-midway', gzip),
  get('/own/late-pipeline', gzip),
  get('/own/missing'),
  get('/own/expected'),
  get('/default/expected'),
  get('/ours/throw', { accept: 'text/html' }),
  get('/ours/throw', { accept: 'application/json', ...gzip }),
  { method: 'HEAD', path: '/ours/throw', headers: {} },
]

const expressOnly: Request[] = [
  get('/session'),
  get('/session'),
  get('/missing-file'),
  get('/static/express-app.cjs'),
  get('/static/none'),
  get('/sub/inner'),
  get('/sub/fails'),
  get('/own/late-timer'),
  get('/own/upstream'),
  get('/own/next'),
  get('/own/cut'),
  get('/default/param/%E0%A4%A'),
  get('/ours/next'),
  get('/ours/after-end'),
]

const koaOnly: Request[] = [get('/replaced'), get('/replaced', gzip), get('/ours/later')]

const full = process.env['THROWPOINT_FULL'] === '1'

const twins = [
  { file: 'express-app.cjs', alias: 'express4', requests: [...common, ...expressOnly] },
  { file: 'express-app.cjs', alias: 'express', requests: [...common, ...expressOnly] },
  { file: 'koa-app.mjs', alias: 'koa2', requests: [...common, ...koaOnly] },
  { file: 'koa-app.mjs', alias: 'koa30', requests: [...common, ...koaOnly] },
  { file: 'koa-app.mjs', alias: 'koa', requests: [...common, ...koaOnly] },
]

/** Headers that belong to a body and go with it when the body is ours. */
const ofBody =
  /^(content-(type|length|security-policy|encoding)|transfer-encoding|x-content-type-options|x-frame-options|cross-origin-\w+-policy|referrer-policy|cache-control|x-throwpoint|vary|etag|set-cookie|connection|keep-alive):/i

function comparable(seen: Seen, ours: boolean): unknown {
  if (!ours) return seen
  return { status: seen.status, end: seen.end, headers: seen.headers.filter((line) => !ofBody.test(line)) }
}

describe.each(twins)('$alias, with and without', ({ file, alias, requests }) => {
  let plain: Program
  let watched: Program

  beforeAll(async () => {
    ;[plain, watched] = await Promise.all([
      Program.start(file, alias, 'without'),
      Program.start(file, alias, 'with'),
    ])
  })
  afterAll(() => {
    plain?.stop()
    watched?.stop()
  })

  test.each(
    requests.map(
      (request) => [`${request.method} ${request.path} ${JSON.stringify(request.headers)}`, request] as const,
    ),
  )('%s', async (_name, request) => {
    watched.reports.length = 0
    const [without, seen] = await Promise.all([plain.send(request, 'a'), watched.send(request, 'a')])
    const ours = request.path.startsWith('/ours') && seen.headers.some((line) => /^x-throwpoint:/i.test(line))
    expect(comparable(seen, ours)).toEqual(comparable(without, ours))
    const [before, after] = await Promise.all([plain.state(), watched.state()])
    expect(after.log.map(withoutLength)).toEqual(before.log.map(withoutLength))
    expect(after.globals).toBe(before.globals)
    expect(after.uncaught).toBe(before.uncaught)
    if (request.path.startsWith('/ours'))
      await expect.poll(() => watched.reports.length, { timeout: 60_000 }).toBe(1)
  })

  test(
    'any sequence on one connection',
    async () => {
      const steady = requests.filter(
        ({ path }) => !path.startsWith('/ours') && !path.includes('late') && path !== '/session',
      )
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.constantFrom(...steady), { minLength: 2, maxLength: 8 }),
          async (sequence) => {
            for (const [index, request] of sequence.entries()) {
              const [without, seen] = await Promise.all([
                plain.send(request, `${index}`),
                watched.send(request, `${index}`),
              ])
              expect(seen).toEqual(without)
            }
            const [before, after] = await Promise.all([plain.state(), watched.state()])
            expect(byRequest(after.log)).toEqual(byRequest(before.log))
          },
        ),
        { numRuns: full ? 200 : 12, seed: 20261123 },
      )
    },
    // Nothing is waited for: it takes what the machine takes.
    full ? 3_600_000 : 120_000,
  )
})

/** An access log line says how long an answer was, and ours has another length. */
function withoutLength(line: string): string {
  return line.startsWith('log ') ? line.replace(/ (\d+|-) - ms$/, ' ms') : line
}

/** Requests overlap a little on one connection ('close' of one, the start of the next): each has an order of its own. */
function byRequest(log: readonly string[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {}
  for (const line of log) (groups[line.split(' ', 1)[0]!] ??= []).push(line)
  return groups
}
