import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError } from '../command/usage-error.ts'

/** What runs a script that is not plain JavaScript. */
export interface Runner {
  readonly name: 'node' | 'tsx' | 'given'
  /** Options of Node that load it. */
  readonly options: readonly string[]
}

/** Loaders that people name themselves. */
const loaders =
  /\b(?:tsx|ts-node|ts-node-dev|swc-node|swc|esbuild-register|esno|jiti|sucrase|amaro|babel)\b|transform-types|strip-types/

/**
 * What will run a script written in TypeScript or JSX; undefined where plain Node does. A project that names tsx gets
 * it, because its imports may need it (`./app.js` for `app.ts`, enums, paths); else Node strips the types itself
 * where it can; else tsx if it is there.
 *
 * @param nodeOptions - those the user has given
 * @throws UsageError that says what to install
 */
export function runnerOf(script: string, nodeOptions: readonly string[]): Runner | undefined {
  const isTypeScript = /\.[cm]?ts$/i.test(script)
  if (!isTypeScript && !/\.[jt]sx$/i.test(script)) return undefined
  if (loaders.test([...nodeOptions, process.env['NODE_OPTIONS'] ?? ''].join(' '))) {
    return { name: 'given', options: [] }
  }
  const file = path.resolve(script)
  if (!existsSync(file)) return undefined
  const tsx = tsxOf(file)
  const strips = isTypeScript && stripsTypes()
  if (tsx !== undefined && (!strips || namesTsx(file))) {
    return { name: 'tsx', options: ['--import', pathToFileURL(tsx).href] }
  }
  if (strips) return { name: 'node', options: [] }
  throw new UsageError(
    `${script} cannot be run by Node ${process.versions.node} alone. ` +
      `Install tsx in the project (npm install --save-dev tsx)${isTypeScript ? ', or use Node 22.18 or newer' : ''}`,
  )
}

/** Whether this Node runs TypeScript without a flag. */
export function stripsTypes(): boolean {
  return Boolean((process.features as { typescript?: unknown }).typescript)
}

/** The loader of the tsx that a file would import. */
export function tsxOf(file: string): string | undefined {
  try {
    return createRequire(file).resolve('tsx')
  } catch {
    return undefined
  }
}

/** A package.json on the way up has tsx among its dependencies. */
function namesTsx(file: string): boolean {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest
      if (manifest.dependencies?.['tsx'] ?? manifest.devDependencies?.['tsx']) return true
    } catch {
      // None here, or none that can be read
    }
    if (folder === path.dirname(folder)) return false
  }
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}
