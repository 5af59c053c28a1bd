import { spawnSync } from 'node:child_process'
import vm from 'node:vm'
import { TraceMap, originalPositionFor } from '@jridgewell/trace-mapping'
import { expect, test } from 'vitest'
import { originalColumn, rewrite, type Rewritten } from '@throwpoint/instrument'
import { rewritten } from './load.ts'

function module(source: string, language: 'js' | 'ts' | 'tsx' | 'jsx' = 'js'): Rewritten {
  const result = rewrite(source, { file: 'file:///app/m.js', kind: 'module', language })
  if ('untouched' in result) throw new Error(result.untouched)
  return result
}

test('directives stay first, with and without a semicolon', () => {
  expect(rewritten(`'use strict'\nfoo()`)).toMatch(/^'use strict';var /)
  expect(rewritten(`function f() { 'use strict'\n return this.x }`)).toMatch(/\{ 'use strict';try\{/)
  const strict = vm.runInThisContext(
    `(function () {${rewritten(`'use strict'\nreturn (function () { return this })()`)}\n})()`,
  )
  expect(strict).toBe(undefined)
})

test('a hash-bang line and a byte order mark stay first', () => {
  expect(rewritten('#!/usr/bin/env node\nfoo()')).toMatch(/^#!\/usr\/bin\/env node\nvar /)
  expect(rewritten('\uFEFFfoo()')).toMatch(/^\uFEFFvar /)
})

test('lines never move, whatever ends them', () => {
  const source =
    'const f = () =>\r\n  // comment => here\r\n  g(\r\n    1)\r\nfunction g(\n) {\n\n return `\n${f}`\u2028}\r\n'
  const count = (text: string): number => text.split(/\r\n|[\n\r\u2028\u2029]/).length
  expect(count(rewritten(source))).toBe(count(source))
})

test('a function sent elsewhere by toString() works without the runtime', () => {
  const code = rewritten(`
    module.exports = function sent(list, next) {
      const out = []
      for (const item of list) { out.push(() => item); if (item > 3) { try { item.x.y } catch (err) { out.push(err.name) } } }
      if (out.length > 4) next(new TypeError('long'))
      function inner() { throw new RangeError('inner') }
      try { inner() } catch { out.push('caught') }
      return out.map((entry) => (typeof entry === 'function' ? entry() : entry)).join()
    }`)
  const exported = { exports: {} as unknown }
  vm.runInThisContext(`(function (module) {${code}\n})`)(exported)
  const text = String(exported.exports)
  const call = `let given; const result = (${text})([1, 2, 4, 5], (e) => { given = e.message }); console.log(result + ' ' + given)`
  const child = spawnSync(process.execPath, ['-e', call], { encoding: 'utf8', timeout: 100_000 })
  expect(child.stdout).toBe('1,2,4,TypeError,5,TypeError,caught long\n')
})

test('names the source uses are not taken', () => {
  const code = rewritten(`const $tpn = 1; const $tp1_ = 2; function f($e) { return g($tpn, $e) }`)
  expect(code).toContain('catch($tp2_e){try{$tp2_n(')
  expect(rewritten(`function f($el) { return g($el.$e1, '$$e', e$e) }`)).toContain('catch($e){try{$tpn(')
})

test('what does not parse, or takes the names needed, is left alone with the reason', () => {
  const reason = (source: string): string | undefined => {
    const result = rewrite(source, { file: 'x.js', kind: 'commonjs', language: 'js' })
    return 'untouched' in result ? result.untouched : undefined
  }
  expect(reason('const = 1')).toMatch(/^does not parse: /)
  expect(reason('function f(a) { let a }')).toMatch(/^does not parse: /)
  expect(reason('const eval2 = 1; var eval = 2')).toBe('declares eval')
  expect(reason('class globalThis {}')).toBe('declares globalThis')
  expect(reason('class Symbol {}')).toBe(undefined)
})

test('a function that cannot be wrapped is left alone with the reason, its neighbours are not', () => {
  const result = rewrite(
    `function odd() { a(); function x() {} b(); function x() {} c(); function y() {} d(); function z() {} e() }
     function asm() { 'use asm'; return {} } function fine() { return g() }`,
    { file: 'x.js', kind: 'commonjs', language: 'js' },
  )
  if ('untouched' in result) throw new Error(result.untouched)
  const reasons = result.functions.functions.map((entry) => `${entry.name}: ${entry.untouched ?? 'ok'}`)
  expect(reasons).toContain('odd: function x is declared twice')
  expect(reasons).toContain('asm: use asm')
  expect(reasons).toContain('fine: ok')
})

test('TypeScript stays for the type stripping of Node', async () => {
  const source = `
    import type { X } from './x.ts'
    interface Row { id: number }
    export abstract class Store<T extends Row> implements Iterable<T> {
      readonly #rows: T[] = []
      declare hidden: string
      constructor(rows: readonly T[]) { for (const row of rows) this.#rows.push(row as T) }
      abstract find(id: number): T | undefined
      get<K extends keyof T>(this: Store<T>, key: K): T[K] { let value!: T[K]; const row = this.#rows[0]!; value = row[key]; return value satisfies T[K] }
      *[Symbol.iterator](): IterableIterator<T> { yield* this.#rows }
    }
    export const pick = <T,>(list: T[], at: (item: T) => boolean = (item): item is T => Boolean(item)): T | undefined => list.find(at)
    export function overload(a: string): string
    export function overload(a: unknown): unknown { try { return JSON.parse(String(a)) as unknown } catch (error: unknown) { throw error as Error } }
    export async function load(id: number): Promise<Row> { const row: Row = { id }; let later: Row; await null; later = row; return later }
  `
  const { code } = module(source, 'ts')
  // Erasable only: exactly what Node's own stripping takes
  const { node24 } = { node24: new URL('../../node_modules/node24/bin/node', import.meta.url) }
  const child = spawnSync(
    node24.pathname,
    [
      '--no-warnings',
      '-e',
      `const { stripTypeScriptTypes } = require('node:module'); process.stdout.write(stripTypeScriptTypes(require('fs').readFileSync(0, 'utf8')))`,
    ],
    { input: code, encoding: 'utf8', timeout: 100_000 },
  )
  expect(child.stderr).toBe('')
  expect(child.stdout.split('\n').length).toBe(source.split('\n').length)
  expect(child.stdout).toContain('catch($e)')
})

test('JSX', () => {
  const { code } = module(
    `export const Page = ({ items }) => <ul>{items.map((item) => <Row key={item.id} {...item} />)}</ul>`,
    'jsx',
  )
  expect(code).toContain('<Row key={item.id} {...item} />')
})

test('the source map leads every word back, through the map of the loader before', () => {
  const source = `export const half = (n) => n.value / 2\nexport function twice(n) {\n  const value = half(n) * 4\n  return check(value)\n}\n`
  const result = module(source)
  const { code, map } = result
  const trace = new TraceMap(map as ConstructorParameters<typeof TraceMap>[0])
  for (const [line, word] of [
    [1, 'half'],
    [1, 'value'],
    [3, 'half(n)'],
    [4, 'check'],
  ] as const) {
    const column = code.split('\n')[line - 1]!.indexOf(word)
    const before = source.split('\n')[line - 1]!.indexOf(word)
    expect(originalPositionFor(trace, { line, column })).toMatchObject({ line, column: before })
    expect(originalColumn(result.functions, line, column + 1)).toBe(before + 1)
  }
  const upstream = {
    version: 3,
    sources: ['m.ts'],
    names: [],
    mappings: 'AAAA;AACA;AACA;AAAC;AACA',
    sourcesContent: ['ts'],
  }
  const chained = rewrite(source, { file: 'file:///app/m.js', kind: 'module', language: 'js', upstream })
  if ('untouched' in chained) throw new Error(chained.untouched)
  expect(chained.map.sources).toEqual(['file:///app/m.ts'])
  expect(chained.map.sourcesContent).toEqual(['ts'])
})

test('the function table names functions as people do', () => {
  const { functions } = module(`
    export default function () { return a() }
    const obj = { method() { return b() }, get prop() { return c() }, ['x' + 1]: () => d() }
    class Shop { static #rows = () => e(); total() { return f() } }
    exports.route = (req) => g()
    const { deep = () => h() } = {}
  `)
  expect(functions.functions.map((entry) => entry.name)).toEqual([
    'default',
    'method',
    'get prop',
    '',
    'Shop.#rows',
    'Shop.total',
    'route',
    'deep',
  ])
})

test('a name without a value and without a semicolon ends its statement in a loop, too', () => {
  const run = vm.runInThisContext(
    `(function () {${rewritten(`
    const seen = []
    return (list) => {
      for (const item of list) {
        let found
        (seen).push(item)
        let other, last
        [item].map((each) => (last = each))
        seen.push(found, other, last)
      }
      for (let index; (index ??= 0) < 1; index++) seen.push(index)
      return seen
    }`)}\n})()`,
  ) as (list: number[]) => unknown[]
  expect(run([1])).toEqual([1, undefined, undefined, 1, 0])
})

test('a function declared as the branch of an if has a block of its own', () => {
  const run = vm.runInThisContext(
    `(function () {${rewritten(`return () => {
      let f = 1
      if (f) function f() {}
      const g = 2
      if (!g) undefined; else function g() {}
      return [f, g].map(String)
    }`)}\n})()`,
  ) as () => unknown[]
  expect(run()).toEqual(['1', '2'])
})
