import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildInstrument, register } from './build.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'throwpoint-memory-'))
beforeAll(buildInstrument, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function megabytes(source: string, args: readonly string[]): Promise<number> {
  const file = path.join(folder, 'program.cjs')
  writeFileSync(file, source)
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', ...args, file], {
    env: { ...process.env, NODE_ENV: 'development', THROWPOINT_CACHE: '0' },
    timeout: 60_000,
  })
  return Number(stdout)
}

// The address space the parser reserves is counted too, until it is let go of a little later
const measure = `
measure(0)
function measure(tries) {
  for (let i = 0; i < 3; i++) gc()
  const { external, heapUsed } = process.memoryUsage()
  if (external > 1e9 && tries < 600) setTimeout(measure, 50, tries + 1)
  else console.log(Math.round((external + heapUsed) / 1e6))
}`

test.each([
  [
    'long-lived listeners that close over one number',
    `const emitter = new (require('node:events'))().setMaxListeners(0)
    function listen(id) {
      const big = Buffer.alloc(1e6)
      let other = big.subarray(1)
      { const inBlock = Buffer.alloc(1e6); check(inBlock) }
      for (const row of [big]) { const copy = Buffer.from(row); check(copy); emitter.on('b', () => id + 1) }
      emitter.on('a', function () { return id })
      return other.length
    }
    function check(value) { if (value.length === 0) throw new Error('empty') }
    for (let i = 0; i < 200; i++) listen(i)
    emitter.emit('a'); emitter.emit('b')${measure}`,
  ],
  [
    'errors that were caught and forgotten',
    `function fail(id) { const big = Buffer.alloc(1e6); throw new Error('e' + id) }
    for (let i = 0; i < 200; i++) { try { fail(i) } catch {} }
    setTimeout(() => {${measure} }, 1500)`,
  ],
])('%s keep no more memory than without us', { timeout: 120_000 }, async (_name, source) => {
  const plain = await megabytes(source, [])
  const instrumented = await megabytes(source, ['--import', register])
  expect(plain).toBeLessThan(20)
  expect(instrumented).toBeLessThan(2 * plain + 20)
})
