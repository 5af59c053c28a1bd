import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smoke } from '../matrix/frameworks.ts'
import { PackedProject } from '../packed-project.ts'
import { type Outcome, runProgram } from './program.ts'

let project: PackedProject

beforeAll(async () => {
  project = await PackedProject.create()
})

afterAll(() => {
  project.remove()
})

const packages = ['@throwpoint/express', '@throwpoint/koa'] as const
const development = { NODE_ENV: 'development' }
const production = { NODE_ENV: 'production' }

/** What a program of either module system sees of the package; `m` is the namespace, or what `require` returned. */
function program(system: 'cjs' | 'mjs', name: string, body: string): string {
  return system === 'cjs'
    ? `const m = require('${name}'); const { debugMiddleware, breakpoint } = m\n${body}`
    : `import * as m from '${name}'; import debug, { debugMiddleware, breakpoint } from '${name}'\n${body}`
}

function run(system: 'cjs' | 'mjs', name: string, body: string, env = {}): Promise<Outcome> {
  return runProgram(project, `program.${system}`, program(system, name, body), env)
}

describe.each(packages)('%s', (name) => {
  const middlewareOf = name.endsWith('koa')
    ? 'const run = (middleware) => middleware({}, async () => "passed")'
    : 'const run = (middleware) => new Promise((resolve) => middleware({}, {}, () => resolve("passed")))'

  const stub = { cjs: [`${name}/cjs/index.cjs`], mjs: [`${name}/cjs/index.cjs`, `${name}/dist/index.js`] }
  const ours = ({ loaded }: Outcome): string[] => loaded.filter((file) => !/^program\.[cm]js$/.test(file))

  describe.each(['development', 'production', 'test'])('NODE_ENV=%s', (mode) => {
    it('require() is the function, with everything else on it', async () => {
      const { stdout, stderr, code } = await run(
        'cjs',
        name,
        `console.log(typeof m, m.default === m, debugMiddleware === m, typeof breakpoint, Object.keys(m).join())
         console.log(typeof m(), m().length, m().name)`,
        { NODE_ENV: mode },
      )
      const length = name.endsWith('koa') ? 2 : 3
      expect(stdout).toBe(
        `function true true function default,debugMiddleware,breakpoint\nfunction ${length} throwpoint\n`,
      )
      expect(stderr).toBe('')
      expect(code).toBe(0)
    })

    it('import has the default and the named exports', async () => {
      const { stdout, stderr, code } = await run(
        'mjs',
        name,
        `console.log(Object.keys(m).join(), debug === debugMiddleware, typeof breakpoint, typeof debug())`,
        { NODE_ENV: mode },
      )
      expect(stdout).toBe('breakpoint,debugMiddleware,default true function function\n')
      expect(stderr).toBe('')
      expect(code).toBe(0)
    })
  })

  // Both adapters decide in the same way: in a smoke run each has one of the systems.
  const systems = smoke ? ([name.endsWith('koa') ? 'mjs' : 'cjs'] as const) : (['cjs', 'mjs'] as const)
  describe.each(systems)('%s', (system) => {
    it('loads nothing but the stub in production, whatever the options say', async () => {
      const outcome = await run(
        system,
        name,
        `${middlewareOf}
         const active = () => process.getActiveResourcesInfo().filter((name) => name !== 'CloseReq')
         const before = process.eventNames().length
         const middleware = debugMiddleware({ enabled: true, terminal: 'report', dump: true, nonsense: 1 })
         run(middleware).then((result) => {
           console.log(result, breakpoint(), process.eventNames().length - before, active())
         })`,
        { ...production, THROWPOINT: '1', THROWPOINT_DUMP: '1' },
      )
      expect(outcome.stdout).toBe('passed undefined 0 []\n')
      expect(outcome.stderr).toBe('')
      expect(ours(outcome)).toEqual(stub[system])
    })

    it('loads nothing but the stub in tests', async () => {
      const outcome = await run(system, name, 'debugMiddleware(); breakpoint()', { NODE_ENV: 'test' })
      expect(outcome.stderr).toBe('')
      expect(ours(outcome)).toEqual(stub[system])
    })

    it.each([
      ['another environment', { NODE_ENV: 'staging' }, ''],
      ['switched off', { THROWPOINT: '0' }, ''],
      [
        'a production platform',
        { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
        /^throwpoint: off, because .*THROWPOINT=1.*\n$/,
      ],
    ])('loads nothing but the stub and what decides: %s', async (_, env, stderr) => {
      const outcome = await run(
        system,
        name,
        `${middlewareOf}
         debugMiddleware(); breakpoint()
         run(debugMiddleware()).then((result) => console.log(result))`,
        env,
      )
      expect(outcome.stdout).toBe('passed\n')
      expect(outcome.stderr).toEqual(typeof stderr === 'string' ? stderr : expect.stringMatching(stderr))
      expect(ours(outcome)).toEqual(['@throwpoint/core/dist/options/development.js', ...stub[system]])
    })

    it('is there in development', async () => {
      const outcome = await run(
        system,
        name,
        `const said = []
         try { debugMiddleware({ terminl: 'off' }) } catch (error) {
           said.push(error instanceof TypeError, error.code, error.message.includes('"terminal"'))
         }
         debugMiddleware()
         // The function itself, not one around it: a debugger shows the caller as the next frame.
         said.push(${system === 'cjs' ? 'breakpoint' : 'm.breakpoint'}.toString().includes('debugger'))
         breakpoint(); breakpoint()
         console.log(said.join())`,
        development,
      )
      expect(outcome.stdout).toBe('true,TP_UNKNOWN_OPTION,true,true\n')
      expect(outcome.stderr.match(/\n/g)).toHaveLength(1)
      expect(outcome.stderr).toContain('has nobody to ask')
      expect(outcome.code).toBe(0)
      expect(outcome.loaded).toContain(`${name}/dist/active.js`)
      expect(outcome.loaded).toContain('@throwpoint/http/dist/index.js')
    })

    it('breakpoint() before there is a middleware', async () => {
      const outcome = await run(system, name, 'breakpoint()', development)
      expect(outcome.stderr).toContain('has nobody to ask')
    })

    it('stays out of the way when its files are broken', async () => {
      const file = join(project.folder, 'node_modules/@throwpoint/http/dist/index.js')
      renameSync(file, `${file}.gone`)
      try {
        const outcome = await run(
          system,
          name,
          `${middlewareOf}
           debugMiddleware()
           run(debugMiddleware()).then((result) => console.log(result, breakpoint()))`,
          development,
        )
        expect(outcome.stdout).toBe('passed undefined\n')
        expect(outcome.stderr).toMatch(/^throwpoint: off, because its files cannot be loaded \(.*\)\n$/)
      } finally {
        renameSync(`${file}.gone`, file)
      }
    })
  })
})

describe('what switches it on', () => {
  it.each([
    ['no NODE_ENV', {}, ''],
    ['a test that asks for it', { NODE_ENV: 'test' }, '{ enabled: true }'],
    ['THROWPOINT=1 on a production platform', { KUBERNETES_SERVICE_HOST: '10.0.0.1', THROWPOINT: '1' }, ''],
  ])('%s', async (_, env, options) => {
    const outcome = await run('cjs', '@throwpoint/express', `debugMiddleware(${options})`, env)
    expect(outcome.stderr).toBe('')
    expect(outcome.code).toBe(0)
    expect(outcome.loaded).toContain('@throwpoint/express/dist/active.js')
  })
})
