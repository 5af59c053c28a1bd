import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'

/**
 * Clients that leave at a random moment: before, during and after the answer, with FIN or RST, also in the middle of an
 * upload. None of it is an exception; and every exception the application really threw is reported, client or not.
 */

const full = process.env['THROWPOINT_FULL'] === '1'
const rounds = full ? 2000 : 300
const routes = [
  'answer',
  'large',
  'file',
  'pipe',
  'pipeline',
  'pipeline-next',
  'awaited',
  'write',
  'fails',
  'fails-now',
]
const uploads = ['/json', '/read', '/form']

interface State {
  readonly thrown: number
  readonly reported: number
  readonly wrong: readonly string[]
  readonly uncaught: readonly string[]
}

/** Deterministic, so that a failure can be seen again (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

function leave(port: number, random: () => number): Promise<void> {
  return new Promise((resolve) => {
    const upload = random() < 0.25
    const path = upload
      ? uploads[Math.floor(random() * uploads.length)]!
      : `/${routes[Math.floor(random() * routes.length)]!}`
    const whole = random() < 0.1
    const reset = random() < 0.5
    const delay = random() * 25
    const partOfBody = Math.floor(random() * 200_000)
    const socket = net.connect(port, '127.0.0.1', () => {
      const head = upload
        ? `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${path === '/form' ? 'text/csv' : 'application/json'}\r\nContent-Length: 200000\r\n\r\n`
        : `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`
      socket.write(head + (upload ? `"${'x'.repeat(Math.max(0, partOfBody - 2))}` : ''))
      if (whole) socket.resume()
      setTimeout(() => {
        if (reset) socket.resetAndDestroy()
        else socket.destroy()
      }, delay)
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve())
  })
}

async function ask(program: ChildProcess): Promise<State> {
  program.send('state')
  const [state] = (await once(program, 'message')) as [State]
  return state
}

const running: ChildProcess[] = []
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
})

// Side by side: the last exceptions are reported after two seconds of nothing.
describe.concurrent.each([
  ['express-app.cjs', 'express4'],
  ['express-app.cjs', 'express'],
  ['koa-app.mjs', 'koa2'],
  ['koa-app.mjs', 'koa30'],
  ['koa-app.mjs', 'koa'],
])('%s %s', (file, alias) => {
  test(
    'no abort is reported, no exception is lost',
    async () => {
      const child = fork(fileURLToPath(new URL(file, import.meta.url)), [alias], {
        execPath: process.env['THROWPOINT_NODE'] ?? process.execPath,
        execArgv: [],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      })
      running.push(child)
      const [{ port }] = (await once(child, 'message')) as [{ port: number }]
      const random = randomFrom(20261123)
      for (let round = 0; round < rounds; round += 10) {
        await Promise.all(Array.from({ length: 10 }, () => leave(port, random)))
      }
      // An exception whose client left is reported when its response closes, at the latest after two seconds.
      let state: State = await ask(child)
      for (let tries = 0; tries < 1000 && state.reported < state.thrown; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 100))
        state = await ask(child)
      }
      expect(state.wrong).toEqual([])
      expect(state.thrown).toBeGreaterThan(0)
      expect(state.reported).toBe(state.thrown)
    },
    // Nothing is waited for: it takes what the machine takes.
    full ? 3_600_000 : 600_000,
  )
})
