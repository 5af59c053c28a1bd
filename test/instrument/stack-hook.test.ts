import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildInstrument, register } from './build.ts'

const modules = path.resolve(import.meta.dirname, '../../node_modules')
const folder = mkdtempSync(path.join(tmpdir(), 'throwpoint-stack-hook-'))

beforeAll(buildInstrument, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What programs do with `Error.prepareStackTrace`, and what they see of it. */
const program = `
const path = require('node:path')
function outer(n) { const list = [n]; return list.map((item) => { const own = item; return inner(own) })[0] }
function inner(n) { const local = n; return (() => new Error('e' + local))() }
class Thing { #x = 1; make() { return outer(this.#x) } }

const before = Error.prepareStackTrace
console.log(typeof before, Error.prepareStackTrace === before)

const places = (error, sites) => sites.filter((s) => s.getFileName() === __filename).map((s) => [
  s.getFunctionName(), s.getMethodName(), s.getTypeName(), path.basename(s.getFileName()), s.getLineNumber(), s.getColumnNumber(),
  s.isNative(), s.isToplevel(), s.isConstructor(), s.isEval(), s.isAsync(), s.getEvalOrigin() && 1, String(s).replace(__dirname, ''),
  s.getScriptNameOrSourceURL() === __filename, typeof s.getThis(), typeof s.getFunction(),
].join())
Error.prepareStackTrace = places
console.log(Error.prepareStackTrace.name, Error.prepareStackTrace.length)
const seen = new Thing().make().stack
console.log(seen.join('\\n'))

// What depd, callsites and others do
Error.prepareStackTrace = (_, sites) => sites
const sites = {}
Error.captureStackTrace(sites)
console.log(sites.stack[0].getLineNumber(), sites.stack[0].getColumnNumber(), Array.isArray(sites.stack))
const clone = {}
Object.getOwnPropertyNames(Object.getPrototypeOf(sites.stack[0])).forEach((name) => {
  clone[name] = /^(?:is|get)/.test(name) ? () => sites.stack[0][name].call(sites.stack[0]) : sites.stack[0][name]
})
console.log(clone.getLineNumber(), clone.getColumnNumber())

// A hook that calls the one before it, and one that throws
const saved = Error.prepareStackTrace
Error.prepareStackTrace = function (error, list) { return 'over ' + saved(error, list).length }
console.log(/^over \\d+$/.test(outer(1).stack))
Error.prepareStackTrace = saved
console.log(Error.prepareStackTrace === saved)
Error.prepareStackTrace = 5
console.log(Error.prepareStackTrace, typeof outer(1).stack)
Error.prepareStackTrace = undefined
console.log(outer(1).stack.split('\\n').slice(0, 2).map((line) => line.replace(__dirname, '').replace(/:\\d+\\)?$/, '')).join())
Error.prepareStackTrace = before
console.log(Error.prepareStackTrace === before)
`

test.each([
  ['20', process.execPath],
  ['24', path.join(modules, 'node24/bin/node')],
])('a program sees the call sites it would see without us, Node %s', (_, node) => {
  const file = path.join(folder, 'program.cjs')
  writeFileSync(file, program)
  const run = (...args: string[]): string =>
    execFileSync(node, [...args, file], {
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...process.env, NODE_ENV: 'development', NODE_OPTIONS: '', THROWPOINT_CACHE: '0' },
    })
  const plain = run()
  expect(plain.split('\n').length).toBeGreaterThan(12)
  expect(run('--import', register)).toBe(plain)
})
