import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PackedProject } from '../packed-project.ts'
import { appOf, type Framework, frameworks, type Syntax } from './apps.ts'
import { type Bundler, bundlers, requireBundlers } from './bundlers.ts'

let project: PackedProject

beforeAll(async () => {
  project = await PackedProject.create()
})

afterAll(() => {
  project.remove()
})

/** What every part of Throwpoint but the stub has in it. */
const markers = [
  'throwpoint.runtime',
  'throwpoint-report',
  'withoutThrowpoint',
  'x-throwpoint',
  'X-Throwpoint',
  '__throwpoint',
  'THROWPOINT',
  'NODE_ENV=development',
  'TP_UNKNOWN_OPTION',
  'AsyncLocalStorage',
  'KUBERNETES_SERVICE_HOST',
  'serialize-error',
  'mapSourcePosition',
  'Content-Security-Policy: ',
  'application/problem+json',
  'preact',
]

interface Answer {
  readonly status: number
  readonly link: string | null
  readonly text: string
}

/** Starts a bundle and asks it for `/fail` and `/body`. */
async function serve(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ fail: Answer; body: string; stderr: string }> {
  const child = spawn(process.execPath, args, {
    cwd: project.folder,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()))
  try {
    const port = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith('port ')) resolve(line.slice(5))
      })
      child.on('exit', (code) => reject(new Error(`The bundle ended (${code}):\n${stderr}`)))
    })
    const ask = (path: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept: 'text/html' } })
    const response = await ask('/fail')
    const fail = {
      status: response.status,
      link: response.headers.get('x-throwpoint'),
      text: await response.text(),
    }
    const body = await ask('/body')
      .then((answer) => answer.text())
      .catch(() => 'cut')
    child.kill()
    await closed
    return { fail, body, stderr }
  } finally {
    child.kill('SIGKILL')
    await closed
  }
}

async function write(framework: Framework, syntax: Syntax, ours = true): Promise<string> {
  const name = `${framework}-${syntax}${ours ? '' : '-without'}.${syntax === 'import' ? 'mjs' : 'cjs'}`
  project.write(name, appOf(framework, syntax, ours))
  return name
}

function expectReport({ fail, body, stderr }: Awaited<ReturnType<typeof serve>>): void {
  expect(fail.status).toBe(500)
  expect(fail.link).toMatch(/./)
  expect(fail.text).toContain('bundled handler')
  expect(body).toBe('cut')
  // Both boundaries were reported in the terminal.
  expect(stderr).toMatch(/Error: bundled handler\n {2}in the handler of GET \/fail/)
  expect(stderr).toMatch(/Error: bundled body\n {2}in the response body of GET \/body/)
}

const cases: [bundler: Bundler, framework: Framework, syntax: Syntax][] = [
  ...bundlers.flatMap((bundler) =>
    frameworks.map((framework): [Bundler, Framework, Syntax] => [bundler, framework, 'import']),
  ),
  ...requireBundlers.flatMap((bundler) => {
    return (['express', 'koa'] as const).map((framework): [Bundler, Framework, Syntax] => [
      bundler,
      framework,
      'require',
    ])
  }),
].map(([bundler, framework, syntax]) => [bundler, framework, syntax])

describe.each(
  cases.map(([bundler, framework, syntax]) => ({ name: bundler.name, bundler, framework, syntax })),
)('$name, $framework, $syntax', ({ bundler, framework, syntax }) => {
  it('a development bundle reports', async () => {
    const { file, text } = await bundler.development(project, await write(framework, syntax))
    expect(markers.filter((marker) => text.includes(marker)).length).toBeGreaterThan(8)
    expectReport(await serve([file], {}))
  })

  it('a production bundle has nothing but the stub', async () => {
    const { file, text } = await bundler.production(project, await write(framework, syntax))
    const plain = await bundler.production(project, await write(framework, syntax, false))
    // A framework may say the same words.
    expect(markers.filter((marker) => text.includes(marker) && !plain.text.includes(marker))).toEqual([])
    expect(text.length - plain.text.length).toBeLessThan(1500)
    // The bundle decides, not the environment.
    const { fail, stderr } = await serve([file], { NODE_ENV: 'development', THROWPOINT: '1' })
    expect(fail.status).toBe(500)
    expect(fail.link).toBe(null)
    expect(stderr).not.toContain('in the handler')
  })
})

describe.each(bundlers)('$name', (bundler) => {
  it.each(['express', 'koa'] as const)(
    'a development bundle that is run in production is off: %s',
    async (framework) => {
      const { file } = await bundler.development(project, await write(framework, 'import'))
      const { fail, stderr } = await serve([file], { NODE_ENV: 'production', THROWPOINT: '1' })
      expect(fail.link).toBe(null)
      expect(fail.text).not.toContain('bundled handler')
      expect(stderr).not.toContain('in the handler')
    },
  )
})

describe('the development server of Vite', () => {
  it.each(frameworks)('%s', async (framework) => {
    const entry = await write(framework, 'import')
    const script = project.write(
      'vite-dev.mjs',
      `import { createServer } from 'vite'
       const server = await createServer({
         configFile: false, logLevel: 'error', appType: 'custom', optimizeDeps: { noDiscovery: true },
         server: { middlewareMode: true, hmr: false, watch: null, ws: false },
         ssr: { noExternal: [/^@throwpoint\\//] },
       })
       await server.ssrLoadModule('/' + process.argv[2])`,
    )
    expectReport(await serve([script, entry], {}))
  })
})
