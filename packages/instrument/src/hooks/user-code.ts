import { existsSync, readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'

export interface UserCodeOptions {
  /** Globs, absolute or relative to `root`; a file that matches is user code even in `node_modules`. */
  readonly include: readonly string[]
  /** Globs of files that are never rewritten. */
  readonly exclude: readonly string[]
  /** The project; globs start there. */
  readonly root: string
}

/** The options of a process: `THROWPOINT_INCLUDE`, `THROWPOINT_EXCLUDE`, both comma-separated. */
export function userCodeOptions(environment: NodeJS.ProcessEnv = process.env): UserCodeOptions {
  return {
    include: listOf(environment['THROWPOINT_INCLUDE']),
    exclude: listOf(environment['THROWPOINT_EXCLUDE']),
    root: process.cwd(),
  }
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(/,(?![^{]*\})/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** Tells the code of the developer from that of others. */
export class UserCode {
  readonly #include: readonly RegExp[]
  readonly #exclude: readonly RegExp[]
  readonly #ours = new Map<string, boolean>()

  constructor(options: UserCodeOptions) {
    this.#include = options.include.map((glob) => globPattern(glob, options.root))
    this.#exclude = options.exclude.map((glob) => globPattern(glob, options.root))
  }

  /** @param file - absolute path */
  has(file: string): boolean {
    const name = slashed(file)
    if (this.#exclude.some((pattern) => pattern.test(name))) return false
    if (this.#include.some((pattern) => pattern.test(name))) return true
    if (inDependencies(name) && inDependencies(slashed(realPath(file)))) return false
    return !this.#isOurs(path.dirname(file))
  }

  /** Rewriting the runtime would make it note itself. */
  #isOurs(folder: string): boolean {
    let known = this.#ours.get(folder)
    if (known === undefined) {
      const manifest = path.join(folder, 'package.json')
      const parent = path.dirname(folder)
      if (existsSync(manifest)) known = isOurManifest(manifest)
      else known = parent !== folder && this.#isOurs(parent)
      this.#ours.set(folder, known)
    }
    return known
  }
}

const ours = new Set([
  'throwpoint',
  ...['protocol', 'core', 'instrument', 'http', 'page', 'express', 'koa'].map(
    (name) => `@throwpoint/${name}`,
  ),
])

function isOurManifest(manifest: string): boolean {
  try {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }
    return typeof name === 'string' && ours.has(name)
  } catch {
    return false
  }
}

function inDependencies(name: string): boolean {
  return name.includes('/node_modules/')
}

/** With `--preserve-symlinks` a package of the workspace is loaded under its name in `node_modules`. */
function realPath(file: string): string {
  try {
    return realpathSync.native(file)
  } catch {
    return file
  }
}

function slashed(file: string): string {
  return path.sep === '/' ? file : file.replaceAll(path.sep, '/')
}

/** `**`, `*`, `?` and `{a,b}`; a glob without a slash matches in every folder, one that names a folder all in it. */
export function globPattern(glob: string, root: string): RegExp {
  const text = slashed(glob)
  const full = path.isAbsolute(glob)
    ? text
    : text.includes('/')
      ? slashed(path.resolve(root, glob))
      : `**/${text}`
  let pattern = ''
  let depth = 0
  for (let index = 0; index < full.length; index++) {
    const character = full[index]!
    if (full.startsWith('**/', index)) {
      pattern += '(?:.*/)?'
      index += 2
    } else if (full.startsWith('**', index)) {
      pattern += '.*'
      index++
    } else if (character === '*') pattern += '[^/]*'
    else if (character === '?') pattern += '[^/]'
    else if (character === '{') {
      pattern += '(?:'
      depth++
    } else if (character === '}' && depth > 0) {
      pattern += ')'
      depth--
    } else if (character === ',' && depth > 0) pattern += '|'
    else pattern += character.replace(/[\\^$.|+()[\]{}]/, '\\$&')
  }
  return new RegExp(`^${pattern}(?:/.*)?$`)
}
