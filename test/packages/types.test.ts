import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { PackedProject } from '../packed-project.ts'

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

const isFull = process.env['THROWPOINT_FULL'] === '1'

vi.setConfig({ testTimeout: 120_000 })

let project: PackedProject

beforeAll(async () => {
  project = await PackedProject.create()
})

afterAll(() => {
  project.remove()
})

/** What the compiler says; empty when it is content. Declarations of dependencies are checked too. */
async function compile(files: Readonly<Record<string, string>>, options: readonly string[]): Promise<string> {
  const names = Object.entries(files).map(([name, text]) => project.write(name, text))
  const args = ['--ignoreConfig', '--noEmit', '--strict', '--target', 'es2023', '--types', 'node', ...options]
  try {
    const settings = { cwd: project.folder, timeout: 100_000 }
    await promisify(execFile)(process.execPath, [tsc, ...args, ...names], settings)
    return ''
  } catch (error) {
    // What the declarations of others have against each other is not ours (`../../../node_modules/@types/koa/…`).
    return (error as { stdout: string }).stdout.replace(/^\.\.\/.*\n(?: .*\n)*/gm, '')
  }
}

const applications = {
  express: `const app = express(); app.use(middleware); app.get('/', (req, res) => { res.json(req.query) })`,
  koa: `const app = new koa(); app.use(middleware); app.use(async (ctx, next) => { ctx.body = 'a'; await next() })`,
}

/** The same use in an ES module and in CommonJS. */
function use(name: 'express' | 'koa', system: 'esm' | 'cjs'): string {
  const from = `@throwpoint/${name}`
  const head =
    system === 'esm'
      ? `import ${name} from '${name}'
         import debug, { debugMiddleware, breakpoint, type BoundaryContext, type DebugOptions, type Middleware, type Report } from '${from}'`
      : `import ${name} = require('${name}')
         import debug = require('${from}')
         import { debugMiddleware, breakpoint, type BoundaryContext, type DebugOptions, type Middleware, type Report } from '${from}'
         import byDefault from '${from}'
         byDefault({ page: false }); debug.debugMiddleware(); debug.breakpoint(); debug.default()
         const alike: debug.DebugOptions = { dump: true }; void alike`
  return `${head}
    const options: DebugOptions = {
      terminal: 'report', dump: './dumps', limits: { depth: 3 }, redact: { names: ['iban'] },
      ignore: (error: unknown, context: BoundaryContext) => context.boundary === 'body' && context.request?.url === '/',
      onReport: (report: Report) => { console.log(report.error?.name, report.frames[0]?.location?.line) },
    }
    const middleware: Middleware = debugMiddleware(options)
    debug(options); debug(); void breakpoint()
    // @ts-expect-error -- not an option
    debugMiddleware({ terminl: 'off' })
    // @ts-expect-error -- not a value of it
    debug({ break: 'sometimes' })
    ${applications[name]}`
}

/** Every other entry. */
const inner = `
  import { Runtime } from '@throwpoint/core'
  import { isDevelopment } from '@throwpoint/core/development'
  import { createDebugger } from '@throwpoint/http'
  import * as page from '@throwpoint/page'
  import { isReport } from '@throwpoint/protocol'
  const on: boolean = isDevelopment({}); void [on, Runtime.shared, createDebugger, page, isReport]`

const modules = { 'express.mts': use('express', 'esm'), 'koa.mts': use('koa', 'esm') }
const commonJs = { 'express.cts': use('express', 'cjs'), 'koa.cts': use('koa', 'cjs') }
const scripts = { 'express.ts': use('express', 'esm'), 'koa.ts': use('koa', 'esm') }

const resolutions: [name: string, files: Readonly<Record<string, string>>, options: readonly string[]][] = [
  ['nodenext', { ...modules, ...commonJs, 'inner.mts': inner }, ['--module', 'nodenext']],
  ['node20', { ...modules, ...commonJs }, ['--module', 'node20']],
  ['a bundler', scripts, ['--module', 'esnext', '--moduleResolution', 'bundler']],
  ['a bundler in development', scripts, ['--module', 'preserve', '--customConditions', 'development,module']],
  ['a bundler in production', scripts, ['--module', 'preserve', '--customConditions', 'production']],
]

describe('types of the adapters', () => {
  // Without conditions of its own, node20 resolves as nodenext.
  it.each(resolutions.filter(([name]) => isFull || name !== 'node20'))('%s', async (_, files, options) => {
    expect(await compile(files, options)).toBe('')
  })

  it.each(['express', 'koa'])('name neither framework: %s', (name) => {
    const dist = join(project.folder, 'node_modules/@throwpoint', name, 'dist')
    const all = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    const declarations = all.filter((file) => file.endsWith('.d.ts'))
    expect(declarations.length).toBeGreaterThan(3)
    for (const file of declarations) {
      const code = readFileSync(join(dist, file), 'utf8').replace(/\/\*[^]*?\*\//g, '')
      expect(code, file).not.toMatch(/(?:from|import\()\s*['"](?:express|koa)\b/)
    }
  })
})

it('a wrong use is told', async () => {
  const text = `import { debugMiddleware } from '@throwpoint/express'; debugMiddleware({ page: 1 })`
  expect(await compile({ 'wrong.mts': text }, ['--module', 'nodenext'])).toContain('TS2322')
})
