import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { PackedProject } from '../packed-project.ts'
import { appOf, type Framework, frameworks, type Syntax } from './apps.ts'
import { type Bundle, type Bundler, bundlers, requireBundlers } from './bundlers.ts'

vi.setConfig({ testTimeout: 120_000 })

let project: PackedProject

beforeAll(async () => {
  project = await PackedProject.create()
})

afterAll(() => {
  project.remove()
})

/** What the parts of Throwpoint but the stub have in them, and nothing else has. */
const markers = [
  '__throwpoint',
  'KUBERNETES_SERVICE_HOST',
  'mapSourcePosition',
  'serializeError',
  'throwpoint-report',
  'THROWPOINT_',
  'throwpoint.runtime',
  'TP_UNKNOWN_OPTION',
  'withoutThrowpoint',
  'X-Throwpoint',
]

interface Served {
  readonly status: number
  /** The header that leads to the report. */
  readonly link: string | null
  readonly page: string
  readonly body: string
  readonly stderr: string
}

/** Both boundaries were reported in the terminal. */
const reports = [
  /^Error: bundled handler\n(?: .*\n)*? {2}in the handler of GET \/fail/m,
  /^Error: bundled body\n(?: .*\n)*? {2}in the response body of GET \/body/m,
]

/** Starts a program and asks it for `/fail` and `/body`, then waits until stderr says what is expected. */
async function serve(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  expected: readonly RegExp[],
): Promise<Served> {
  const child = spawn(process.execPath, args, {
    cwd: project.folder,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const closed = new Promise<void>((resolve) => {
    child.on('close', () => resolve())
  })
  try {
    const port = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith('port ')) resolve(line.slice(5))
      })
      child.on('exit', (code) => reject(new Error(`The program ended (${code}):\n${stderr}`)))
    })
    const ask = (path: string): Promise<Response> => {
      const signal = AbortSignal.timeout(30_000)
      return fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept: 'text/html' }, signal })
    }
    const fail = await ask('/fail')
    const page = await fail.text()
    // Without Throwpoint it may never end.
    const body = expected.length === 0 ? '' : await textOf(ask('/body'))
    for (let i = 0; i < 200 && !expected.every((line) => line.test(stderr)); i++) await delay(50)
    return { status: fail.status, link: fail.headers.get('x-throwpoint'), page, body, stderr }
  } finally {
    child.kill('SIGKILL')
    await closed
  }
}

/** The body of an answer, or `cut` when it breaks off. */
async function textOf(answer: Promise<Response>): Promise<string> {
  try {
    return await (await answer).text()
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'open' : 'cut'
  }
}

async function expectReports(args: readonly string[]): Promise<void> {
  const { status, link, page, body, stderr } = await serve(args, {}, reports)
  expect(status).toBe(500)
  expect(link).toMatch(/./)
  expect(page).toContain('bundled handler')
  expect(body).toBe('cut')
  for (const report of reports) expect(stderr).toMatch(report)
}

async function expectNothing(file: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { status, link, page, stderr } = await serve([file], env, [])
  expect(status).toBe(500)
  expect(link).toBe(null)
  expect(page).not.toContain('__throwpoint')
  expect(stderr).not.toContain('in the handler of')
}

function write(framework: Framework, syntax: Syntax): string {
  const name = `${framework}-${syntax}.${syntax === 'import' ? 'mjs' : 'cjs'}`
  project.write(name, appOf(framework, syntax))
  return name
}

const isFull = process.env['THROWPOINT_FULL'] === '1'

/** A bundle and what it is made of; the same one for all tests. */
const bundles = new Map<string, Promise<Bundle>>()
function built(
  mode: 'development' | 'production',
  bundler: Bundler,
  framework: Framework,
  syntax: Syntax,
): Promise<Bundle> {
  const key = [mode, bundler.name, framework, syntax].join()
  const bundle = bundles.get(key) ?? bundler[mode](project, write(framework, syntax))
  bundles.set(key, bundle)
  return bundle
}

/** esbuild is quick; of the slow one that follows `require` as well, the fast set has each framework in one of its forms. */
const cases: { name: string; bundler: Bundler; framework: Framework; syntax: Syntax }[] = [
  ...bundlers.flatMap((bundler) => {
    return frameworks.map((framework) => ({ bundler, framework, syntax: 'import' as const }))
  }),
  ...requireBundlers.flatMap((bundler) => {
    return (['express', 'koa'] as const).map((framework) => ({
      bundler,
      framework,
      syntax: 'require' as const,
    }))
  }),
]
  .filter(({ bundler, framework, syntax }) => {
    return isFull || bundler.name !== 'webpack' || (framework === 'koa') === (syntax === 'import')
  })
  .map((each) => ({ name: each.bundler.name, ...each }))

describe.each(cases)('$name, $framework, $syntax', ({ bundler, framework, syntax }) => {
  it('a development bundle reports', async () => {
    const { file, text } = await built('development', bundler, framework, syntax)
    expect(markers.filter((marker) => !text.includes(marker))).toEqual([])
    await expectReports([file])
  })

  it('a production bundle has nothing but the stub', async () => {
    const { file, text, ours } = await built('production', bundler, framework, syntax)
    const adapter = framework.startsWith('koa') ? '@throwpoint/koa' : '@throwpoint/express'
    const stub =
      syntax === 'import'
        ? [`${adapter}/dist/stub.js`]
        : [`${adapter}/cjs/stub.cjs`, `${adapter}/dist/stub.js`]
    expect(ours).toEqual(stub)
    expect(markers.filter((marker) => text.includes(marker))).toEqual([])
    // The bundle decides, not the environment it runs in.
    await expectNothing(file, { NODE_ENV: 'development', THROWPOINT: '1' })
  })
})

describe.each(bundlers)('$name', (bundler) => {
  it.each(['express', 'koa'] as const)('a development bundle is off in production: %s', async (framework) => {
    const syntax = cases.find((one) => one.bundler === bundler && one.framework === framework)!.syntax
    const { file } = await built('development', bundler, framework, syntax)
    await expectNothing(file, { NODE_ENV: 'production', THROWPOINT: '1' })
  })
})

describe('the development server of Vite', () => {
  it.each(frameworks)('%s', async (framework) => {
    const entry = write(framework, 'import')
    const script = project.write(
      'vite-dev.mjs',
      `import { createServer } from 'vite'
       const server = await createServer({
         configFile: false,
         logLevel: 'error',
         appType: 'custom',
         optimizeDeps: { noDiscovery: true },
         server: { middlewareMode: true, hmr: false, watch: null, ws: false },
         ssr: { noExternal: [/^@throwpoint\\//] },
       })
       await server.ssrLoadModule('/' + process.argv[2])`,
    )
    await expectReports([script, entry])
  })
})
