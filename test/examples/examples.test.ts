import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Report } from '@throwpoint/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assertReport } from '../report-schema.ts'
import { ExampleProcess } from './example-process.ts'
import { type Failure, failuresOf } from './failure.ts'

/** The arguments of node in each example's `npm start`, without the file that sets NODE_ENV. */
const commands: Readonly<Record<string, readonly string[]>> = {
  'express-shop': ['--env-file=.env', 'server.js'],
  'koa-feed': ['--env-file=.env', 'server.js'],
  'express-typescript': ['--env-file=.env', '--import', 'tsx', 'src/server.ts'],
}

const html = 'text/html,application/xhtml+xml,*/*;q=0.8'

/** How a connection ends whose answer has become this. */
const endings = {
  page: 'complete',
  application: 'complete',
  framework: 'complete',
  cut: 'cut',
  none: 'open',
} as const
const endingsWithout = {
  'error-response': 'complete',
  application: 'complete',
  'answer-intact': 'complete',
  cut: 'cut',
  'empty-reply': 'empty',
  hangs: 'open',
  unknown: 'open',
} as const

function title({ method, url, boundary }: Failure): string {
  return `${method} ${url} (${boundary})`
}

describe.each(Object.keys(commands))('%s', (name) => {
  const failures = failuresOf(name)
  const command = commands[name] ?? []

  describe('with Throwpoint', () => {
    const app = new ExampleProcess(name, command)
    beforeAll(() => app.ready())
    afterAll(() => app.remove())

    it('lists its failures as text', async () => {
      await app.ready()
      const list = await app.ask('GET', '/', html)
      expect(list).toMatchObject({ status: 200, ends: 'complete' })
      expect(list.type).toMatch(/^text\/plain/)
      for (const { url, fails, see } of failures) {
        for (const text of [url, fails, see]) expect(list.body).toContain(text)
      }
    })

    it('answers where it says that it works', async () => {
      await app.ready()
      const list = await app.ask('GET', '/', html)
      const works = /^These work: (.*)$/m.exec(list.body)?.[1] ?? ''
      const urls = works.split(/\s+/).map((url) => new URL(url))
      expect(urls).toHaveLength(3)
      for (const { pathname, search } of urls) {
        expect(await app.ask('GET', pathname + search, html)).toMatchObject({ status: 200, ends: 'complete' })
      }
      expect(await app.reports(0)).toEqual([])
      expect(app.stderr).toBe('')
    })

    describe.each(failures)('$method $url', (failure) => {
      const { method, url, boundary, killsProcess, abort = false, expect: wanted } = failure

      it(`is reported as the list says (${boundary})`, async () => {
        await app.ready()
        try {
          const answer = await app.ask(method, url, html, 5_000, abort)
          expect(answer.status).toBe(wanted.status)
          expect(answer.ends).toBe(abort ? 'open' : endings[wanted.outcome])

          const reports = await app.reports(wanted.errors.length)
          for (const report of reports) assertReport(report)
          expect(reports.map(({ error }) => error.name).toSorted()).toEqual([...wanted.errors].toSorted())
          if (boundary === 'expected') {
            expect(reports).toEqual([])
            expect(await app.says(`${wanted.status} ${method} ${url}`)).toBe(true)
            return
          }
          expect(reports.map((report) => report.boundary)).toContain(boundary)
          const report = reports.find((candidate) => candidate.boundary === boundary)!
          expect(report.request).toMatchObject({ method, url: wanted.url ?? url })
          expect(report.response?.outcome).toBe(wanted.outcome)
          expect(report.response?.withoutThrowpoint).toEqual(wanted.without)
          expect(await app.says(report.id)).toBe(true)
          if (wanted.outcome === 'page') {
            expect(answer.type).toMatch(/^text\/html/)
            expect(reports.some(({ id }) => answer.body.includes(id))).toBe(true)
            expect(answer.body).toMatch(/<\/html>\s*$/)
          }
        } finally {
          if (killsProcess) await app.ended()
        }
        if (killsProcess) expect(app.exitCode).toBe(1)
        else expect(app.running).toBe(true)
      })
    })

    const pages = failures.filter(
      ({ expect: { outcome }, killsProcess }) => outcome === 'page' && !killsProcess,
    )
    it.each(pages)(
      'answers a terminal and a program in their form: $method $url',
      async ({ method, url }) => {
        await app.ready()
        const text = await app.ask(method, url, '*/*')
        expect(text).toMatchObject({ status: 500, ends: 'complete' })
        expect(text.type).toMatch(/^text\/plain/)
        expect(text.body.trimEnd().split('\n').at(-1)).toMatch(
          /http:\/\/localhost:\d+\/__throwpoint\/[0-9a-f]{32}$/,
        )
        const json = await app.ask(method, url, 'application/json')
        expect(json).toMatchObject({ status: 500, ends: 'complete' })
        expect(json.type).toMatch(/^application\/problem\+json/)
        assertReport((JSON.parse(json.body) as { throwpoint: unknown }).throwpoint)
      },
    )
  })

  describe('without Throwpoint', () => {
    const app = new ExampleProcess(name, command, { THROWPOINT: '0' })
    beforeAll(() => app.ready())
    afterAll(() => app.remove())

    it.each(failures.map((failure) => [title(failure), failure] as const))(
      'ends as the report says that it would: %s',
      async (_, { method, url, killsProcess, abort = false, expect: wanted }) => {
        await app.ready()
        const answer = await app.ask(method, url, html, 1_000, abort)
        const client = wanted.without?.client ?? 'error-response'
        expect(answer.ends).toBe(endingsWithout[client as keyof typeof endingsWithout])
        if (answer.status !== null && answer.ends === 'complete') expect(answer.status).toBe(wanted.status)
        expect(answer.body).not.toContain('throwpoint')
        if (killsProcess) await app.ended()
        expect(app.running).toBe(!killsProcess)
        expect(await app.reports(0)).toEqual([])
      },
    )
  })
})

describe('express-typescript, compiled', () => {
  const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
  const project = fileURLToPath(new URL('../../examples/express-typescript/', import.meta.url))
  const compiled = new ExampleProcess('express-typescript', ['--env-file=.env', 'dist/server.js'])
  const direct = new ExampleProcess('express-typescript', commands['express-typescript'] ?? [])
  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [tsc, '-p', project])
    await Promise.all([compiled.ready(), direct.ready()])
  })
  afterAll(() => Promise.all([compiled.remove(), direct.remove()]))

  const failures = failuresOf('express-typescript').filter(({ boundary, killsProcess }) => {
    return boundary !== 'expected' && !killsProcess
  })

  it.each(failures)(
    'shows the same lines as under tsx: $method $url',
    async ({ method, url, expect: wanted }) => {
      const places = await Promise.all(
        [compiled, direct].map(async (app) => {
          await app.ready()
          await app.ask(method, url, html)
          const reports = await app.reports(wanted.errors.length)
          return reports
            .map(({ error, frames }) => ({
              error: error.name,
              places: frames.filter(({ kind }) => kind === 'app').map(place),
            }))
            .toSorted((one, other) => one.error.localeCompare(other.error))
        }),
      )
      expect(places[0]).toHaveLength(wanted.errors.length)
      expect(places[0]).toEqual(places[1])
      expect(JSON.stringify(places)).not.toContain('/dist/')
    },
  )
})

function place({ location, source }: Report['frames'][number]): unknown {
  const { file = '', line = 0 } = location ?? {}
  return { file, line, text: source?.lines[line - source.firstLine] }
}
