import { createHash } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import type { Environment } from './development.ts'

/** What each option writes, and the directory of it in that of the project. */
const written = {
  dump: { name: 'dumps', sentence: 'No dumps are written' },
  record: { name: 'exchanges', sentence: 'No requests are recorded' },
} as const

/** Where dumps or recordings go; false when nowhere. An empty home or working directory is a warning, not a failure. */
export function stateDirectory(
  option: keyof typeof written,
  chosen: boolean | string,
  env: Environment,
  warnings: string[],
): false | string {
  if (chosen === false) return false
  const { name, sentence } = written[option]
  try {
    if (chosen === true) return join(stateHome(env), 'throwpoint', projectName(process.cwd()), name)
    return resolve(chosen.replace(/^~(?=\/|$)/, () => home(env)))
  } catch {
    warnings.push(
      `${sentence}: the home or working directory cannot be found. Give "${option}" an absolute path.`,
    )
    return false
  }
}

function stateHome(env: Environment): string {
  const given = env['XDG_STATE_HOME'] ?? ''
  // A relative one is to be ignored: https://specifications.freedesktop.org/basedir-spec/latest/
  return isAbsolute(given) ? given : join(home(env), '.local', 'state')
}

function home(env: Environment): string {
  const given = env['HOME'] ?? ''
  const found = isAbsolute(given) ? given : homedir()
  if (!isAbsolute(found)) throw new Error('no home directory')
  return found
}

/**
 * `shop-1a2b3c4d`: the name of the nearest directory above with a package.json, and a hash of its whole path, so that
 * two projects of one name do not mix.
 */
export function projectName(start: string): string {
  const root = realpathSync(projectRoot(start))
  const name =
    basename(root)
      .replace(/[^\w.-]+/g, '-')
      .replace(/^\.+/, '')
      .slice(0, 64) || 'project'
  return `${name}-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`
}

function projectRoot(start: string): string {
  for (let directory = start; ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'package.json'))) return directory
    if (dirname(directory) === directory) return start
  }
}
