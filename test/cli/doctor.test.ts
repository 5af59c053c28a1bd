import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { program, throwpoint } from './command.ts'

interface Diagnosis {
  readonly ok: boolean
  readonly entry: string | null
  readonly findings: ReadonlyArray<{ level: string; topic: string; text: string; advice?: string }>
  readonly modules: ReadonlyArray<{ file: string; untouched?: string; functions: readonly string[] }>
}

const manifest = (more: object): string =>
  JSON.stringify({ name: 'shop', dependencies: { express: '5', '@throwpoint/express': '0' }, ...more })

async function diagnose(cwd: string, env: NodeJS.ProcessEnv = {}, ...operands: string[]): Promise<Diagnosis> {
  const { code, out, err } = await throwpoint(['doctor', '--json', ...operands], { cwd, env })
  expect(err).toBe('')
  const diagnosis = JSON.parse(out) as Diagnosis
  expect(code).toBe(diagnosis.ok ? 0 : 1)
  return diagnosis
}

/** `✓ text` of each finding that matches. */
function lines({ findings }: Diagnosis, pattern: RegExp): string[] {
  return findings.filter(({ text }) => pattern.test(text)).map(({ level, text }) => `${level}: ${text}`)
}

describe('throwpoint doctor', () => {
  it.concurrent('an application that is well', async () => {
    const folder = program({
      'package.json': manifest({ scripts: { dev: 'node --import throwpoint/register src/server.js' } }),
      'src/server.js': `// debugMiddleware( comes later\nrequire('./app').listen(0)`,
      'src/app.js': `const { debugMiddleware } = require('@throwpoint/express')\nconst app = require('express')()\napp.use(debugMiddleware())\napp.get('/', () => {})\nmodule.exports = app`,
    })
    const { code, out } = await throwpoint(['doctor'], {
      cwd: folder,
      env: { THROWPOINT_RUN_DIR: undefined },
    })
    expect(out).toBe(
      [
        'node',
        `  ✓ Node ${process.versions.node}`,
        '  ✓ a development process: NODE_ENV is not set',
        'packages',
        `  ✓ express ${version('express')}`,
        `  ✓ @throwpoint/express ${version('@throwpoint/express')}`,
        'set-up',
        `  ✓ debugMiddleware() is called first, ${path.join('src', 'app.js')}:3`,
        '  ✓ the preload is active in the script "dev"',
        'modules',
        `  ✓ 2 of 2 modules can be instrumented, from ${path.join('src', 'server.js')} on`,
        'environment',
        '  ✓ THROWPOINT_CACHE=0',
        '  ✓ THROWPOINT_LIMITS=budgetMs=5000',
        '  ! no cache: every start rewrites all modules',
        '      → Unset THROWPOINT_CACHE',
        '',
        'It works; see the lines with !',
        '',
      ].join('\n'),
    )
    expect(code).toBe(0)
  })

  it.concurrent('a package.json that is no JSON', async () => {
    const folder = program({ 'package.json': '{ "scripts": ', 'app.js': '' })
    const diagnosis = await diagnose(folder)
    expect(lines(diagnosis, /package\.json/)[0]).toMatch(/^problem: package\.json cannot be read: .*JSON/)
  })

  it.concurrent('an application that is not', async () => {
    const folder = program({
      'package.json': manifest({ type: 'module', scripts: { start: 'node server.js' } }),
      'server.js': `import express from 'express'\nimport { debugMiddleware } from '@throwpoint/express'\nimport './broken.js'\nimport './left-out.js'\nconst app = express()\napp.use(express.json())\napp.use(debugMiddleware())`,
      'broken.js': `export const = 1`,
      'left-out.js': `export function f() { return 1 }\n//# sourceMappingURL=lost.js.map`,
    })
    const diagnosis = await diagnose(folder, {
      NODE_ENV: 'production',
      THROWPOINT_DUPM: '1',
      THROWPOINT_PAGE: 'perhaps',
      THROWPOINT_EXCLUDE: 'left-out.js',
    })
    expect(diagnosis.ok).toBe(false)
    expect(lines(diagnosis, /production/)).toEqual([
      'problem: Throwpoint is off here: NODE_ENV is production',
    ])
    expect(lines(diagnosis, /debugMiddleware/)).toEqual([
      'problem: debugMiddleware() at server.js:7 comes after line 6: what stands before it is not watched',
    ])
    expect(diagnosis.findings.find(({ text }) => text.includes('no script of package.json'))?.advice).toBe(
      '"start": "node --import throwpoint/register server.js"',
    )
    expect(lines(diagnosis, /runs as it is/)).toEqual([
      expect.stringMatching(/^note: broken\.js runs as it is: ./),
      'note: left-out.js runs as it is: THROWPOINT_EXCLUDE names it; THROWPOINT_INCLUDE adds it',
    ])
    expect(lines(diagnosis, /source map/)).toEqual([
      'note: 1 compiled files name a source map that is not there, first left-out.js',
    ])
    expect(diagnosis.findings).toContainEqual({
      level: 'problem',
      topic: 'environment',
      text: 'THROWPOINT_DUPM is not known',
      advice: 'Did you mean THROWPOINT_DUMP?',
    })
    expect(lines(diagnosis, /THROWPOINT_PAGE is ignored/)).toHaveLength(1)
  })

  it.concurrent('a script of TypeScript, and functions that stay as they are', async () => {
    const folder = program({
      'package.json': manifest({ type: 'module' }),
      'app.ts': `import { Base } from './base.js'\nexport class Derived extends Base { readonly name = 'x'; constructor(readonly id: number) { super(); console.log(id) } }`,
      'base.ts': `export class Base {}`,
    })
    const diagnosis = await diagnose(folder, {}, 'app.ts')
    expect(diagnosis.modules.map(({ file }) => file)).toEqual(['app.ts', 'base.ts'])
    expect(lines(diagnosis, /^TypeScript/)).toEqual(['ok: TypeScript: tsx is installed'])
    expect(lines(diagnosis, /no call of debugMiddleware/)).toHaveLength(1)
  })

  it.concurrent('a folder with nothing in it', async () => {
    const diagnosis = await diagnose(program({ 'notes.txt': '' }))
    expect(diagnosis.entry).toBeNull()
    expect(lines(diagnosis, /no script was found/)).toHaveLength(1)
  })

  it.concurrent('the reason for each module is in the debug log of a run', async () => {
    const folder = program({
      'app.cjs': `require('./sloppy.cjs')`,
      'sloppy.cjs': `with ({}) {}\nfunction eval() {}`,
    })
    const { err, code } = await throwpoint(['app.cjs'], { cwd: folder, env: { DEBUG: 'throwpoint:*' } })
    expect(code).toBe(0)
    expect(err).toMatch(/throwpoint:instrument .*sloppy\.cjs.*: ./)
  })
})

function version(name: string): string {
  const file = path.resolve(import.meta.dirname, '../../node_modules', name, 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
