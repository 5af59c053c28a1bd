import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assertReport } from '../report-schema.ts'

/** One secret in some forty places of a failing application; no output may hold it, in clear or in base64. */

const secret = `S3CR3T-${randomBytes(12).toString('hex')}`
const encoded = Buffer.from(`me:${secret}`).toString('base64')
const directory = mkdtempSync(join(tmpdir(), 'throwpoint-canaries-'))
const reports: string[] = []
let child: ChildProcess
let port = 0
let terminal = ''

beforeAll(async () => {
  child = fork(fileURLToPath(new URL('app.cjs', import.meta.url)), [secret, directory], {
    execPath: process.env['THROWPOINT_NODE'] ?? process.execPath,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) => (terminal += text.toString()))
  child.on('message', (message: { report?: string }) => {
    if (message.report !== undefined) reports.push(message.report)
  })
  const [message] = (await once(child, 'message')) as [{ port: number }]
  port = message.port
})

afterAll(() => {
  child?.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

interface Answer {
  readonly status: number | undefined
  readonly headers: string
  readonly body: string
  readonly id: string
}

function send(path: string, accept: string, body?: { type: string; text: string }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: '127.0.0.1',
      port,
      path,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept,
        authorization: `Bearer ${secret}`,
        cookie: `session=${secret}; theme=dark`,
        'x-api-key': secret,
        'x-custom': `token ${secret}`,
        referer: `http://localhost/?token=${secret}`,
        ...(body === undefined ? {} : { 'content-type': body.type }),
      },
    })
    request.on('error', reject)
    request.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        const { statusCode: status, headers, rawHeaders } = response
        resolve({ status, headers: rawHeaders.join('\n'), body: text, id: String(headers['x-throwpoint']) })
      })
    })
    request.end(body?.text)
  })
}

function expectClean(text: string): void {
  const at = text.indexOf(secret)
  expect(at === -1 ? '' : text.slice(Math.max(0, at - 120), at + 60)).toBe('')
  expect(text).not.toContain(encoded)
}

const bodies = {
  none: undefined,
  json: {
    type: 'application/json',
    text: JSON.stringify({ user: 'me', password: secret, nested: [{ token: secret }] }),
  },
  form: { type: 'application/x-www-form-urlencoded', text: `user=me&password=${secret}` },
}
const forms = [
  'text/html',
  'application/json',
  'application/problem+json',
  'text/plain',
  'text/markdown',
  '*/*',
]

describe.each(Object.entries(bodies))('request body: %s', (_name, body) => {
  test.each(forms)('%s', async (accept) => {
    const answer = await send(`/fail/${secret}?api_key=${secret}&q=1`, accept, body)
    expect(answer.status).toBe(500)
    expect(answer.body).toContain('query failed')
    expectClean(answer.body)
    expectClean(answer.headers)
    const later = await send(`/__throwpoint/${answer.id}`, accept)
    expect(later.status).toBe(200)
    expect(later.body).toContain('query failed')
    expectClean(later.body)
  })
})

test('reports, dumps and the terminal', async () => {
  await expect.poll(() => reports.length).toBeGreaterThanOrEqual(forms.length * 3)
  for (const report of reports) {
    expectClean(report)
    const parsed = JSON.parse(report) as { hidden: number }
    assertReport(parsed)
    // People notice that something is hidden.
    expect(parsed.hidden).toBeGreaterThan(10)
  }
  const dumps = readdirSync(directory).filter((name) => name.endsWith('.throwpoint.json'))
  expect(dumps.length).toBeGreaterThanOrEqual(forms.length * 3)
  for (const dump of dumps) expectClean(readFileSync(join(directory, dump), 'utf8'))
  expect(terminal).toContain('query failed')
  expectClean(terminal)
})
