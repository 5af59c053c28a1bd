import http from 'node:http'
import net from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { HeldServer } from './held-server.ts'

const full = process.env['THROWPOINT_FULL'] === '1'
const ok = { status: 200, text: 'ok', reused: false }

describe.each(['express4', 'express', 'koa2', 'koa'])('%s', (alias) => {
  const isKoa = alias.startsWith('koa')
  const handlers = isKoa ? ['one'] : ['one', 'two']
  let server: HeldServer

  beforeAll(async () => {
    server = await HeldServer.start(alias)
    // While the session opens an exception waits, for somebody might be there.
    await server.ask('/fails/sync')
    await server.call('unclaim')
    server.forget()
  })
  afterAll(() => server?.stop())
  beforeEach(() => server.call('claim'))
  afterEach(async () => {
    if (server.child.connected) await server.call('unclaim')
    server.forget()
  })

  /** Asks for what fails; `plain` is the answer when nobody is there to hold it. */
  async function plainAnswer(path: string, headers: Record<string, string>): Promise<unknown> {
    await server.call('unclaim')
    server.events.length = 0
    const answer = await server.ask(path, { headers })
    await server.call('claim')
    expect(server.events.filter(({ event }) => event === 'held')).toEqual([])
    server.events.length = 0
    return answer
  }

  describe.each(isKoa ? ['sync', 'async', 'timer'] : ['sync', 'async', 'next', 'timer'])('%s', (way) => {
    const path = `/fails/${way}`

    it('waits while others are answered, and goes on as it would have', async () => {
      const headers = { 'x-id': `id ${way}` }
      const plain = await plainAnswer(path, headers)
      const answer = server.ask(path, { headers })
      const held = await server.next('held')
      expect(held).toMatchObject({ message: 'a failure', boundary: 'handler', fatal: false, limited: false })
      expect(await server.ask('/ok')).toEqual(ok)
      expect(await server.release(held, 'continue')).toEqual({ can: true, did: true })
      const { status, text } = await answer
      expect({ status, text, reused: false }).toEqual(plain)
      expect(JSON.parse(text)).toEqual({
        seen: handlers.map((handler) => ({ handler, same: true, store: `id ${way}` })),
        message: 'Error: a failure',
      })
      expect(await server.next('released')).toMatchObject({ kind: 'continue', by: 'a test' })
    })

    it('another exception, an answer', async () => {
      const thrown = server.ask(path)
      await server.release(await server.next('held'), 'throw', { error: 'another one' })
      expect(JSON.parse((await thrown).text)).toMatchObject({
        message: 'RangeError: another one',
        seen: [{ same: false }, { same: false }].slice(0, handlers.length),
      })
      const answered = server.ask(path)
      const headers = [
        ['Content-Type', 'application/json'],
        ['X-A', 'b'],
      ]
      const answer = { status: 418, headers, body: '{"a":1}' }
      await server.release(await server.next('held'), 'respond', answer)
      expect(await answered).toMatchObject({ status: 418, text: '{"a":1}' })
    })

    it('with nobody who handles it', async () => {
      const headers = { 'x-handler': 'none' }
      const plain = await plainAnswer(path, headers)
      const answer = server.ask(path, { headers })
      await server.release(await server.next('held'), 'continue')
      expect(await answer).toEqual(plain)
      expect(plain).toMatchObject({ status: 500 })
    })
  })

  it('what a session threw is told in a line', async () => {
    const answer = server.ask('/fails/sync', { headers: { 'x-handler': 'none' } })
    await server.release(await server.next('held'), 'throw', { error: 'from the prompt' })
    expect(await answer).toMatchObject({ status: 500 })
    await vi.waitFor(() => expect(server.said).toContain('from the prompt'), { timeout: 100_000 })
    const lines = server.said.split('\n').filter((line) => line.includes('from the prompt'))
    expect(lines).toEqual([
      expect.stringMatching(/^Throwpoint: RangeError: from the prompt in .* of GET \/fails\/sync/),
    ])
  })

  const places = ['fails', 'route', 'mounted', 'lonely', 'middle']
  const ways = ['sync', 'async', 'next']
  it.runIf(!isKoa).each(places.flatMap((place) => ways.map((way) => `/${place}/${way}`)))(
    'pass: %s',
    async (path) => {
      const answer = server.ask(path, { headers: { 'x-id': 'mine' } })
      const held = await server.next('held')
      expect(await server.release(held, 'pass')).toEqual({ can: true, did: true })
      expect(await answer).toMatchObject({ status: 200, text: `passed ${path} mine` })
    },
  )

  it.runIf(isKoa)('pass: as if the middleware had returned', async () => {
    const answer = server.ask('/fails/async')
    await server.release(await server.next('held'), 'pass')
    expect(await answer).toMatchObject({ status: 404 })
  })

  it('retry: the same request, its body too', async () => {
    const headers = { 'x-run': 'retry' }
    const answer = server.ask('/fragile', { method: 'POST', headers, body: Buffer.alloc(100_000) })
    const held = await server.next('held')
    expect(await server.release(held, 'retry')).toEqual({ can: true, did: true })
    const { status, text } = await answer
    expect({ status, ...JSON.parse(text) }).toEqual({ status: 200, runs: 2, size: 100_000 })
    expect(await server.call('list')).toEqual([])
  })

  it.each(['text', 'one', 'zero', 'null', 'undefined'])(
    'throws a value that is no error: %s',
    async (value) => {
      const headers = { 'x-value': value }
      const plain = await plainAnswer('/fails/sync', headers)
      const answer = server.ask('/fails/sync', { headers })
      // To Express what is falsy is no error.
      const truthy = value === 'text' || value === 'one'
      if (truthy || isKoa) await server.release(await server.next('held'), 'continue')
      expect(await answer).toEqual(plain)
      expect(server.events.filter(({ event }) => event === 'held')).toEqual([])
    },
  )

  it.each(['missing', 'ignored'])('an error that is %s is not held', async (value) => {
    const headers = { 'x-value': value }
    const plain = await plainAnswer('/fails/sync', headers)
    expect(await server.ask('/fails/sync', { headers })).toEqual(plain)
    expect(server.events).toEqual([])
  })

  it('the first one first, and the same failure again is counted', async () => {
    const first = server.ask('/fails/sync')
    const one = await server.next('held')
    const second = server.ask('/fails/second')
    const two = await server.next('held')
    expect(two.number).toBe(one.number + 1)
    // The same one again goes on at once.
    expect((await server.ask('/fails/sync')).status).toBe(503)
    expect(await server.next('counted')).toMatchObject({ number: one.number, counted: 1 })
    expect(await server.call('list')).toEqual([
      { number: one.number, counted: 1, clientLeft: false },
      { number: two.number, counted: 0, clientLeft: false },
    ])
    await server.release(two, 'respond', { status: 202, headers: [], body: '' })
    expect((await second).status).toBe(202)
    await server.release(one, 'respond', { status: 201, headers: [], body: '' })
    expect((await first).status).toBe(201)
  })

  it('of 100 failures at once none is lost', async () => {
    const answers = Array.from({ length: 100 }, (_, at) =>
      server.ask(at % 2 ? '/fails/sync' : '/fails/second'),
    )
    let arrived = 0
    for (const answer of answers) void answer.then(() => arrived++)
    const held = [await server.next('held'), await server.next('held')]
    for (let i = 0; i < 98; i++) await server.next('counted')
    const list = (await server.call('list')) as Array<{ counted: number }>
    expect(list.map(({ counted }) => counted)).toEqual([49, 49])
    for (const one of held) await server.release(one, 'continue')
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([503]))
    expect(arrived).toBe(100)
    expect(server.events.filter(({ event }) => event === 'held')).toEqual([])
  })

  it('its time limit lets it go', async () => {
    const answer = server.ask('/fails/async', { server: 'limited' })
    expect(await server.next('held')).toMatchObject({ limited: true })
    expect(await server.next('released')).toMatchObject({ kind: 'continue', by: 'the time limit' })
    expect((await answer).status).toBe(503)
  })

  it('a client that leaves is told of', async () => {
    const controller = new AbortController()
    const answer = server.ask('/fails/async', { signal: controller.signal })
    const held = await server.next('held')
    controller.abort()
    await expect(answer).rejects.toThrow(/abort/i)
    expect(await server.next('left')).toMatchObject({ number: held.number })
    expect(await server.call('list')).toEqual([{ number: held.number, counted: 0, clientLeft: true }])
    const respond = { status: 200, headers: [], body: '' }
    expect(await server.release(held, 'respond', respond)).toEqual({
      can: 'the client has gone',
      did: false,
    })
    await server.release(held, 'continue')
    expect(await server.ask('/ok')).toEqual(ok)
  })

  it('what waits goes on when nobody is left', async () => {
    const answer = server.ask('/fails/sync')
    await server.next('held')
    await server.call('unclaim')
    expect((await answer).status).toBe(503)
  })

  it('an error handler that fails is held after it', async () => {
    const headers = { 'x-handler': 'fails' }
    const plain = await plainAnswer('/fails/async', headers)
    const answer = server.ask('/fails/async', { headers })
    await server.release(await server.next('held'), 'continue')
    const held = await server.next('held')
    expect(held).toMatchObject({
      message: 'the handler fails',
      // To Koa every middleware is a handler.
      boundary: isKoa ? 'handler' : 'error-handler',
    })
    await server.release(held, 'continue')
    expect(await answer).toEqual(plain)
  })

  it.runIf(!isKoa)('two exceptions of one request, one after the other', async () => {
    const answer = server.ask('/fails/both')
    const held = await server.next('held')
    expect(await server.call('list')).toHaveLength(1)
    await server.release(held, 'continue')
    const next = await server.next('held')
    expect(next.message).toBe('another one')
    await server.release(next, 'continue')
    expect((await answer).status).toBeGreaterThanOrEqual(500)
    expect(await server.call('list')).toEqual([])
  })

  it('its connection can be used afterwards', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    try {
      for (const release of [
        { kind: 'continue' },
        { kind: 'respond', status: 200, headers: [], body: 'x' },
      ]) {
        const answer = server.ask('/fails/async', { agent })
        const held = await server.next('held')
        await server.release(held, release.kind, release)
        await answer
        expect(await server.ask('/ok', { agent })).toEqual({ ...ok, reused: true })
      }
    } finally {
      agent.destroy()
    }
  })

  // It takes its time, and both majors of a framework are the same here.
  const limits = [['sockets', 'idle'] as const, ['requests', 'hurried'] as const]
  it.each(limits.slice(0, full || /^[a-z]+$/.test(alias) ? 2 : 1))(
    'the time limit of %s does not end it, and its body stays where it was',
    async (_, name) => {
      const body = Buffer.alloc(3 * 2 ** 20)
      const answer = server.ask('/upload', { method: 'POST', body, server: name })
      const held = await server.next('held')
      // What comes later and is cut says that its time is over; a request may be held then, its body under way.
      const path = name === 'hurried' ? '/fails/second' : '/waits'
      await new Promise((resolve) => {
        const socket = net.connect(server.ports[name]!, '127.0.0.1')
        socket.on('error', () => {}).on('close', resolve)
        socket.resume().write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n`)
      })
      if (name === 'hurried') {
        const late = await server.next('held')
        expect(await server.next('left')).toMatchObject({ number: late.number })
        await server.release(late, 'continue')
      }
      // A client that was cut off is no exception.
      expect(server.events.filter(({ event }) => event === 'held')).toEqual([])
      expect(await server.call('list')).toEqual([{ number: held.number, counted: 0, clientLeft: false }])
      await server.release(held, 'continue')
      expect(JSON.parse((await answer).text)).toMatchObject({ size: body.length })
    },
  )

  it('a server that closes answers what waits, and signals let it go', async () => {
    const answer = server.ask('/fails/async')
    const held = await server.next('held')
    server.child.kill('SIGTERM')
    expect(await server.next('released')).toMatchObject({ number: held.number, by: 'SIGTERM' })
    await server.next('asked to end')
    expect((await answer).status).toBe(503)
    await server.next('closed')
    expect(await server.exited).toBe(3)
  })
})
