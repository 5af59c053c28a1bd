import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CommonJsHook } from './commonjs.ts'
import { Instrumenter } from './instrumenter.ts'

const prototype = Module.prototype as unknown as { _compile: unknown }
const original = prototype._compile
let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'throwpoint-commonjs-'))
})
afterEach(() => {
  prototype._compile = original
  rmSync(folder, { recursive: true, force: true })
})

class Rewriting extends Instrumenter {
  readonly #text: (source: string) => string

  constructor(text: (source: string) => string) {
    super({ include: [], exclude: [], root: folder, maps: false, cache: undefined }, () => {})
    this.#text = text
  }

  override transform(_url: string, source: string): string {
    return this.#text(source)
  }
}

function load(source: string): unknown {
  writeFileSync(path.join(folder, 'program.cjs'), source)
  return createRequire(path.join(folder, 'x.cjs'))('./program.cjs')
}

const header = `globalThis[globalThis.Symbol.for('throwpoint.instrument.1')].module('program.cjs', eval);`

test('a module that does not compile after rewriting runs as it was written', () => {
  new CommonJsHook(new Rewriting((source) => `${source}; let let`)).install()
  expect(load('module.exports = 1')).toBe(1)
})

test('what does not compile as it was written either fails as ever', () => {
  new CommonJsHook(new Rewriting((source) => `${source};;`)).install()
  expect(() => load('module.exports = )')).toThrow(SyntaxError)
})

test('a module that has begun to run is not run again', () => {
  const seen: string[] = []
  ;(globalThis as { seen?: string[] }).seen = seen
  new CommonJsHook(new Rewriting((source) => header + source)).install()
  expect(() => load(`seen.push('once'); throw new SyntaxError('mine')`)).toThrow('mine')
  delete (globalThis as { seen?: string[] }).seen
  expect(seen).toEqual(['once'])
})
