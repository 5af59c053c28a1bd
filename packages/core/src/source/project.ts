import { existsSync, readFileSync, realpathSync } from 'node:fs'
import Module from 'node:module'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, parse, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { captureAbove, type Captured, sitesOf } from './capture.ts'

/** Whose code a file is. */
export type CodeKind = 'app' | 'dependency' | 'node'

/** This very file, or the bundle it is in. `import.meta.url` would be empty in a bundle of CommonJS. */
export const ownFile: string = (() => {
  const file = sitesOf(captured()).at(0)?.getFileName()
  return typeof file === 'string' ? pathOf(file) : ''
})()

function captured(): Captured {
  return captureAbove(captured)
}

/** The folder that holds our packages; undefined in a bundle. */
const family = /^(.+)[/\\]core[/\\](?:src|dist)[/\\]source[/\\]project\.[jt]s$/.exec(ownFile)?.[1]
const ownPackages = /^(?:protocol|core|instrument|http|page|express|koa|cli)$/

/** A path for a file URL, anything else as it is. */
export function pathOf(file: string): string {
  if (!file.startsWith('file:')) return file
  try {
    return fileURLToPath(file)
  } catch {
    return file
  }
}

/** Whether it is a file of Throwpoint itself. */
export function isOwn(file: string): boolean {
  if (file.startsWith('throwpoint:') || /[/\\]node_modules[/\\](?:@throwpoint|throwpoint)[/\\]/.test(file))
    return true
  if (family === undefined || !file.startsWith(family) || /\.test\.[cm]?ts$/.test(file)) return false
  const [name = '', folder] = file.slice(family.length + 1).split(/[/\\]/)
  return ownPackages.test(name) && (folder === 'src' || folder === 'dist' || folder === 'cjs')
}

const kinds = new Map<string, CodeKind>()

export function kindOf(file: string): CodeKind {
  const known = kinds.get(file)
  if (known !== undefined) return known
  if (kinds.size > 2_000) kinds.clear()
  const kind = judge(file)
  kinds.set(file, kind)
  return kind
}

function judge(file: string): CodeKind {
  if (file.startsWith('node:') || file.startsWith('internal/')) return 'node'
  if (file.startsWith('wasm:')) return 'dependency'
  if (!inModules(file)) return 'app'
  // With --preserve-symlinks a workspace package has a path in node_modules.
  return isAbsolute(file) && !inModules(realPath(file)) ? 'app' : 'dependency'
}

/** A project that lies in somebody's node_modules is still a project. */
function inModules(file: string): boolean {
  const root = roots().find((one) => isInside(file, one))
  return /(?:^|[/\\])node_modules[/\\]/.test(root === undefined ? file : relative(root, file))
}

let known:
  | { readonly cwd: string; readonly main: string | undefined; readonly roots: readonly string[] }
  | undefined

/** The project of the working directory and that of the main script: the workspace's root where they are part of one. */
export function roots(): readonly string[] {
  const cwd = workingDirectory()
  const main = process.argv[1]
  if (known === undefined || known.cwd !== cwd || known.main !== main) {
    const found = [projectOf(cwd)]
    // A launcher (`vitest`, `pm2`) is not the project.
    if (main !== undefined && isAbsolute(main) && !/[/\\]node_modules[/\\]/.test(realPath(main)))
      found.push(projectOf(dirname(realPath(main))))
    known = {
      cwd,
      main,
      roots: [...new Set(found.flatMap((root) => [root, realPath(root)]))].filter((root) => root !== ''),
    }
    kinds.clear()
  }
  return known.roots
}

/** Packages outside the roots of which `require` has loaded something. */
const loadedRoots = new Set<string>()

/** Whether source may be shown from there: it lies in a root, or in a package from which Node has loaded something. */
export function isInProject(file: string): boolean {
  if (roots().some((root) => isInside(file, root))) return true
  for (const root of loadedRoots) if (isInside(file, root)) return true
  if (!isLoaded(file)) return false
  if (loadedRoots.size < 200) loadedRoots.add(packageOf(file))
  return true
}

/** Whether `require` has loaded it, or it is the main script. Of other ES modules nobody can tell. */
export function isLoaded(file: string): boolean {
  const cache = (Module as unknown as { _cache?: Record<string, unknown> })._cache
  return (
    file === process.argv[1] || (typeof cache === 'object' && cache !== null && Object.hasOwn(cache, file))
  )
}

export function isInside(file: string, root: string): boolean {
  return (
    file.startsWith(root) && (file.length === root.length || file[root.length] === sep || root.endsWith(sep))
  )
}

/** The nearest folder upward that has a package.json, then the workspace it belongs to, in the same repository. */
function projectOf(start: string): string {
  let nearest: string | undefined
  for (let folder = resolve(start); !isTooWide(folder); folder = dirname(folder)) {
    if (nearest === undefined && existsSync(join(folder, 'package.json'))) nearest = folder
    if (isWorkspace(folder)) return folder
    if (existsSync(join(folder, '.git'))) break
  }
  return nearest ?? (isTooWide(start) ? '' : resolve(start))
}

/** The nearest folder upward with a package.json; the folder of the file without one. */
function packageOf(file: string): string {
  for (let folder = dirname(file); !isTooWide(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
  }
  return dirname(file)
}

/** A package.json in the home directory or at the top of the disk does not make all of it a project. */
function isTooWide(folder: string): boolean {
  return folder === parse(folder).root || folder === homedir()
}

function isWorkspace(folder: string): boolean {
  if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return true
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8')
    return text.includes('"workspaces"') && 'workspaces' in (JSON.parse(text) as object)
  } catch {
    return false
  }
}

function workingDirectory(): string {
  try {
    return process.cwd()
  } catch {
    // It was deleted.
    return ''
  }
}

export function realPath(file: string): string {
  try {
    return realpathSync.native(file)
  } catch {
    return file
  }
}

/** A name for sentences: relative to the working directory where that is shorter. */
export function shortName(file: string): string {
  const cwd = workingDirectory()
  return cwd !== '' && isInside(file, cwd) ? relative(cwd, file) : file
}
