import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const packages = fileURLToPath(new URL('../../packages/', import.meta.url))
const root = fileURLToPath(new URL('../../', import.meta.url))

interface Manifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly keywords: readonly string[]
  readonly license: string
  readonly type: string
  readonly sideEffects: boolean | readonly string[]
  readonly engines: { readonly node: string }
  readonly repository: { readonly directory: string }
  readonly files: readonly string[]
  readonly dependencies: Readonly<Record<string, string>>
}

const read = (file: string): Manifest => JSON.parse(readFileSync(file, 'utf8')) as Manifest

describe.each(readdirSync(packages))('packages/%s', (folder) => {
  const manifest = read(join(packages, folder, 'package.json'))

  it('says what npm and its readers want to know', () => {
    expect(manifest).toMatchObject({
      license: 'MIT',
      type: 'module',
      engines: { node: '^20.19.0 || >=22.12.0' },
      repository: { directory: `packages/${folder}` },
    })
    // A preload is all side effect, and so is what it loads later.
    const preloads = {
      instrument: ['late-parts', 'preload', 'register'],
      cli: ['register', 'single-process'],
    }[folder]
    const files = ['dist/*.js', 'src/*.ts'].flatMap((form) => {
      return preloads?.map((name) => `./${form.replace('*', name)}`)
    })
    if (folder === 'instrument') files.push('./dist/*.cjs')
    expect(manifest.sideEffects).toEqual(preloads === undefined ? false : files)
    expect(manifest.description).toMatch(/^[A-Z].{30,}[^.]$/)
    expect(manifest.keywords).toContain('throwpoint')
    expect(manifest.files).toContain('dist')
    expect(manifest.files).toContain('!src/**/*.test.ts')
  })

  it('brings the licence and a README', () => {
    const licence = readFileSync(join(root, 'LICENSE'), 'utf8')
    expect(readFileSync(join(packages, folder, 'LICENSE'), 'utf8')).toBe(licence)
    expect(existsSync(join(packages, folder, 'README.md'))).toBe(true)
  })

  it('depends on the others in the version they have', () => {
    for (const [name, version] of Object.entries(manifest.dependencies)) {
      const [, other] = /^@throwpoint\/(.*)$/.exec(name) ?? []
      if (other !== undefined) expect(version).toBe(read(join(packages, other, 'package.json')).version)
    }
  })
})

it('both adapters decide in the same way', () => {
  for (const file of ['cjs/index.cjs', 'cjs/stub.cjs', 'src/bundled.ts', 'src/index.ts']) {
    const own = (name: string): string => {
      return readFileSync(join(packages, name, file), 'utf8')
        .replace(/function throwpoint\([^]*?\n\}/, '')
        .replaceAll(
          /@throwpoint\/(?:express|koa)|Express 4 and 5|Koa 2 and 3|\b[kK]oa\b|\bexpress\b|new |\(\)/g,
          '',
        )
    }
    expect(own('koa'), file).toBe(own('express'))
  }
})
