import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import vm from 'node:vm'
import { expect, test } from 'vitest'
import { rewrite, type Language, type SourceKind } from '@throwpoint/instrument'

const full = process.env['THROWPOINT_FULL'] === '1'
const root = path.resolve(import.meta.dirname, '../../node_modules')
const types = new Map<string, SourceKind>()

/** The kind Node would give a file. */
function kindOf(file: string): SourceKind {
  if (/\.m[jt]s$/.test(file)) return 'module'
  if (/\.c[jt]s$/.test(file)) return 'commonjs'
  const folder = path.dirname(file)
  let kind = types.get(folder)
  if (kind !== undefined) return kind
  try {
    const text = readFileSync(path.join(folder, 'package.json'), 'utf8')
    kind = (JSON.parse(text) as { type?: string }).type === 'module' ? 'module' : 'commonjs'
  } catch {
    kind = folder.endsWith('node_modules') ? 'commonjs' : kindOf(folder)
  }
  types.set(folder, kind)
  return kind
}

function languageOf(file: string): Language {
  return file.endsWith('ts') ? 'ts' : file.endsWith('x') ? (file.slice(-3) as Language) : 'js'
}

function compiles(code: string): boolean {
  try {
    void new vm.Script(`(function (exports, require, module, __filename, __dirname) {${code}\n})`)
    return true
  } catch {
    return false
  }
}

test('modules of node_modules parse after rewriting and keep their lines', { timeout: 3_600_000 }, () => {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name) && !/\.d\.[cm]?ts$/.test(entry.name),
    )
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
  // A sample spread over all packages; all of them with THROWPOINT_FULL=1
  const step = full ? 1 : 60
  let rewritten = 0
  const wrong: string[] = []
  for (let index = 0; index < files.length; index += step) {
    const file = files[index]!
    const source = readFileSync(file, 'utf8')
    if (!full && source.length > 200_000) continue
    let kind = kindOf(file)
    const language = languageOf(file)
    let result = rewrite(source, { file, kind, language })
    // Bundler input: module syntax where Node would look for CommonJS
    if ('untouched' in result && kind === 'commonjs') {
      kind = 'module'
      result = rewrite(source, { file, kind, language })
    }
    if ('untouched' in result) {
      if (!/^(?:does not parse: |longer than )/.test(result.untouched))
        wrong.push(`${file}: ${result.untouched}`)
      continue
    }
    rewritten++
    if (result.code.split('\n').length !== source.split('\n').length) wrong.push(`${file}: lines moved`)
    // V8 has the last word on what it takes
    if (kind === 'commonjs' && language === 'js' && !compiles(result.code) && compiles(source)) {
      wrong.push(`${file}: V8 refuses it`)
    }
  }
  expect(wrong).toEqual([])
  expect(rewritten).toBeGreaterThan(full ? 4_000 : 60)
})
