import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { violations } from '../../scripts/import-direction.js'

const script = fileURLToPath(new URL('../../scripts/import-direction.js', import.meta.url))

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'throwpoint-direction-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}

/** A package with one source file. */
function withPackage(name: string, dependencies: readonly string[], source: string): void {
  const versions = Object.fromEntries(dependencies.map((dependency) => [dependency, '1.0.0']))
  write(`${name}/package.json`, JSON.stringify({ name: `@throwpoint/${name}`, dependencies: versions }))
  write(`${name}/src/file.ts`, source)
}

function check(...args: string[]): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], (error, _, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stderr })
    })
  })
}

it('the packages keep it', async () => {
  expect(await check()).toEqual({ code: 0, stderr: '' })
})

describe('what goes the wrong way', () => {
  it.each([
    ['core', '@throwpoint/http', `import { a } from '@throwpoint/http'`],
    ['core', '@throwpoint/http', `import type { A } from '@throwpoint/http'`],
    ['core', '@throwpoint/http', `export * from '@throwpoint/http'`],
    ['core', '@throwpoint/http', `export {\n  a,\n  b as c,\n} from '@throwpoint/http/deep'`],
    ['core', '@throwpoint/http', `import '@throwpoint/http'`],
    ['core', '@throwpoint/http', `const late = () => import('@throwpoint/http')`],
    ['core', '@throwpoint/http', `const { a } = require("@throwpoint/http")`],
    ['core', '@throwpoint/http', `type A = typeof import('@throwpoint/http')`],
    ['protocol', '@throwpoint/core', `import a, { type B } from '@throwpoint/core'`],
    ['http', '@throwpoint/express', `import * as a from '@throwpoint/express'`],
    ['express', '@throwpoint/koa', `import { a } from '@throwpoint/koa'`],
    ['page', '@throwpoint/protocol', `import { isReport } from '@throwpoint/protocol'`],
    ['page', '@throwpoint/protocol', `import { type Report, isReport } from '@throwpoint/protocol'`],
    ['page', '@throwpoint/core', `import type { A } from '@throwpoint/core'`],
  ])('%s → %s: %s', (name, other, source) => {
    withPackage(name, [], `/* a\n comment */\n${source}\n`)
    expect(violations(folder)).toEqual([
      expect.stringMatching(`^${name}/src/file.ts:3 imports ${other}.*: ${name} may import `),
    ])
  })

  it('a dependency alone', async () => {
    withPackage('protocol', ['@throwpoint/core'], '')
    expect(await check(folder)).toEqual({
      code: 1,
      stderr: 'protocol/package.json depends on @throwpoint/core: protocol may import none of the others\n',
    })
  })

  it('a file of another package', () => {
    withPackage('core', [], `import { a } from '../../http/src/file.ts'\n`)
    expect(violations(folder)).toEqual([expect.stringContaining('the file is outside of the package')])
  })

  it('a framework, or anything that is not a dependency', () => {
    withPackage('express', [], `import type { Request } from 'express'\n`)
    expect(violations(folder)).toEqual([
      expect.stringContaining('express is not in the dependencies of express'),
    ])
  })

  it('a package nobody put in the table', () => {
    withPackage('surprise', [], '')
    expect(violations(folder)).toEqual([expect.stringContaining('is not in the table')])
  })
})

describe('what is right', () => {
  it.each([
    ['page', '@throwpoint/protocol', `import type { Report } from '@throwpoint/protocol'`],
    ['page', '@throwpoint/protocol', `import { type Report, type Frame } from '@throwpoint/protocol'`],
    ['http', '@throwpoint/core', `import { a } from '@throwpoint/core/development'`],
    ['core', 'source-map-support', `import { a } from 'source-map-support'\nimport b from 'node:fs'`],
    [
      'core',
      '@throwpoint/protocol',
      `// import { a } from '@throwpoint/http'\n/*\nimport '@throwpoint/http'\n*/`,
    ],
  ])('%s → %s: %s', (name, dependency, source) => {
    withPackage(name, [dependency], `${source}\n`)
    write(`${name}/src/file.test.ts`, `import { a } from '@throwpoint/express'\n`)
    expect(violations(folder)).toEqual([])
  })
})
