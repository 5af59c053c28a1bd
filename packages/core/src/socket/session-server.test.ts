import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Report } from '@throwpoint/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Hold, HoldEvents, Holds, Release } from '../hold/hold.ts'
import type { Conversation } from '../session/reply.ts'
import { type Answer, longestLine, type Notice } from './messages.ts'
import { SessionServer } from './session-server.ts'
import { SocketClient } from './socket-client.ts'

const report = {
  error: { name: 'TypeError', message: 'no price', isError: true },
  frames: [],
  request: { method: 'POST', url: '/pay' },
  process: { cwd: '/app' },
} as unknown as Report

/** Holds as a process has them, without a request behind them. */
class Queue implements Holds {
  readonly waiting: Waits[] = []
  readonly watchers = new Set<HoldEvents>()
  claims = 0
  ends = 0
  #count = 0

  get claimed(): boolean {
    return this.claims > this.ends
  }
  list(): readonly Hold[] {
    return this.waiting
  }
  get(number: number): Hold | undefined {
    return this.waiting.find((hold) => hold.number === number)
  }
  watch(events: HoldEvents): () => void {
    this.watchers.add(events)
    return () => void this.watchers.delete(events)
  }
  claim(): () => void {
    this.claims++
    return () => void this.ends++
  }
  add(): Waits {
    const hold = new Waits(++this.#count, (by) => {
      this.waiting.splice(this.waiting.indexOf(hold), 1)
      this.tell((events) => events.released?.(hold, by))
    })
    this.waiting.push(hold)
    this.tell((events) => events.held?.(hold))
    return hold
  }
  tell(say: (events: HoldEvents) => void): void {
    for (const events of this.watchers) say(events)
  }
  quit(): void {}
  resume(): void {}
}

class Waits {
  readonly reason = 'exception'
  readonly debuggee = {} as never
  readonly report = report
  readonly since = performance.now()
  readonly deadline = undefined
  readonly fatal = false
  clientLeft = false
  counted = 0
  released: Release | undefined
  readonly number: number
  readonly onRelease: (by: string) => void

  constructor(number: number, onRelease: (by: string) => void) {
    this.number = number
    this.onRelease = onRelease
  }
  can(): true {
    return true
  }
  release(release: Release, by: string): boolean {
    if (this.released !== undefined) return false
    this.released = release
    this.onRelease(by)
    return true
  }
  extend(): void {}
}

/** Says what it is told; `wait` waits for an abort, `big N` is long, `continue` lets the request go. */
function converse(hold: Hold, by: string): Conversation {
  const say = (text: string) => ({ text, data: text })
  return {
    prompt: `hold ${hold.number}`,
    greet: ({ columns }) => say(`greeted ${by} in ${columns}`),
    execute: async (line, _view, signal) => {
      if (line === 'wait') {
        await new Promise((resolve) => signal!.addEventListener('abort', resolve, { once: true }))
        return say('given up')
      }
      if (line === 'fail') throw new Error('a fault of ours')
      if (line.startsWith('big ')) return say('x'.repeat(Number(line.slice(4))))
      if (line === 'continue') {
        const released = hold.release({ kind: 'continue' }, by)
        return { ...say(String(released)), action: { kind: 'released' } }
      }
      return say(`did ${line}`)
    },
    isComplete: (line) => !line.endsWith('{'),
    complete: async (line) => [`${line}ed`],
  }
}

/** A client that writes what it likes. */
class Raw {
  readonly socket: Socket
  text = ''
  closed: Promise<void>

  constructor(path: string) {
    this.socket = connect(path)
    this.socket.on('error', () => {})
    this.socket.on('data', (chunk) => (this.text += chunk.toString()))
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()))
  }
  get lines(): Array<Answer & Partial<Notice>> {
    return this.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as never)
  }
  async until<T>(look: () => T | undefined | false): Promise<T> {
    for (;;) {
      const found = look()
      if (found !== undefined && found !== false) return found
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  async answer(id: number | null): Promise<Answer> {
    return this.until(() => this.lines.find((line) => 'id' in line && line.id === id))
  }
}

let directory: string
let path: string
let queue: Queue
let server: SessionServer
let clients: SocketClient[]
let raws: Raw[]

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tp-'))
  path = join(directory, 's.sock')
  queue = new Queue()
  clients = []
  raws = []
  await listen()
})

afterEach(() => {
  for (const client of clients) client.close()
  for (const raw of raws) raw.socket.destroy()
  server.close()
  rmSync(directory, { recursive: true, force: true })
})

async function listen(graceMs = 10_000): Promise<void> {
  server = new SessionServer(
    {
      info: {
        pid: 1,
        thread: 0,
        cwd: '/app',
        script: 'app.js',
        title: 'node',
        started: 0,
        node: 'v1',
        worker: null,
      },
      holds: queue,
      converse: async (hold, by) => converse(hold, by),
      requests: () => ({ text: 'none', data: [] }),
    },
    graceMs,
  )
  await new Promise<void>((resolve, reject) => server.listen(path, resolve, reject))
}

async function attach(name = 'somebody', notices: Notice[] = [], acts = true): Promise<SocketClient> {
  const client = await SocketClient.open(
    { pid: process.pid, socket: path },
    { name, acts, notice: (notice) => notices.push(notice), patienceMs: 25_000 },
  )
  clients.push(client)
  return client
}

function raw(): Raw {
  const client = new Raw(path)
  raws.push(client)
  return client
}

const view = { colors: false, columns: 90 }

describe.skipIf(process.platform === 'win32')('SessionServer', () => {
  it('lets a client look at a hold, run commands, complete, and let it go', async () => {
    queue.add()
    const client = await attach('the terminal pts/3')
    expect(client.hello).toMatchObject({
      version: 1,
      process: { script: 'app.js' },
      holds: [{ number: 1, error: 'TypeError: no price', request: 'POST /pay', others: 0 }],
    })
    expect(await client.call({ type: 'greet', hold: 1, view })).toMatchObject({
      reply: { text: 'greeted the terminal pts/3 in 90' },
      prompt: 'hold 1',
      hold: { number: 1 },
    })
    expect(await client.call({ type: 'isComplete', hold: 1, line: 'if (a) {' })).toBe(false)
    expect(await client.call({ type: 'complete', hold: 1, line: 'pric' })).toEqual(['priced'])
    const both = ['a', 'b'].map((line) => client.call({ type: 'execute', hold: 1, line, view }))
    expect((await Promise.all(both)).map(({ reply }) => reply.text)).toEqual(['did a', 'did b'])
    const { reply } = await client.call({ type: 'execute', hold: 1, line: 'continue', view })
    expect(reply).toEqual({ text: 'true', data: 'true', action: { kind: 'released' } })
    expect(await client.call({ type: 'holds' })).toEqual([])
    await expect(client.call({ type: 'execute', hold: 1, line: 'a', view })).rejects.toMatchObject({
      code: 'TP_NO_HOLD',
    })
  })

  it('tells each client who looks too, and who acted first', async () => {
    queue.add()
    const seen: Notice[] = []
    const first = await attach('the first', seen)
    const second = await attach('the second')
    await first.call({ type: 'greet', hold: 1, view })
    expect(await second.call({ type: 'greet', hold: 1, view })).toMatchObject({ hold: { others: 1 } })
    await second.call({ type: 'execute', hold: 1, line: 'continue', view })
    await first.call({ type: 'holds' })
    expect(seen).toMatchObject([
      { event: 'released', by: 'the second', how: 'continue', hold: { number: 1 } },
    ])
    await expect(first.call({ type: 'execute', hold: 1, line: 'continue', view })).rejects.toMatchObject({
      code: 'TP_NO_HOLD',
    })
  })

  it('announces what comes, what is counted, and clients that leave', async () => {
    const seen: Notice[] = []
    const client = await attach('somebody', seen)
    const hold = queue.add()
    hold.counted = 2
    queue.tell((events) => events.counted?.(hold))
    hold.clientLeft = true
    queue.tell((events) => events.clientLeft?.(hold))
    await client.call({ type: 'holds' })
    expect(seen).toMatchObject([
      { event: 'held', hold: { number: 1 } },
      { event: 'counted', hold: { counted: 2 } },
      { event: 'clientLeft', hold: { clientLeft: true } },
    ])
  })

  it('gives up code that runs on abort, and when its client goes', async () => {
    queue.add()
    const client = await attach()
    const stop = new AbortController()
    const answer = client.call({ type: 'execute', hold: 1, line: 'wait', view }, stop.signal)
    stop.abort()
    // It may come before the call has begun.
    expect((await answer).reply.text).toMatch(/given up/i)
    const lost = client.call({ type: 'execute', hold: 1, line: 'wait', view })
    client.close()
    await expect(lost).rejects.toMatchObject({ code: 'TP_GONE' })
  })

  it('says somebody is there from the first client that acts until a while after the last one', async () => {
    await attach('a list', [], false)
    expect(queue.claims).toBe(0)
    const one = await attach('one')
    const two = await attach('two')
    expect([queue.claims, queue.ends]).toEqual([1, 0])
    one.close()
    two.close()
    const again = await attach('again')
    expect([queue.claims, queue.ends]).toEqual([1, 0])
    again.close()
    server.close()
    await listen(1)
    const last = await attach('the last')
    expect([queue.claims, queue.ends]).toEqual([2, 1])
    last.close()
    await raw().until(() => queue.ends === 2)
  })

  it('answers what it cannot understand with an error', async () => {
    queue.add()
    const client = raw()
    client.socket.write('{"id":1,"type":"holds"}\n')
    expect(await client.answer(1)).toMatchObject({ error: { message: 'The first call is "hello".' } })
    client.socket.write('{"id":2,"type":"hello","version":99}\n')
    expect(await client.answer(2)).toMatchObject({ error: { code: 'TP_OTHER_VERSION' } })
    client.socket.write('{"id":3,"type":"hello","version":1}\n')
    await client.answer(3)
    const bad = [
      'no json',
      '[]',
      '{}',
      '{"id":-1,"type":"holds"}',
      '{"id":10,"type":"other"}',
      '{"id":11,"type":"greet"}',
      '{"id":12,"type":"execute","hold":1}',
      '{"id":13,"type":"execute","hold":7,"line":"a"}',
      '{"id":14,"type":"execute","hold":1,"line":"fail"}',
      '{"id":15,"type":"abort"}',
      '{"id":16,"type":"__proto__"}',
    ]
    const before = client.lines.length
    client.socket.write(`${bad.join('\n')}\n`)
    await client.until(() => client.lines.length === before + bad.length)
    const said = client.lines.slice(before) as Array<{
      id: number | null
      error: { code: string; message: string }
    }>
    expect(
      Object.fromEntries(said.filter(({ id }) => id !== null).map(({ id, error }) => [id, error.message])),
    ).toEqual({
      10: 'Not understood: its "type" is none of hello, holds, greet, execute, complete, isComplete, abort, requests.',
      11: 'Not understood: "greet" needs a "hold": its number.',
      12: 'Not understood: "execute" needs a "line": a string.',
      13: 'No request waits under the number 7: there are 1.',
      14: 'a fault of ours',
      15: 'Not understood: "abort" needs a "call": the id of another one.',
      16: 'Not understood: its "type" is none of hello, holds, greet, execute, complete, isComplete, abort, requests.',
    })
    expect(said.filter(({ id }) => id === null)).toHaveLength(4)
  })

  it('hangs up on a line that is too long, and on a client that does not read', async () => {
    queue.add()
    const long = raw()
    long.socket.write('x'.repeat(longestLine + 1))
    await long.closed
    expect(long.lines.slice(1)).toMatchObject([
      { id: null, error: { code: 'TP_BAD_CALL' } },
      { event: 'bye', reason: 'a line was too long' },
    ])
    const deaf = raw()
    deaf.socket.write('{"id":0,"type":"hello","version":1}\n')
    await deaf.answer(0)
    deaf.socket.pause()
    for (let id = 1; id <= 40; id++) {
      deaf.socket.write(`{"id":${id},"type":"execute","hold":1,"line":"big 400000"}\n`)
    }
    // The end can only be seen by reading up to it.
    await deaf.until(() => server.clients === 0)
    deaf.socket.resume()
    await deaf.closed
    expect(deaf.lines.length).toBeLessThan(40)
    const client = await attach()
    await expect(client.call({ type: 'execute', hold: 1, line: 'big 600000', view })).rejects.toMatchObject({
      code: 'TP_TOO_LONG',
    })
  })

  it('takes so many clients and so many calls', async () => {
    queue.add()
    const many = await Promise.all(Array.from({ length: 32 }, () => attach()))
    const one = raw()
    await one.closed
    expect(one.lines).toMatchObject([{ event: 'bye', reason: '32 clients are connected already' }])
    many.pop()!.close()
    await one.until(() => server.clients === 31)
    const client = raw()
    client.socket.write('{"id":0,"type":"hello","version":1}\n')
    await client.answer(0)
    for (let id = 1; id <= 65; id++) {
      client.socket.write(`{"id":${id},"type":"execute","hold":1,"line":"wait"}\n`)
    }
    expect(await client.answer(65)).toMatchObject({ error: { code: 'TP_BUSY' } })
    client.socket.write('{"id":1,"type":"holds"}\n')
    expect(await client.answer(1)).toMatchObject({ error: { message: 'The call 1 is still under way.' } })
  })

  it('is not harmed by anything that is sent, and answers each call once', async () => {
    queue.add()
    const known = fc.record(
      {
        id: fc.oneof(fc.nat(1000), fc.jsonValue()),
        type: fc.oneof(
          fc.constantFrom(
            'hello',
            'holds',
            'greet',
            'execute',
            'complete',
            'isComplete',
            'abort',
            'requests',
          ),
          fc.string(),
        ),
        hold: fc.oneof(fc.nat(2), fc.jsonValue()),
        line: fc.oneof(fc.constantFrom('wait', 'fail', 'a'), fc.string(), fc.jsonValue()),
        call: fc.oneof(fc.nat(1000), fc.jsonValue()),
        view: fc.oneof(fc.record({ colors: fc.jsonValue(), columns: fc.jsonValue() }), fc.jsonValue()),
        version: fc.oneof(fc.constant(1), fc.jsonValue()),
        name: fc.jsonValue(),
        acts: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    const line = fc.oneof(
      { weight: 4, arbitrary: known.map((call) => Buffer.from(JSON.stringify(call))) },
      fc.json().map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10))),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 30 }),
        fc.array(fc.nat(400), { maxLength: 4 }),
        async (lines, cuts) => {
          const client = raw()
          const all = Buffer.concat(
            [
              Buffer.from('{"id":5000,"type":"hello","version":1}'),
              ...lines,
              Buffer.from('{"id":5001,"type":"holds"}'),
              Buffer.alloc(0),
            ].flatMap((one, at) => (at === 0 ? [one] : [Buffer.from('\n'), one])),
          )
          let from = 0
          for (const cut of [...cuts.sort((a, b) => a - b), all.length]) {
            client.socket.write(all.subarray(from, cut))
            from = Math.max(from, Math.min(cut, all.length))
          }
          expect(await client.answer(5001)).toMatchObject({ result: [{ number: 1 }] })
          const sent = lines.flatMap((text) => {
            try {
              const { id } = JSON.parse(text.toString()) as { id?: unknown }
              return Number.isSafeInteger(id) && (id as number) >= 0 ? [id] : []
            } catch {
              return []
            }
          })
          const answered = client.lines.flatMap((one) =>
            'id' in one && one.id !== null && one.id < 5000 ? [one.id] : [],
          )
          // Those that wait for an abort may still do so.
          for (const id of answered) expect(sent.filter((one) => one === id).length).toBeGreaterThanOrEqual(1)
          expect(answered.length).toBeLessThanOrEqual(sent.length)
          client.socket.destroy()
          await client.closed
        },
      ),
      { numRuns: process.env['THROWPOINT_FULL'] === '1' ? 1000 : 60 },
    )
    const client = await attach()
    expect(await client.call({ type: 'holds' })).toHaveLength(1)
  })
})
