import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { UsageError } from '../command/usage-error.ts'

export interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly main?: string
  readonly type?: string
  readonly scripts?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** The application that is looked at. */
export interface Project {
  readonly folder: string
  readonly manifest: Manifest
  /** Why its package.json cannot be read; Node starts nothing then. */
  readonly manifestError?: string
  /** The file it starts with; undefined when none can be found. */
  readonly entry: string | undefined
}

/** An installed package. */
export interface Installed {
  readonly folder: string
  readonly version: string
  readonly manifest: Manifest
}

const usualEntries = ['server', 'app', 'index', 'main'].flatMap((name) =>
  ['', 'src/'].flatMap((folder) => ['ts', 'mts', 'js', 'mjs', 'cjs'].map((end) => `${folder}${name}.${end}`)),
)

/** The project around a folder or a script; the current folder by default. */
export function findProject(operand: string | undefined): Project {
  const given = path.resolve(operand ?? '.')
  if (!existsSync(given)) throw new UsageError(`There is no ${operand} in ${process.cwd()}`, 'doctor')
  const isFolder = statSync(given).isDirectory()
  const folder = isFolder ? given : (folderWithManifest(path.dirname(given)) ?? path.dirname(given))
  const manifest = readManifest(folder) ?? {}
  const manifestError = errorOf(path.join(folder, 'package.json'))
  return {
    folder,
    manifest,
    entry: isFolder ? entryOf(folder, manifest) : given,
    ...(manifestError === undefined ? {} : { manifestError }),
  }
}

function folderWithManifest(from: string): string | undefined {
  for (let at = from; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, 'package.json'))) return at
    if (at === path.dirname(at)) return undefined
  }
}

/** What the scripts start, what `main` names, or what files are usually called. */
function entryOf(folder: string, { scripts = {}, main }: Manifest): string | undefined {
  const named = ['dev', 'start', 'serve']
    .flatMap((script) => scripts[script]?.split(/[\s'"]+/) ?? [])
    .filter((word) => /\.[cm]?[jt]sx?$/.test(word) && !word.startsWith('-') && !word.includes('node_modules'))
  for (const name of [...named, ...(main === undefined ? [] : [main]), ...usualEntries]) {
    const file = path.resolve(folder, name)
    if (existsSync(file) && statSync(file).isFile()) return file
  }
  return undefined
}

export function readManifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest
  } catch {
    return undefined
  }
}

function errorOf(file: string): string | undefined {
  if (!existsSync(file)) return undefined
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return typeof value === 'object' && value !== null ? undefined : 'it holds no object'
  } catch (error) {
    return (error as Error).message
  }
}

/** The package that an import from this folder finds. */
export function installed(name: string, from: string): Installed | undefined {
  for (let at = from; ; at = path.dirname(at)) {
    const folder = path.join(at, 'node_modules', name)
    const manifest = readManifest(folder)
    if (manifest !== undefined) {
      return { folder: realpathSync(folder), version: manifest.version ?? 'without a version', manifest }
    }
    if (at === path.dirname(at)) return undefined
  }
}
