// `node scripts/pack.js FOLDER` packs into a folder; tests and checks then take what is there.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
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

/**
 * The tarballs of a folder that this script has packed into.
 *
 * @param {string} folder
 * @returns {Map<string, string>} name of the package → its tarball
 */
export function packedIn(folder) {
  return new Map(JSON.parse(readFileSync(join(folder, 'tarballs.json'), 'utf8')))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder = '.'] = process.argv.slice(2)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'tarballs.json'), JSON.stringify([...(await pack(folder))]))
}
