import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { debugMiddleware as debugExpress } from '@throwpoint/express'
import { debugMiddleware as debugKoa } from '@throwpoint/koa'
import { afterAll, beforeAll, describe, test } from 'vitest'

/**
 * What an application makes of a client that leaves, to end what it does for it, is no exception of its own. What fails
 * after the client has left is one.
 */

let upstream: Server
const servers: Server[] = []

beforeAll(async () => {
  upstream = createServer((req, res) => {
    if (req.url === '/body') res.write('begins')
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
})
afterAll(() => {
  for (const server of [...servers, upstream]) {
    server.closeAllConnections()
    server.close()
  }
})

const url = (path = '/'): string => `http://127.0.0.1:${(upstream.address() as AddressInfo).port}${path}`

type Work = (req: IncomingMessage, res: ServerResponse) => Promise<unknown>

function signalOf(emitter: IncomingMessage | ServerResponse, event: string, reason: unknown): AbortSignal {
  const controller = new AbortController()
  emitter.on(event, () => controller.abort(reason ?? new Error('the client has gone')))
  return controller.signal
}

/** The client has left, and what listens for that has run. */
async function left(res: ServerResponse): Promise<void> {
  await once(res, 'close')
  await new Promise((resolve) => setTimeout(resolve, 20))
}

const messages: Readonly<Record<string, Work>> = {
  fetch: (req) => fetch(url(), { signal: signalOf(req, 'close', undefined) }),
  'fetch-text': (_req, res) => fetch(url(), { signal: signalOf(res, 'close', 'it has gone') }),
  'fetch-aborted': (req) => fetch(url(), { signal: signalOf(req, 'aborted', undefined) }),
  'fetch-body': async (_req, res) => {
    const response = await fetch(url('/body'), { signal: signalOf(res, 'close', undefined) })
    return response.text()
  },
  'throw-if-aborted': async (req, res) => {
    const signal = signalOf(req, 'close', undefined)
    await left(res)
    signal.throwIfAborted()
  },
}

const exceptions: Readonly<Record<string, Work>> = {
  after: async (_req, res) => {
    await left(res)
    throw new Error('after')
  },
  'instead-of-the-reason': async (req, res) => {
    const signal = signalOf(req, 'close', undefined)
    await left(res)
    if (signal.aborted) throw new Error('instead-of-the-reason')
  },
  'other-reason': async (_req, res) => {
    const controller = new AbortController()
    const work = fetch(url(), { signal: controller.signal })
    void left(res).then(() => controller.abort(new Error('other-reason')))
    await work
  },
  // No client abort by its code, and nothing was aborted with it.
  'of-a-listener': (_req, res) =>
    new Promise((_resolve, reject) => res.on('close', () => reject(new Error('of-a-listener')))),
}

const works = { ...messages, ...exceptions }

describe.concurrent.each(['express418', 'express4', 'express', 'koa2', 'koa30', 'koa'])('%s', (alias) => {
  test('messages about a client that left are not reported, exceptions are', async ({ expect }) => {
    const reported: string[] = []
    const options = {
      enabled: true,
      terminal: 'off',
      onReport: ({ error }: { error: { message: string } }) => void reported.push(error.message),
    } as const
    const clients = new Map<string, () => void>()
    let open = Object.keys(works).length
    const run = async (path: string, req: IncomingMessage, res: ServerResponse): Promise<void> => {
      const name = path.slice(1)
      const working = works[name]!(req, res)
      clients.get(name)!()
      try {
        await working
      } finally {
        open--
      }
    }
    const { default: framework } = (await import(alias)) as { default: any }
    const isKoa = alias.startsWith('koa')
    const app = isKoa ? new framework() : framework()
    if (isKoa) {
      app.silent = true
      app.use(debugKoa(options))
      app.use((ctx: any) => run(ctx.path, ctx.req, ctx.res))
    } else {
      app.set('env', 'test')
      app.use(debugExpress(options))
      app.use(async (req: any, res: any, next: (error: unknown) => void) => {
        try {
          await run(req.path, req, res)
        } catch (error) {
          next(error)
        }
      })
    }
    const server: Server = app.listen(0, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
    for (const name of Object.keys(works)) {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
      clients.set(name, () => socket.destroy())
      socket.on('error', () => {})
      socket.write(`GET /${name} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    }
    await expect.poll(() => open, { timeout: 100_000 }).toBe(0)
    const expected = Object.keys(exceptions).sort()
    await expect
      .poll(() => reported.filter((message) => message in exceptions).sort(), { timeout: 100_000 })
      .toEqual(expected)
    expect(reported.sort()).toEqual(expected)
  }, 240_000)
})
