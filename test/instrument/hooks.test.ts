import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildInstrument, register } from './build.ts'

const repository = path.resolve(import.meta.dirname, '../..')
const modules = path.join(repository, 'node_modules')
const tsx = path.join(modules, 'tsx/dist/loader.mjs')
const nodes = [
  ['20', process.execPath],
  ['22', path.join(modules, 'node22/bin/node')],
  ['24', path.join(modules, 'node24/bin/node')],
  ['26', path.join(modules, 'node26/bin/node')],
] as const
// Both ways into Node: its loader thread, and hooks in the same thread
const tried =
  process.env['THROWPOINT_FULL'] === '1'
    ? nodes
    : nodes.filter(([version]) => version === '20' || version === '24')
const folders: string[] = []

beforeAll(buildInstrument, 120_000)

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Writes a program and gives back its folder. */
function program(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'throwpoint-hooks-'))
  folders.push(folder)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  return folder
}

interface Ran {
  readonly out: string
  readonly err: string
  readonly code: number | null
}

function run(
  node: string,
  cwd: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const env = {
      ...process.env,
      NODE_ENV: 'development',
      NODE_OPTIONS: '',
      THROWPOINT_CACHE: '0',
      ...environment,
    }
    execFile(node, args, { cwd, env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({
        out: stdout,
        err: stderr,
        code: error === null ? 0 : ((error.code as unknown as number) ?? null),
      })
    })
  })
}

/** Prints the frames of what `run` throws: function, file, variables. */
const show = `
const text = (value) => (typeof value === 'function' ? value.name : value)
export async function show(run) {
  const runtime = globalThis[Symbol.for('throwpoint.instrument.1')]
  try { await run() } catch (error) {
    for (const frame of runtime?.takeFrames(error) ?? []) {
      const names = frame.scopes().filter((s) => s.type === 'local').flatMap((s) => s.names.map((n) => n + '=' + text(s.read(n).value)))
      console.log(frame.functionName + '(' + names.join(' ') + ') ' + frame.file.split('/').at(-1))
    }
    return error
  }
}
`

describe.each(tried)('Node %s', (version, node) => {
  test('ES modules and CommonJS modules that import and require each other', async () => {
    const folder = program({
      'show.mjs': show,
      'main.mjs': `import { show } from './show.mjs'
        import { half } from './half.mjs'
        import legacy from './legacy.cjs'
        import { createRequire } from 'node:module'
        const require = createRequire(import.meta.url)
        console.log(require('./legacy.cjs') === legacy, Object.keys(require.cache).filter((f) => f.startsWith(import.meta.dirname ?? new URL('.', import.meta.url).pathname)).map((f) => f.split('/').at(-1)).join())
        await show(function start() { const from = 3; legacy(from, half) })
        const again = await import('./half.mjs?again#1')
        const error = await show(() => again.half(4))
        const [, script, column] = /(file:.*):1:(\\d+)/.exec(error.stack)
        const runtime = globalThis[Symbol.for('throwpoint.instrument.1')]
        console.log(runtime.originalColumn(script, 1, Number(column)), runtime.moduleFrame(script).evaluate('import.meta.url === ' + JSON.stringify(script)))`,
      'half.mjs': `export function half(n) { const twice = n * 2; return n.x.y }`,
      'legacy.cjs': `const other = require('./other.js'); module.exports = function legacy(n, next) { other(n, next) }`,
      'other.js': `module.exports = function other(n, go) { var local = 'o'; go(n) }`,
    })
    const { out, err } = await run(node, folder, ['--import', register, 'main.mjs'])
    expect(err).toBe('')
    expect(out).toBe(
      [
        'true legacy.cjs,other.js',
        'half(n=3 twice=6) half.mjs',
        'other(n=3 go=half local=o) other.js',
        'legacy(n=3 next=half) legacy.cjs',
        'start(from=3) main.mjs',
        'half(n=4 twice=8) half.mjs?again#1',
        '() main.mjs',
        '59 true',
        '',
      ].join('\n'),
    )
  })

  test('a CommonJS program that comes to ES modules late', async () => {
    const folder = program({
      'show.mjs': show,
      'main.cjs': `setTimeout(async () => {
        const { show } = await require('./later.cjs')('./show.mjs')
        const { half } = await require('./later.cjs')('./half.mjs')
        await show(function start() { const from = 3; half(from) })
      }, 1)`,
      'later.cjs': `module.exports = (name) => import(name)`,
      'half.mjs': `export function half(n) { const twice = n * 2; return n.x.y }`,
    })
    for (const preload of ['--import', '-r']) {
      const { out, err } = await run(node, folder, [preload, register, 'main.cjs'])
      expect([err, out]).toEqual(['', 'half(n=3 twice=6) half.mjs\nstart(from=3) main.cjs\n'])
    }
  })

  test('a CommonJS program, its exit code and its crash are those of Node', async () => {
    const folder = program({
      'main.cjs': `process.on('exit', (code) => console.log('exit', code))\nfunction fail(n) {\n  throw new TypeError('bad ' + n)\n}\nsetImmediate(() => fail(1))\n`,
      'exit.cjs': `process.exitCode = 7; console.log(process.argv.length, require.main === module, __filename.split('/').at(-1))`,
    })
    const [plain, instrumented] = await Promise.all([
      run(node, folder, ['main.cjs']),
      run(node, folder, ['--import', register, 'main.cjs']),
    ])
    const names = (text: string): string[] =>
      text
        .split('\n')
        .filter((line) => line.includes('main.cjs:'))
        .map((line) => line.replace(/:\d+\)?$/, ''))
    expect(instrumented.out).toBe(plain.out)
    expect(instrumented.code).toBe(plain.code)
    expect(names(instrumented.err)).toEqual(names(plain.err))
    const [exitPlain, exit] = await Promise.all([
      run(node, folder, ['exit.cjs']),
      run(node, folder, ['--import', register, 'exit.cjs']),
    ])
    expect(exit).toEqual(exitPlain)
    expect(exit.code).toBe(7)
  })

  test('syntax errors are reported as Node reports them', async () => {
    const folder = program({
      'bad.mjs': `export const a = 1\nfunction f() { return 1 }\nconst = 2\n`,
      'bad.cjs': `function f() { return 1 }\nlet a; let a\n`,
    })
    for (const file of ['bad.mjs', 'bad.cjs']) {
      const [plain, instrumented] = await Promise.all([
        run(node, folder, [file]),
        run(node, folder, ['--import', register, file]),
      ])
      const head = (text: string): string => text.split(/\n {4}at /)[0]!
      expect(head(instrumented.err)).toBe(head(plain.err))
      expect(instrumented.code).toBe(plain.code)
    }
  })

  test('source maps lead error.stack back to the columns of the file', async () => {
    const folder = program({
      'main.mjs': `import { fail } from './fail.cjs'\nconst run = (n) => [n].map((item) => fail(item))\ntry { run(1) } catch (error) { console.log(error.stack) }\n`,
      'fail.cjs': `exports.fail = function fail(n) { const local = n; if (local) throw new Error('x'); return local }\n`,
    })
    const places = (text: string): string[] =>
      [...text.matchAll(/(main\.mjs|fail\.cjs):(\d+):(\d+)/g)].map((match) => match[0])
    const [plain, instrumented] = await Promise.all([
      run(node, folder, ['--enable-source-maps', 'main.mjs']),
      run(node, folder, ['--enable-source-maps', '--import', register, 'main.mjs']),
    ])
    expect(places(plain.out).length).toBeGreaterThan(3)
    expect(places(instrumented.out)).toEqual(places(plain.out))
  })

  test('compiled output with a map beside it', async () => {
    // What `tsc` makes of a two-line file, with its map
    const folder = program({
      'dist/main.js': `"use strict";\nfunction fail(n) {\n    throw new Error("x" + n);\n}\ntry {\n    fail(1);\n}\ncatch (error) {\n    console.log(error.stack);\n}\n//# sourceMappingURL=main.js.map`,
      'dist/main.js.map': JSON.stringify({
        version: 3,
        file: 'main.js',
        sourceRoot: '',
        sources: ['../src/main.ts'],
        names: [],
        mappings:
          ';AAAA,SAAS,IAAI,CAAC,CAAS,IAAI,MAAM,IAAI,KAAK,CAAC,GAAG,GAAG,CAAC,CAAC,CAAA,CAAC,CAAC;AACrD,IAAI,CAAC;IAAC,IAAI,CAAC,CAAC,CAAC,CAAA;AAAC,CAAC;AAAC,OAAO,KAAU,EAAE,CAAC;IAAC,OAAO,CAAC,GAAG,CAAC,KAAK,CAAC,KAAK,CAAC,CAAA;AAAC,CAAC',
      }),
      'src/main.ts': `function fail(n: number) { throw new Error('x' + n) }\ntry { fail(1) } catch (error: any) { console.log(error.stack) }\n`,
      'package.json': '{ "type": "commonjs" }',
    })
    const [plain, instrumented] = await Promise.all([
      run(node, folder, ['--enable-source-maps', 'dist/main.js']),
      run(node, folder, ['--enable-source-maps', '--import', register, 'dist/main.js']),
    ])
    const places = (text: string): string[] => text.split('\n').filter((line) => line.includes('main.ts'))
    expect(places(plain.out).length).toBeGreaterThan(0)
    expect(places(instrumented.out)).toEqual(places(plain.out))
  })

  test('what is user code: packages of the workspace, not node_modules, include before exclude', async () => {
    const folder = program({
      'show.mjs': show,
      'app/main.mjs': `import { show } from '../show.mjs'; import { a } from 'shared'; import { b } from 'dependency'
        await show(() => a(() => b(() => { throw new Error('x') })))`,
      'packages/shared/package.json': '{ "name": "shared", "type": "module", "exports": "./index.js" }',
      'packages/shared/index.js': `export function a(f) { const inA = 1; return f(inA) }`,
      'node_modules/dependency/package.json': '{ "name": "dependency", "main": "./index.js" }',
      'node_modules/dependency/index.js': `exports.b = function b(f) { const inB = 1; return f(inB) }`,
    })
    symlinkSync('../packages/shared', path.join(folder, 'node_modules/shared'), 'dir')
    const names = async (args: readonly string[], environment: Record<string, string>): Promise<string> => {
      const { out, err } = await run(
        node,
        folder,
        [...args, '--import', register, 'app/main.mjs'],
        environment,
      )
      return err + ['a', 'b'].filter((name) => out.includes(`\n${name}(`)).join()
    }
    expect(await names([], {})).toBe('a')
    expect(await names(['--preserve-symlinks'], {})).toBe('a')
    expect(await names([], { THROWPOINT_INCLUDE: 'node_modules/dependency' })).toBe('a,b')
    expect(await names([], { THROWPOINT_EXCLUDE: 'packages/**' })).toBe('')
  })

  test('worker threads', async () => {
    const folder = program({
      'show.mjs': show,
      'main.mjs': `import { Worker } from 'node:worker_threads'; new Worker(new URL('./worker.mjs', import.meta.url))`,
      'worker.mjs': `import { show } from './show.mjs'; await show(async function inWorker() { const local = 1; await null; throw new Error('w') })`,
    })
    expect(await run(node, folder, ['--import', register, 'main.mjs'])).toEqual({
      out: 'inWorker(local=1) worker.mjs\n',
      err: '',
      code: 0,
    })
  })

  test.each([
    ['tsx before', ['--import', tsx, '--import', register]],
    ['tsx after', ['--import', register, '--import', tsx]],
  ])('TypeScript with %s', async (_name, args) => {
    const folder = program({
      'package.json': '{ "type": "module" }',
      'show.mjs': show,
      'main.ts': `import { show } from './show.mjs'
        import { half } from './half.ts'
        import legacy from './legacy.cts'
        enum Kind { A, B }
        const error = await show(async function start(): Promise<void> { const kind: Kind = Kind.B; await null; legacy(kind, half) }) as Error
        console.log(error.stack!.split('\\n').slice(1, 4).map((line) => line.replace(/.*\\//, '')).join(' '))`,
      'half.ts': `export function half<T extends number>(n: T): number {\n  interface Local { x: number }\n  const twice: number = n * 2\n  return (n as unknown as { x: Local }).x.x\n}`,
      'legacy.cts': `export = function legacy(n: number, go: (n: number) => number): number { return go(n) }`,
    })
    const { out, err } = await run(node, folder, [...args, 'main.ts'])
    expect(err).toBe('')
    expect(out).toContain('half(n=1 twice=2) half.ts')
    expect(out).toContain('start(kind=1) main.ts')
    expect(out).toContain('half.ts:4:43')
  })

  test.runIf(Number(version) >= 24)('TypeScript with the type stripping of Node', async () => {
    const folder = program({
      'package.json': '{ "type": "module" }',
      'show.mjs': show,
      'main.ts': `import { show } from './show.mjs'
        import { half } from './half.ts'
        import legacy from './legacy.cts'
        await show(async function start(): Promise<void> { const from: number = 3; await null; legacy(from, half) })`,
      'half.ts': `export function half<T extends number>(n: T): number { const twice: number = n * 2; return (n as any).x.x }`,
      'legacy.cts': `module.exports = function legacy(n: number, go: (n: number) => number): number { const inLegacy: number = n; return go(inLegacy) }`,
    })
    const { out } = await run(node, folder, ['--import', register, 'main.ts'])
    expect(out).toContain('half(n=3 twice=6) half.ts')
    expect(out).toContain('legacy(n=3 go=half inLegacy=3) legacy.cts')
    expect(out).toContain('start(from=3) main.ts')
  })

  test.runIf(Number(version) >= 22)('CommonJS in TypeScript, with the type stripping of Node', async () => {
    const folder = program({
      'show.mjs': show,
      'main.cts': `const { half } = require('./half.ts')
        const { twice } = require('./twice.ts')
        async function start(): Promise<void> { const from: number = 3; const { show } = await import('./show.mjs')
          for (const run of [half, twice]) console.log(((await show(() => run(from))) as Error).stack!.split('\\n')[1]!.replace(/.*\\//, '')) }
        start()`,
      // Nothing but its text says what it is
      'half.ts': `function half(n: number): number {\n  const local: number = n; return (n as any).x.x }\nmodule.exports = { half }`,
      'twice.ts': `export function twice(n: number): number {\n  const local: number = n; return (n as any).x.x }\n`,
    })
    for (const flag of ['--import', '--require']) {
      const { out, err } = await run(node, folder, ['--no-warnings', flag, register, 'main.cts'])
      expect(err).toBe('')
      expect(out).toContain('half(n=3 local=3) half.ts')
      expect(out).toContain('twice(n=3 local=3) twice.ts')
      expect(out.match(/:2:\d+\)/g)).toHaveLength(2)
    }
  })

  test('NODE_OPTIONS carries the preload into child processes and cluster workers', async () => {
    const folder = program({
      'show.mjs': show,
      'main.mjs': `import cluster from 'node:cluster'; import { show } from './show.mjs'
        if (cluster.isPrimary) cluster.fork()
        else { await show(function inWorker() { const local = 1; throw new Error('w') }); process.exit() }`,
    })
    const { out, err } = await run(node, folder, ['main.mjs'], { NODE_OPTIONS: `--import ${register}` })
    expect(err + out).toBe('inWorker(local=1) main.mjs\n')
  })

  test('the cache gives the same on the second run', async () => {
    const folder = program({
      'show.mjs': show,
      'main.mjs': `import { show } from './show.mjs'; await show(function run() { const local = 5; throw new Error('x') })`,
    })
    const environment = { THROWPOINT_CACHE: path.join(folder, 'cache') }
    const first = await run(node, folder, ['--import', register, 'main.mjs'], environment)
    const second = await run(node, folder, ['--import', register, 'main.mjs'], environment)
    expect(first.out).toBe('run(local=5) main.mjs\n')
    expect(second).toEqual(first)
  })

  test('production and THROWPOINT=0 leave everything alone', async () => {
    const folder = program({
      'main.cjs': `console.log(String(function f() { return g() }), Symbol.for('throwpoint.instrument.1') in globalThis)`,
    })
    for (const environment of [{ NODE_ENV: 'production' }, { THROWPOINT: '0' }]) {
      const { out } = await run(node, folder, ['--import', register, 'main.cjs'], environment)
      expect(out).toBe('function f() { return g() } false\n')
    }
  })
})
