import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LiveServer, nodes, preload, summary } from './server.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

beforeAll(() => {
  const built = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (built.status !== 0) throw new Error(built.stdout + built.stderr)
}, 120_000)

const nested = [
  'load 15:11 reason="row 5" id=5 password=[redacted] row={ id: 5, price: 50 }',
  'total 22:17 id=5 sum=1 found=[uninitialized]',
  ' 29:18 id=5 answer=[uninitialized]',
]

describe.each(nodes)('Node %s', (_, node) => {
  describe.each(['express-app.cjs', 'express-app.mjs'])('%s', (app) => {
    let server: LiveServer
    beforeAll(async () => {
      server = await LiveServer.start(node, preload, app)
    })
    afterAll(() => server.stop())

    it('shows the variables of every frame of the user, and where it stands', async () => {
      const report = await server.report('/nested/5')
      expect(report.engine).toEqual({ used: 'instrumented', reason: null })
      expect(summary(report)).toEqual(nested)
      expect(report.error.stack).toMatch(/express-app\.[cm]js:15:11\)\n[^]*express-app\.[cm]js:22:17\)/)
      expect(report.frames[0]!.source!.lines).toContain('    throw new Error(reason + password.length)')
      expect(JSON.stringify(report)).not.toContain('hunter2-5')
    })

    it('shows where an error was made that nobody threw', async () => {
      expect(summary(await server.report('/next'))).toEqual(['* 35:8 order={ id: 7 }'])
    })

    it('shows the callback that handed an error of Node on', async () => {
      const [frame, ...more] = summary(await server.report('/file'))
      expect(frame).toMatch(/^\* ~40:23 err=\{ stack: /)
      expect(more).toEqual([])
    })

    it('shows the functions an error had passed before it was kept and thrown later', async () => {
      const found = summary(await server.report('/kept'))
      expect(found.length).toBe(3)
      expect(found[0]).toBe('load 15:11 reason="row 9" id=9 password=[redacted] row={ id: 9, price: 90 }')
      expect(found[1]).toMatch(/^retry 70:14 .*turn=3/)
      expect(found[2]).toMatch(/^ 80:12 first=7/)
    })

    it('shows awaiting callers the stack has no line for', async () => {
      const found = summary(await server.report('/deep'))
      expect(found.length).toBe(14)
      expect(found[0]).toBe('deep 51:26 level=0')
      expect(found[8]).toBe('deep 52:3 level=8')
      expect(found[9]).toBe('deep ~49:1 level=9')
      expect(found[11]).toBe('deep ~49:1')
      expect(found[12]).toBe('deep ~49:1 level=12')
      expect(found[13]).toBe(' ~43:18 top="top"')
    })

    it('shows a variable before its line as uninitialized', async () => {
      const [, handler] = summary(await server.report('/late'))
      expect(handler).toBe(' 57:14 early=1 late=[uninitialized]')
    })

    it('does not mix the frames of concurrent requests', async () => {
      const ids = Array.from({ length: 50 }, (_each, index) => index + 100)
      const reports = await Promise.all(ids.map((id) => server.report(`/nested/${id}`)))
      expect(reports.map(summary)).toEqual(
        ids.map((id) =>
          nested.map((text) =>
            text.replaceAll('price: 50', `price: ${id * 10}`).replace(/\b5\b(?!:)/g, String(id)),
          ),
        ),
      )
    })

    it('shows them as text and on the page', async () => {
      expect(await server.get('/nested/5', 'text/plain')).toMatch(
        / {2}variables of load\n {4}reason +'row 5'\n {4}id +5\n {4}password +\[redacted\]\n/,
      )
      const page = await server.get('/nested/5', 'text/html')
      expect(page).toMatch(/<details open>\n<summary class="frame"><span class="fn">load<[^]*Local/)
      expect(page).not.toContain('hunter2-5')
      expect(server.err).not.toContain('hunter2-5')
    })
  })

  it('shows the frames of Koa, and of the generator of a body', async () => {
    const server = await LiveServer.start(node, preload, 'koa-app.mjs')
    try {
      expect(summary(await server.report('/nested/3'))).toEqual([
        'load 13:9 id=3 row={ id: 3, price: 30 }',
        'total 18:17 id=3 sum=1',
        ' 35:14 id=3',
      ])
      await server.get('/body', 'text/plain').catch(() => undefined)
      await server.printed(/variables of rows/)
      expect(server.err).toMatch(
        /koa-app\.mjs:24:28\n[^]*variables of rows\n {4}row +\{ index: 2 \}\n {4}index +2\n/,
      )
    } finally {
      await server.stop()
    }
  })

  it('evaluates in a frame: reads, writes, awaits, and is ended in time', async () => {
    const steps = [
      [0, 'row.id'],
      [0, 'row.price = 77'],
      [0, 'await Promise.resolve(row.price)'],
      [2, 'sum += 10'],
      [2, 'sum'],
      [0, 'for(;;){}', 100],
      [0, 'nothingOfThisName'],
      [1, '1'],
    ]
    const server = await LiveServer.start(node, preload, 'express-app.mjs', {
      EVALUATE: JSON.stringify(steps),
    })
    try {
      const { frames } = await server.report('/nested/5')
      expect(frames.map(({ functionName, live }) => (live ? functionName : '-')).slice(0, 3)).toEqual([
        'load',
        '-',
        'total',
      ])
      const results = JSON.parse(await server.said(/evaluated (.*)\n/)) as unknown[]
      expect(results).toEqual([5, 77, 77, 11, 11, 'TP_TIMEOUT', 'ReferenceError', 'TP_NOT_LIVE'])
    } finally {
      await server.stop()
    }
  })

  it('puts the variables into dumps', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'throwpoint-live-'))
    const server = await LiveServer.start(node, preload, 'express-app.cjs', { DUMPS: folder })
    try {
      await server.report('/next')
      await server.printed(/dump: /)
      const [file] = readdirSync(folder).filter((name) => name.endsWith('.json'))
      expect(summary(JSON.parse(readFileSync(join(folder, file!), 'utf8')))).toEqual([
        '* 35:8 order={ id: 7 }',
      ])
    } finally {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('says without the preload how to see variables', async () => {
    const server = await LiveServer.start(node, [], 'express-app.mjs')
    try {
      const report = await server.report('/nested/5')
      expect(report.engine.used).toBe('stack')
      expect(report.engine.reason).toContain('node --import throwpoint/register app.js')
      expect(summary(report)).toEqual(['-load 15:11', '-total 22:17', '- 29:18'])
    } finally {
      await server.stop()
    }
    const asked = await LiveServer.start(node, [], 'express-app.mjs', { THROWPOINT_ENGINE: 'instrumented' })
    try {
      expect((await asked.report('/nested/5')).engine.reason).toContain(
        'The engine "instrumented" needs a preload',
      )
    } finally {
      await asked.stop()
    }
  })
})
