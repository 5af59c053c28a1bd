import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const node = process.env['THROWPOINT_NODE'] ?? process.execPath
const program = fileURLToPath(new URL('body.cjs', import.meta.url))
const preload = fileURLToPath(new URL('../../packages/cli/dist/register.js', import.meta.url))

async function run(
  alias: string,
  name: string,
  mode: string,
  ...flags: string[]
): Promise<Record<string, unknown>[]> {
  const env: NodeJS.ProcessEnv = { ...process.env }
  delete env['NODE_OPTIONS']
  const options = { env, timeout: 100_000 }
  const { stdout } = await promisify(execFile)(node, [...flags, program, alias, name, mode], options)
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text) as Record<string, unknown>)
}

const ok = { status: 200, whole: true, text: 'ok' }

describe.each([
  ['express4', 'pipeline'],
  ['express', 'pipeline'],
  ['express', 'pipeline at once'],
  ['express', 'writes'],
  ['koa2', 'stream'],
  ['koa2', 'stream at once'],
  ['koa', 'stream'],
  ['koa', 'stream at once'],
])('%s, %s', (alias, name) => {
  test('waits, and the client gets what it would have got', async () => {
    const [plain, held] = await Promise.all([run(alias, name, 'plain'), run(alias, name, 'continue')])
    expect(held[0]).toMatchObject({ held: 'TypeError', reason: 'exception', frame: 'failing' })
    expect(held[1]).toEqual({ other: ok, can: name.endsWith('at once') })
    expect(held.slice(2)).toEqual(plain)
    expect(plain[0]).toMatchObject({ waiting: 0, lives: ok })
  })
})

test.each(['express', 'koa2', 'koa'])(
  '%s: an answer instead of a body that failed at once',
  async (alias) => {
    const name = alias === 'express' ? 'pipeline at once' : 'stream at once'
    const events = await run(alias, name, 'respond')
    expect(events.at(-1)).toMatchObject({
      answer: { status: 418, whole: true, text: 'short' },
      waiting: 0,
      lives: ok,
    })
  },
)

describe('breakpoint()', () => {
  test.each(['express4', 'express', 'koa2', 'koa'])(
    '%s: holds its request, with variables',
    async (alias) => {
      const events = await run(alias, 'breakpoint', 'continue', '--import', preload)
      expect(events).toEqual([
        { held: 'Breakpoint', boundary: 'handler', reason: 'breakpoint', frame: 'stops' },
        { other: ok, can: false },
        { changed: 42 },
        { answer: { status: 200, whole: true, text: 'counted 41' }, handled: [], waiting: 0, lives: ok },
      ])
    },
  )

  test('throws what a session gives it', async () => {
    const events = await run('express', 'breakpoint', 'throw')
    expect(events.filter(({ held }) => held !== undefined)).toMatchObject([
      { held: 'Breakpoint' },
      { held: 'TypeError' },
    ])
    expect(events.at(-1)).toMatchObject({ answer: { status: 500 }, waiting: 0 })
  })

  test('without a session goes on', async () => {
    const events = await run('koa', 'breakpoint', 'plain')
    expect(events).toMatchObject([{ answer: { text: 'counted 1' } }])
  })
})
