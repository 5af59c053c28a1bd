import { readFileSync, realpathSync, type Stats, statSync } from 'node:fs'
import { basename, isAbsolute, sep } from 'node:path'
import { isInProject, isLoaded } from './project.ts'

/** A file that may be read, as it was when that was checked. */
export interface ReadableFile {
  /** Without symbolic links. */
  readonly path: string
  readonly size: number
  /** Milliseconds since 1970. */
  readonly changed: number
  /** Differs when the file has changed. */
  readonly stamp: string
}

export type Refusal = 'missing' | 'outside' | 'denied' | 'unreadable'

const code =
  /\.(?:[cm]?[jt]sx?|coffee|litcoffee|ls|vue|svelte|astro|civet|imba|res|re|elm|purs|clj[sc]?|fs|dart|gleam|ejs|pug|jade|marko|eta|hbs|handlebars|mustache|njk|nunjucks|liquid|twig)$/i
const map = /\.(?:map|json)$/i
const secretName =
  /^(?:\.env(?:\..*)?|\.npmrc|\.yarnrc(?:\.yml)?|\.netrc|\.htpasswd|\.pgpass|\.git-credentials|id_(?:rsa|dsa|ecdsa|ed25519).*|.*\.(?:pem|key|crt|cer|der|p12|pfx|jks|keystore))$/i
const secretFolder = /(?:^|[/\\])\.(?:git|ssh|aws|gnupg|kube|docker)[/\\]/i

/** Names that are never opened, whatever a stack or a map says. */
export function isSecret(file: string): boolean {
  return secretName.test(basename(file)) || secretFolder.test(file)
}

interface Permitted {
  readonly dev: number
  readonly ino: number
  readonly name: string
  readonly readable: ReadableFile
}

/** What could be read before, and which file that was: of the same one, the path is not resolved again. */
const permitted = new Map<string, Permitted>()

function isSame({ dev, ino, name, readable: { path, stamp } }: Permitted, stat: Stats): boolean {
  if (stat.dev !== dev || stat.ino !== ino || stampOf(stat) !== stamp) return false
  return path === name || isInProject(path)
}

function stampOf({ mtimeMs, size }: Stats): string {
  return `${mtimeMs}:${size}`
}

/**
 * Whether a file named by a stack or by a source map may be opened. Both are text that anybody may have made: the file
 * must lie in the project after all symbolic links, be a plain file, and have a name of code or of a map.
 */
function readable(file: string, what: 'source' | 'map'): ReadableFile | Refusal {
  if (!isAbsolute(file) || file.includes('\0') || isOdd(file)) return 'outside'
  if (isSecret(file)) return 'denied'
  if (!isInProject(file)) return 'outside'
  const before = permitted.get(`${what}\0${file}`)
  try {
    if (before !== undefined && isSame(before, statSync(file))) return before.readable
    const path = realpathSync.native(file)
    if (path !== file) {
      if (isSecret(path)) return 'denied'
      if (!isInProject(path)) return 'outside'
    }
    if (!hasNameOf(path, what)) return 'denied'
    const stat = statSync(path)
    // A pipe or a device would block, or never end.
    if (!stat.isFile()) return 'unreadable'
    const found = { path, size: stat.size, changed: stat.mtimeMs, stamp: stampOf(stat) }
    if (permitted.size >= 2000) permitted.clear()
    permitted.set(`${what}\0${file}`, { dev: stat.dev, ino: stat.ino, name: file, readable: found })
    return found
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code
    return reason === 'ENOENT' || reason === 'ENOTDIR' ? 'missing' : 'unreadable'
  }
}

/** The files of one report: each is looked at once, so that a deep stack costs no more than its files. */
export class FileChecks {
  readonly #checked = new Map<string, ReadableFile | Refusal>()

  readable(file: string, what: 'source' | 'map'): ReadableFile | Refusal {
    const key = `${what}\0${file}`
    let found = this.#checked.get(key)
    if (found === undefined) {
      found = readable(file, what)
      this.#checked.set(key, found)
    }
    return found
  }
}

/** On Windows: another machine's share, a device, or an alternate stream. */
function isOdd(file: string): boolean {
  return sep === '\\' && (/^[/\\]{2}/.test(file) || file.indexOf(':', 2) !== -1)
}

function hasNameOf(path: string, what: 'source' | 'map'): boolean {
  if (what === 'map') return map.test(path)
  return code.test(path) || (!basename(path).includes('.') && isLoaded(path))
}

/** Its text; undefined when it is larger than `most` bytes, or gone by now. */
export function textOf({ path, size }: ReadableFile, most: number): string | undefined {
  if (size > most) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
