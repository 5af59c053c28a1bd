import { createServer, type Server } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo, Server as NetServer } from 'node:net'
import compression from 'compression'
import express from 'express'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { debugMiddleware as forExpress } from '../../packages/express/src/active.ts'
import { debugMiddleware as forKoa } from '../../packages/koa/src/active.ts'
import { assertReport } from '../report-schema.ts'
import { request, sendRaw, type RawAnswer } from '../security/raw-http.ts'

const options = { enabled: true, terminal: 'off' } as const

function expressApp(): express.Express {
  const app = express()
  app.use(forExpress(options))
  app.use(compression({ threshold: 0 }))
  app.all('/crash', () => {
    throw Object.assign(new Error('boom'), { status: 503, headers: { 'Retry-After': '7' } })
  })
  return app
}

function koaApp(): Koa {
  const app = new Koa()
  app.silent = true
  app.use(forKoa(options))
  app.use((ctx) => {
    if (ctx.path === '/crash')
      throw Object.assign(new Error('boom'), { status: 503, headers: { 'Retry-After': '7' } })
  })
  return app
}

const servers: NetServer[] = []

async function listen<T extends NetServer>(server: T): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

afterAll(() => {
  for (const server of servers) {
    server.close()
    ;(server as Partial<Server>).closeAllConnections?.()
  }
})

describe.each([
  ['Express', expressApp],
  ['Koa', () => koaApp().callback()],
] as const)('%s', (framework, makeHandler) => {
  let port = 0

  beforeAll(async () => {
    port = await listen(createServer(makeHandler()))
  })

  const ask = (line: string, ...headers: string[]): Promise<RawAnswer> =>
    sendRaw(port, request(`${line} HTTP/1.1`, ['Host: localhost', ...headers]))

  it.each([
    ['text/html', 'text/html; charset=utf-8', '<h1>'],
    ['application/json', 'application/problem+json; charset=utf-8', '"throwpoint":'],
    ['text/markdown', 'text/markdown; charset=utf-8', '# Exception'],
    ['*/*', 'text/plain; charset=utf-8', 'Error: boom'],
  ])('answers %s with %s, with the status and the headers of the error', async (accept, type, part) => {
    const answer = await ask('GET /crash', `Accept: ${accept}`, 'Accept-Encoding: gzip, br')
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('7')
    expect(answer.headers.get('content-type')).toBe(type)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('content-encoding')).toBeUndefined()
    expect(Number(answer.headers.get('content-length'))).toBe(answer.body.length)
    expect(answer.body).toContain(part)
  })

  it('answers with a valid report, and problem details that say the same', async () => {
    const answer = await ask('GET /crash', 'Accept: application/problem+json')
    const problem = JSON.parse(answer.body) as Record<string, unknown>
    expect(problem).toMatchObject({
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      detail: 'Error: boom',
    })
    assertReport(problem.throwpoint)
    expect(problem.throwpoint).toMatchObject({
      id: answer.headers.get('x-throwpoint'),
      error: { name: 'Error', message: 'boom' },
      response: { status: 503, outcome: 'page' },
    })
  })

  it('answers HEAD with the head alone', async () => {
    const answer = await ask('HEAD /crash', 'Accept: text/html')
    expect(answer.status).toBe(503)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('x-throwpoint')).toMatch(/^[0-9a-f]{32}$/)
    expect(answer.body).toBe('')
  })

  it.each([
    ['', 'text/html', 'text/html; charset=utf-8', '<h1>'],
    ['', 'application/json', 'application/json; charset=utf-8', '"format":"throwpoint-report"'],
    ['', '*/*', 'text/plain; charset=utf-8', 'Error: boom'],
    ['.json', 'text/html', 'application/json; charset=utf-8', '"format":"throwpoint-report"'],
    ['.md', 'text/html', 'text/markdown; charset=utf-8', '# Exception'],
    ['.txt', 'text/html', 'text/plain; charset=utf-8', 'Error: boom'],
    ['.curl', 'text/html', 'text/plain; charset=utf-8', "curl 'http://localhost/crash'"],
    ['?x#y', 'text/html', 'text/html; charset=utf-8', '<h1>'],
  ])('serves the report by its id: "%s" for %s', async (ending, accept, type, part) => {
    const crash = await ask('GET /crash', 'Accept: */*')
    const link = crash.body.trimEnd().split('\n').at(-1)!.split(' ').at(-1)!
    expect(link).toBe(`http://localhost/__throwpoint/${crash.headers.get('x-throwpoint')}`)
    const report = await ask(`GET ${new URL(link).pathname}${ending}`, `Accept: ${accept}`)
    expect(report.status).toBe(200)
    expect(report.headers.get('content-type')).toBe(type)
    expect(report.body).toContain(part)
    expect(report.body).not.toContain('<script')
    expect(report.headers.get('content-security-policy')).not.toContain('script-src')
  })

  it('says that a report is gone when newer ones took its place', async () => {
    const { headers } = await ask('GET /crash')
    const id = headers.get('x-throwpoint')!
    for (let count = 0; count < 60; count += 1) await ask('GET /crash')
    const answer = await ask(`GET /__throwpoint/${id}`)
    expect(answer.status).toBe(410)
    expect(answer.body).toContain('newer ones took its place')
  })

  it('keeps the answer of the framework for another origin', async () => {
    const answer = await ask('GET /crash', 'Accept: text/html', 'Origin: https://evil.example')
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('7')
    expect(answer.headers.get('x-throwpoint')).toMatch(/^[0-9a-f]{32}$/)
    expect(answer.body).not.toContain('throwpoint')
    if (framework === 'Koa') expect(answer.body).toBe('Service Unavailable')
  })
})

describe('HTTP/2', () => {
  it('shows the page under an allowed authority, and not under another one', async () => {
    const port = await listen(createHttp2Server(koaApp().callback()))
    const session = connect(`http://127.0.0.1:${port}`)
    const ask = (headers: Record<string, string>): Promise<{ type: unknown; body: string; id: unknown }> =>
      new Promise((resolve, reject) => {
        const stream = session.request({ ':path': '/crash', accept: 'text/html', ...headers })
        let type: unknown
        let id: unknown
        let body = ''
        stream.on('response', (head) => {
          type = head['content-type']
          id = head['x-throwpoint']
        })
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk
        })
        stream.on('error', reject)
        stream.on('close', () => resolve({ type, body, id }))
        stream.end()
      })
    try {
      const shown = await ask({ ':authority': `localhost:${port}` })
      expect(shown.type).toBe('text/html; charset=utf-8')
      expect(shown.body).toContain('<h1>')
      expect(shown.body).toContain(`http://localhost:${port}/__throwpoint/${String(shown.id)}`)
      for (const headers of [
        { ':authority': 'evil.example' },
        { ':authority': 'localhost', host: 'evil.example' },
        { ':authority': 'localhost', origin: 'https://evil.example' },
      ]) {
        const withheld = await ask(headers)
        expect(withheld.body).toBe('Service Unavailable')
        expect(withheld.id).toMatch(/^[0-9a-f]{32}$/)
      }
    } finally {
      session.close()
    }
  })
})
