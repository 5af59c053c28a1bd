import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { buildInstrument, register } from './build.ts'

const fixture = path.join(import.meta.dirname, 'fixtures/libraries.cjs')

beforeAll(buildInstrument, 120_000)

async function run(args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...args, fixture], {
    env: {
      ...process.env,
      NODE_ENV: 'development',
      THROWPOINT_CACHE: '0',
      THROWPOINT_INCLUDE: 'node_modules/**',
    },
    timeout: 120_000,
    maxBuffer: 1e8,
  })
  return stdout
}

test(
  'real libraries give the same results when they are taken for user code',
  { timeout: 240_000 },
  async () => {
    const plain = await run([])
    expect(await run(['--import', register])).toBe(plain)
    expect(plain.split('\n')).toHaveLength(10)
    expect(plain).toContain('acorn refuses threw SyntaxError: Unexpected token (1:13)')
    expect(plain).not.toMatch(/(?:parses|validates|renders|minifies|qs|minimatch) threw/)
  },
)
