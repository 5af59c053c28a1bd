// Packs every package and asks publint and "are the types wrong" about the tarballs: no error, no warning.
// Given a folder, it takes the tarballs that scripts/pack.js has packed there.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTool } from './command.js'
import { pack, packedIn } from './pack.js'

/**
 * - `node16`: what resolves under `moduleResolution: node10` is not promised for subpaths (`@throwpoint/core/development`).
 * - `cjs-resolves-to-esm`: `require()` of these packages gets an ES module. Every Node of `engines` can do that, and
 *   the adapters' export name 'module.exports' makes it the function; TypeScript agrees from 5.8 on.
 */
const attw = [
  '--profile',
  'node16',
  '--ignore-rules',
  'cjs-resolves-to-esm',
  '--format',
  'ascii',
  '--no-emoji',
]

const [given] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'throwpoint-pack-'))
try {
  for (const [name, tarball] of given === undefined ? await pack(folder) : packedIn(given)) {
    const [publint, typesWrong] = await Promise.all([
      runTool('publint/src/cli.js', ['run', tarball, '--strict']),
      runTool('@arethetypeswrong/cli/dist/index.js', [tarball, ...attw]),
    ])
    for (const [tool, { ok, output }] of Object.entries({ publint, attw: typesWrong })) {
      console.log(`${name}: ${tool} ${ok ? 'finds nothing' : `\n${output}`}`)
      if (!ok) process.exitCode = 1
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
