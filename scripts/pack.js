import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root, runNpm } from './command.js'

/**
 * Packs every package that is published, as npm would publish it.
 *
 * @param {string} destination a folder that exists
 * @returns {Promise<Map<string, string>>} name of the package → its tarball
 */
export async function pack(destination) {
  const folders = readdirSync(join(root, 'packages'))
  const args = ['pack', '--json', '--pack-destination', destination]
  const workspaces = folders.map((folder) => `--workspace=packages/${folder}`)
  const { ok, stdout, output, reason } = await runNpm([...args, ...workspaces])
  if (!ok) throw new Error(`npm pack failed: ${reason}\n${output}`)
  const packed = Object.values(JSON.parse(stdout))
  return new Map(packed.map(({ name, filename }) => [name, join(destination, filename)]))
}
