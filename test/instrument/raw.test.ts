import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { rewrite, type Language, type SourceKind } from '@throwpoint/instrument'
import { parseRaw } from '../../packages/instrument/src/rewrite/raw-memory.ts'
import { readRaw } from '../../packages/instrument/src/rewrite/raw-reader.ts'

const root = path.resolve(import.meta.dirname, '../..')

function filesIn(folder: string, pattern: RegExp): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
}

/** What each reader makes of a text; the table is made by the one that reads objects. */
function readBoth(file: string, source: string, kind: SourceKind, language: Language): void {
  const tree = parseRaw(file, source, kind, language)
  expect(tree, 'the version of the parser is known').toBeDefined()
  expect(() => readRaw(tree!, source, kind, { requests: true, typescript: language !== 'js' })).not.toThrow()
  for (const requests of [false, true]) {
    const result = rewrite(source, { file, kind, language, requests })
    if ('untouched' in result) throw new Error(`${file}: ${result.untouched}`)
    // Empty where the two do not agree
    expect(result.functions.functions.length, file).toBeGreaterThan(0)
  }
}

test('a tree is read in the memory of the parser as from objects', { timeout: 120_000 }, () => {
  const modules = filesIn('packages', /^[a-m].*(?<!\.d)\.ts$/).filter((file) =>
    file.includes('/src/rewrite/'),
  )
  for (const file of modules) {
    const source = readFileSync(file, 'utf8')
    if (/=>|function |\) \{/.test(source)) readBoth(file, source, 'module', 'ts')
  }
  for (const name of ['express/lib/view.js', 'koa/lib/context.js', 'ejs/lib/cjs/ejs.js', 'morgan/index.js']) {
    const file = path.join(root, 'node_modules', name)
    readBoth(file, readFileSync(file, 'utf8'), 'commonjs', 'js')
  }
})

test.each<[string, Language, string]>([
  [
    'letters that need more than one byte',
    'js',
    `const größe = (ä, \\u0061b) => ({ ä: größe(ä), s: '漢字😀' + ab })`,
  ],
  ['a byte order mark', 'js', `\uFEFF'use strict'\nconst f = (a) => a.b`],
  ['a hash-bang line', 'js', `#!/usr/bin/env node\nconst f = (a) => a.b`],
  [
    'elements',
    'jsx',
    `const View = ({ list, Row }) => <><Row {...list} a="1" b={list.x} c=<i/>>{list.map((x) => <this.p.q key={x}>{...x} text {}</this.p.q>)}</Row></>`,
  ],
  [
    'patterns',
    'js',
    `function f({ a, [g()]: b = () => a, ...c }, [d, , [e] = [1], ...h], ...[i]) { ;({ a, b: [d.x = 1, ...e], ...c.y } = h); for ([a] of i) b++; for (const { j } of c) { (() => j)() } }`,
  ],
  [
    'classes',
    'js',
    `class A extends (class { #p = () => this.#p; static { const q = 1; g(() => q) } }) { constructor(a) { super(a); this.a = () => super.b } get [g()]() { return #x in this } #x; static async *m() { yield* await this } accessor z = (a) => a }`,
  ],
  [
    'statements',
    'js',
    `function f(a) { l: for (let i = 0, k; i < a; i++) { switch (i) { case 1: let b = a; g(() => b); break; default: continue l } } do { var z = a?.b?.(1) } while (g()); try { throw a } catch { g() } finally { a = class B {} } if (a) function h() {} else throw new Error('a'); with (a) b(); return import('x') }`,
  ],
  [
    'functions that do nothing beside others',
    'js',
    `const make = (a, b = 21) => (c = b) => { return a[c] }; function one() { function two() { return g() } const x = 1; function three() {} return x }`,
  ],
  [
    'errors that are handed over',
    'js',
    `const f = (a, next) => { next(a); this.cb(a.b); new XError(a); return new (new YError())(next(await0 ? a : b)), callback(undefined), new this.#z() }`.replace(
      'new this.#z()',
      'reject(a.undefined)',
    ),
  ],
  [
    'types',
    'ts',
    `import type { T } from 't'; enum E { a = g(() => 1) } declare const d: T; abstract class A<T> extends B { private readonly n = 1; constructor(private x: T, y?: number) { super(); f(y!) } abstract m(): void; o?(a: string): void; p(this: A<T>, a: unknown) { try { return (a as T) satisfies T } catch (e: unknown) { throw e } } }
function over(a: string): void; function over(a: any) { (a as any) = <T>g<T>(a); return <const U,>(x: U, f: () => void): x is U => f() as never } export = over`,
  ],
  [
    'a stop',
    'js',
    `async function f(a) { breakpoint(); await tp.breakpoint(a, 1); void (0, tp.breakpoint)(); return g(breakpoint()) }`,
  ],
])('%s', (_name, language, source) => {
  readBoth('/app/a', source, 'script', language)
})
