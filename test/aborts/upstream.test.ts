import { get, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, createServer, type Server as NetServer } from 'node:net'
import { once } from 'node:events'
import { debugMiddleware as debugExpress } from '@throwpoint/express'
import { debugMiddleware as debugKoa } from '@throwpoint/koa'
import express from 'express'
import Koa from 'koa'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** An upstream that does not speak HTTP: Node's parser of the *answer* fails with the codes it has for bad requests. */
let upstream: NetServer
const servers: Server[] = []
const reported: string[] = []
const options = {
  enabled: true,
  terminal: 'off',
  onReport: (report: { error: { code?: unknown }; request?: { url?: string } | null }) =>
    void reported.push(`${report.request?.url} ${String(report.error.code)}`),
} as const

beforeAll(async () => {
  upstream = createServer((socket) => socket.on('error', () => {}).end('this is no HTTP\r\n\r\n'))
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
})
afterAll(() => {
  for (const server of [...servers, upstream]) server.close()
})

function ask(port: number, path = '/'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ port, path, agent: false, headers: { accept: 'application/json' } }, resolve).on('error', reject)
  })
}

async function answerOf(server: Server, path: string): Promise<[number | undefined, string]> {
  servers.push(server)
  await once(server, 'listening')
  const response = await ask((server.address() as AddressInfo).port, path)
  let body = ''
  for await (const chunk of response.setEncoding('utf8')) body += chunk
  return [response.statusCode, body]
}

const fetchUpstream = (): Promise<IncomingMessage> => ask((upstream.address() as AddressInfo).port)

test('Express: an upstream that breaks the protocol is an exception, not a client that went away', async () => {
  const app = express()
  app.set('env', 'test')
  app.use(debugExpress(options))
  app.get('/express', (_req, res, next) => {
    fetchUpstream().then(() => res.end(), next)
  })
  const [status, body] = await answerOf(app.listen(0), '/express')
  expect(status).toBe(500)
  expect(JSON.parse(body)).toMatchObject({ throwpoint: { error: { code: 'HPE_INVALID_CONSTANT' } } })
  await expect.poll(() => reported, { timeout: 100_000 }).toContain('/express HPE_INVALID_CONSTANT')
})

test('Koa: the same', async () => {
  const app = new Koa()
  app.silent = true
  app.use(debugKoa(options))
  app.use(async (ctx) => {
    ctx.body = await fetchUpstream()
  })
  const [status, body] = await answerOf(app.listen(0), '/koa')
  expect(status).toBe(500)
  expect(JSON.parse(body)).toMatchObject({ throwpoint: { error: { code: 'HPE_INVALID_CONSTANT' } } })
  await expect.poll(() => reported, { timeout: 100_000 }).toContain('/koa HPE_INVALID_CONSTANT')
})
