import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { readDump } from '../../packages/core/src/dump/read-dump.ts'
import { nodes, preload } from '../live/server.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const base = mkdtempSync(join(tmpdir(), 'throwpoint-startup-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

function run(
  node: string,
  args: readonly string[],
  env: Record<string, string> = {},
): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(node, args, {
    cwd: here,
    encoding: 'utf8',
    timeout: 60_000,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      NODE_ENV: 'development',
      NO_COLOR: '1',
      // Time to read variables on a slow machine
      THROWPOINT_LIMITS: 'budgetMs=5000',
      ...env,
    },
  })
  return { code: status, out: stdout, err: stderr }
}

describe.each(process.env['THROWPOINT_FULL'] === '1' ? nodes : nodes.slice(0, 1))(
  'an exception at import, Node %s',
  (version, node) => {
    it('is reported with its variables and dumped, without any middleware; what Node does stays', () => {
      const dumps = join(base, version)
      const { code, err } = run(node, [...preload, 'import-fails.mjs'], { THROWPOINT_DUMP: dumps })
      const plain = run(node, ['import-fails.mjs'])
      expect(code).toBe(plain.code)
      expect(err.startsWith('\nError: no config /no/shop\n  during startup\n')).toBe(true)
      expect(err).toContain("    file  '/no/shop'\n")
      expect(err.endsWith(plain.err)).toBe(true)
      const [dump] = readdirSync(dumps)
      const report = readDump(join(dumps, dump!))
      expect(report).toMatchObject({ boundary: 'startup', request: null, engine: { used: 'instrumented' } })
    })

    it('of CommonJS, of a promise, and behind a middleware are the same', () => {
      const middleware =
        "const { debugMiddleware } = require('@throwpoint/express'); require('express')().use(debugMiddleware());"
      for (const [name, text] of [
        ['top level', 'const port = { wanted: 3 }\nconst { host } = null.hosts\n'],
        ['require', "function load() { const name = 'shop'; JSON.parse('{') }\nload()\n"],
        ['promise', "async function load() { await null; throw new Error('late') }\nvoid load()\n"],
        ['middleware', `${middleware}\nfunction load() { throw new Error('mounted') }\nload()\n`],
      ] as const) {
        const file = join(here, `${name}-${process.pid}.tmp.cjs`)
        writeFileSync(file, text)
        try {
          const { code, err } = run(node, [...preload, file])
          expect([name, code, err.match(/^ {2}during startup$/gm)?.length]).toEqual([
            name,
            run(node, [file]).code,
            1,
          ])
          if (name === 'top level')
            expect(err).toMatch(
              /variables of Object.<anonymous>\n +port +\{ wanted: 3 \}\n +host +\[uninitialized\]\n/,
            )
        } finally {
          rmSync(file)
        }
      }
    })

    it('is not reported where nothing is to be', () => {
      for (const env of [{ NODE_ENV: 'production' }, { NODE_ENV: 'test' }] as Array<Record<string, string>>) {
        const { code, err } = run(node, [...preload, 'import-fails.mjs'], env)
        expect(code).toBe(1)
        expect(err).not.toContain('during startup')
      }
      const caught = run(node, [
        ...preload,
        '-e',
        "process.on('uncaughtException', () => console.log('mine')); throw 1",
      ])
      expect([caught.code, caught.out]).toEqual([0, 'mine\n'])
    })
  },
)
