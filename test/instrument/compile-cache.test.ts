import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const node = fileURLToPath(new URL('../../node_modules/node24/bin/node', import.meta.url))
const register = new URL('../../packages/instrument/dist/register.js', import.meta.url).href

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'throwpoint-compiled-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function run(file: string, environment: Record<string, string> = {}, flags: readonly string[] = []): string {
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, NODE_ENV: 'development', THROWPOINT_CACHE: `${folder}/cache`, ...environment }
  return execFileSync(node, ['--import', register, ...flags, file], {
    cwd: folder,
    env,
    encoding: 'utf8',
  }).trim()
}

function compiled(place = path.join(folder, 'cache')): string[] {
  const files: string[] = []
  for (const entry of readdirSync(place, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name)
    if (entry.isFile() && file.includes('.code/')) files.push(file)
  }
  return files
}

describe.skipIf(!existsSync(node))('compiled code across runs', () => {
  test.each(['cjs', 'mjs'])('of a changed file is not used, and damage does no harm: .%s', (extension) => {
    const file = path.join(folder, `program.${extension}`)
    const text = (word: string): string => `const say = () => console.log('${word}')\nsay()\n`
    writeFileSync(file, text('one'))
    expect(run(file)).toBe('one')
    const { atime, mtime } = statSync(file)
    expect(compiled()).not.toEqual([])

    // As long as before, and no younger
    writeFileSync(file, text('two'))
    utimesSync(file, atime, mtime)
    expect(run(file)).toBe('two')
    expect(run(file)).toBe('two')

    for (const kept of compiled()) writeFileSync(kept, 'x'.repeat(statSync(kept).size))
    expect(run(file)).toBe('two')
  })

  test('stays where the program wants it, and away where nobody wants it', () => {
    const file = path.join(folder, 'place.cjs')
    writeFileSync(file, `console.log(require('node:module').getCompileCacheDir() ?? 'none')`)
    const own = path.join(folder, 'own')
    expect(run(file)).toContain(path.join(folder, 'cache'))
    expect(run(file, { NODE_COMPILE_CACHE: own })).toContain(own)
    expect(run(file, { NODE_DISABLE_COMPILE_CACHE: '1' })).toBe('none')
    expect(run(file, { NODE_V8_COVERAGE: path.join(folder, 'coverage') })).toBe('none')
    expect(run(file, { THROWPOINT_CACHE: '0' })).toBe('none')
  })
})
