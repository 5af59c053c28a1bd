import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readExchange, type RecordedExchange } from '@throwpoint/core/recording'
import { AppProcess, until } from './app-process.ts'

const base = mkdtempSync(join(tmpdir(), 'throwpoint-replay-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

const runner = fileURLToPath(new URL('run-replay.mjs', import.meta.url))

/** Runs the command as the launcher does. */
async function replay(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, [runner, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { code, out, err }
}

describe('throwpoint replay', () => {
  let app: AppProcess
  beforeAll(async () => {
    app = await AppProcess.start(join(base, 'app'), 'express-app.cjs')
  })
  afterAll(() => app.stop())

  it('sends the same bytes, and says that the answers are the same', async () => {
    const body = Buffer.from([0, 255, 10, 13, 200, 1])
    await app.send('POST', '/raw?same', body, { 'content-type': 'a/b', 'X-Case': '1' })
    const { code, out } = await replay(await app.fileOf('/raw?same'))
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(
        /^POST \/raw\?same to http:\/\/localhost:\d+, recorded .+\nstatus {2}200\nbody {4}the same \(\d+ bytes\)\nThe answers are the same\.\n$/,
      ),
    ])
    // The new request was recorded too: it is the same.
    const [first, second] = await until(
      () => app.recordings().filter(({ request }) => request.url === '/raw?same'),
      app,
      ({ length }) => length === 2,
    )
    expect(second!.request.body).toEqual(first!.request.body)
    const named = ({ request }: RecordedExchange): unknown =>
      request.headers
        .map((pair) => pair.join(': '))
        .filter((line) => !/^connection:/i.test(line))
        .sort()
    expect(named(second!)).toEqual(named(first!))
  })

  it('shows the first difference, for people and for programs', async () => {
    await app.send('GET', '/counter?n=1')
    const file = await app.fileOf('/counter?n=1')
    const { code, out } = await replay(file)
    expect(code).toBe(1)
    expect(out).toContain('body    differs at byte 31, line 1, column 32')
    expect(out).toMatch(/recorded {2}….*"count":1,.*\n {2}now {7}….*"count":2,/)
    const json = await replay(file, '--json')
    expect(json.code).toBe(1)
    expect(JSON.parse(json.out)).toMatchObject({
      same: false,
      request: { method: 'GET', url: '/counter?n=1' },
      status: { recorded: 200, now: 200 },
      body: { same: false, offset: 31 },
    })
  })

  it('leaves out what is hidden, says so, and takes it from --header', async () => {
    await app.send('GET', '/secret', undefined, { authorization: 'Bearer S3CR3T-header-4711aaaa' })
    const file = await app.fileOf('/secret')
    const without = await replay(file)
    expect(without.code).toBe(1)
    expect(without.out).toContain(
      "left out: authorization (hidden in the recording; --header 'authorization: …' gives what is needed)",
    )
    expect(without.out).toContain('status  200 → 401')
    const given = await replay(file, '--header', 'authorization: Bearer S3CR3T-header-4711aaaa')
    expect(given.out).toContain('The answers are the same.')
    expect(given.code).toBe(0)
  })

  it('refuses what is not whole, unless it is forced', async () => {
    await app.send('GET', '/counter?token=S3CR3T-url-1234abcd')
    const hidden = await until(
      () => app.recordings().find(({ request }) => request.hidden.includes('url')),
      app,
    )
    const refused = await replay(await app.fileOf(hidden.request.url))
    expect(refused.code).toBe(2)
    expect(refused.err).toContain('Secrets were replaced in the url of the recorded request.')
    await app.send('POST', '/raw?long', Buffer.alloc(2_000_000, 'x'), { 'content-type': 'a/b' })
    const file = await app.fileOf('/raw?long')
    expect((await replay(file)).err).toContain(
      "The recording has 1048576 bytes of the request's body, not the whole: it is longer than what is recorded",
    )
    expect((await replay(file, '--force')).code).toBe(1)
  })

  it('compares a page of a report with another one by the status', async () => {
    await app.send('POST', '/throws', '{"items":[1]}', { 'content-type': 'application/json' })
    const { code, out } = await replay(await app.fileOf('/throws'))
    expect(out).toContain('body    the same: both are the page of a report')
    expect(out).toContain('recorded with an exception (handler): Error: cannot take 1 items')
    expect(code).toBe(0)
  })

  it('says that nothing listens, and what is no recording', async () => {
    await app.send('GET', '/binary')
    const file = await app.fileOf('/binary')
    const nobody = await replay(file, '--url', 'http://127.0.0.1:9')
    expect(nobody).toMatchObject({ code: 2, out: '' })
    expect(nobody.err).toBe(
      'throwpoint: No answer from http://127.0.0.1:9: nothing listens there. Start the server, or say with --url where it is.\n',
    )
    expect((await replay('nothing.json')).err).toContain('there is no such file')
    const bad = join(base, 'bad.json')
    const recorded = JSON.parse(readFileSync(file, 'utf8')) as RecordedExchange
    for (const content of [
      '{',
      '[]',
      '{"format":"throwpoint-report"}',
      JSON.stringify({ ...recorded, version: 2 }),
      JSON.stringify({ ...recorded, request: { ...recorded.request, url: '/a\r\nX: y' } }),
      JSON.stringify({ ...recorded, request: { ...recorded.request, headers: [['a', 'b\r\nc: d']] } }),
    ]) {
      writeFileSync(bad, content)
      expect(() => readExchange(bad)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^TP_(?:NOT_A_RECORDING|RECORDING_NEWER)$/) }),
      )
    }
    expect(JSON.parse((await replay('nothing.json', '--json')).out)).toMatchObject({
      error: { code: 'TP_RECORDING_MISSING' },
    })
  })
})
