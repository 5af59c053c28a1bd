import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { hostileValues } from './hostile-values.ts'

const app = fileURLToPath(new URL('apps/read-hostile.ts', import.meta.url))
const modules = fileURLToPath(new URL('../node_modules/', import.meta.url))
// Those from 22 on run TypeScript as it is.
const nodes = ['22', '24', '26'].map((version) => ({ version, path: `${modules}node${version}/bin/node` }))

for (const { version, path } of nodes) {
  test.skipIf(!existsSync(path))(
    `hostile values are read on Node ${version}`,
    { timeout: 120_000 },
    async () => {
      const { stdout } = await promisify(execFile)(path, ['--disable-warning=ExperimentalWarning', app], {
        env: { ...process.env, NODE_ENV: 'development', NODE_OPTIONS: '' },
        timeout: 100_000,
      })
      expect(JSON.parse(stdout)).toEqual({
        node: version,
        values: hostileValues.length,
        faults: [],
        uninitialized: ['uninitialized', 'uninitialized'],
        plain: expect.stringMatching(/^TypeError: plain {4}at .*read-hostile\.ts:/),
        named: expect.stringMatching(/^Named: named {4}at .*read-hostile\.ts:/),
        unread: 'Error: after',
        ours: false,
      })
    },
  )
}

test(
  'hostile values are read on the Node at hand, without the hook of the test runner',
  { timeout: 120_000 },
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', app], {
      env: { ...process.env, NODE_ENV: 'development', NODE_OPTIONS: '' },
      timeout: 100_000,
    })
    expect(JSON.parse(stdout)).toMatchObject({
      values: hostileValues.length,
      faults: [],
      uninitialized: ['uninitialized', 'uninitialized'],
      named: expect.stringMatching(/^Named: named {4}at .*read-hostile\.ts:/),
    })
  },
)
