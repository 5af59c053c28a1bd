// Makes a fresh clone ready: dependencies as the lock file has them, and the packages built.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { duration, root, runNpm, runTool } from './command.js'

/** Throws when something is missing that only the reader can mend. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22
  if (!fits) throw new Error(`Throwpoint needs Node 20.19, 22.12 or newer; this is ${process.version}`)
}

/** Whether `node_modules` holds what the lock file says. */
export function isInstalled() {
  const lock = join(root, 'package-lock.json')
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  if (statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return true
  // A checkout also touches a lock file it does not change: compare what the two say.
  const { packages: wanted } = JSON.parse(readFileSync(lock, 'utf8'))
  const { packages: present } = JSON.parse(readFileSync(installed, 'utf8'))
  return Object.entries(wanted).every(([path, { version, link, optional, peer }]) => {
    if (!path.startsWith('node_modules/')) return true
    const found = present[path]
    if (found === undefined) return (optional ?? peer) === true
    return found.version === version && found.link === link
  })
}

/** `npm ci`, when it is needed. */
export async function install() {
  if (isInstalled()) return { ok: true, reason: '', output: '', note: 'up to date' }
  console.log('  npm ci: fetches the dependencies, which takes about a minute')
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  return runNpm(args, { env: headers(), show: true, limitMinutes: 15 })
}

/** Where Node's own headers lie beside it, the terminal tests' native module is built without fetching them. */
function headers() {
  const prefix = dirname(dirname(process.execPath))
  const found = existsSync(join(prefix, 'include', 'node', 'node_api.h'))
  return found && process.env.npm_config_nodedir === undefined ? { npm_config_nodedir: prefix } : {}
}

/** All packages, those that did not change from turbo's cache. */
export function build() {
  return runTool('turbo/bin/turbo', ['run', 'build', '--output-logs=errors-only', '--ui=stream'], {
    env: { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  })
}

/** Both, with a line for each. Throws with the reason when one fails. */
export async function setup() {
  checkNode()
  for (const [name, step] of Object.entries({ install, build })) {
    const start = performance.now()
    const { ok, reason, output, note } = await step()
    if (!ok) throw new Error(`${name} failed: ${reason}\n${output}`)
    console.log(`  ${name}: ${note ?? duration(performance.now() - start)}`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await setup()
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
