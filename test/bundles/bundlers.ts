import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import type { PackedProject } from '../packed-project.ts'

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url))

export interface Bundle {
  readonly file: string
  readonly text: string
}

export interface Bundler {
  readonly name: string
  readonly production: (project: PackedProject, entry: string) => Promise<Bundle>
  readonly development: (project: PackedProject, entry: string) => Promise<Bundle>
}

/** CommonJS code in an ES bundle needs a `require`, as every Express application does. */
const requireBanner = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`

function esbuild(format: 'cjs' | 'esm'): Bundler {
  const extension = format === 'cjs' ? 'cjs' : 'mjs'
  const bundle = (project: PackedProject, entry: string, args: readonly string[]): Promise<Bundle> => {
    const out = `${entry}.esbuild-${format}.${extension}`
    return node(project, out, join(modules, 'esbuild/bin/esbuild'), [
      entry,
      '--bundle',
      '--platform=node',
      `--format=${format}`,
      ...(format === 'esm' ? [`--banner:js=${requireBanner}`] : []),
      `--outfile=${out}`,
      '--log-level=warning',
      ...args,
    ])
  }
  return {
    name: `esbuild --format=${format}`,
    production: (project, entry) => bundle(project, entry, ['--conditions=production']),
    development: (project, entry) => bundle(project, entry, []),
  }
}

const webpack: Bundler = {
  name: 'webpack',
  production: (project, entry) => webpackMode(project, entry, 'production'),
  development: (project, entry) => webpackMode(project, entry, 'development'),
}

function webpackMode(project: PackedProject, entry: string, mode: string): Promise<Bundle> {
  const out = `${entry}.webpack-${mode}.cjs`
  const script = project.write(
    'webpack.mjs',
    `import webpack from 'webpack'
     const [entry, filename, mode] = process.argv.slice(2)
     const path = process.cwd()
     webpack({ mode, target: 'node', context: path, entry: './' + entry, output: { path, filename } }, (error, stats) => {
       if (error || stats.hasErrors()) throw error ?? new Error(stats.toString('errors-only'))
     })`,
  )
  return node(project, out, script, [entry, out, mode])
}

const vite: Bundler = {
  name: 'vite build --ssr',
  production: (project, entry) => viteMode(project, entry, 'production'),
  development: (project, entry) => viteMode(project, entry, 'development'),
}

function viteMode(project: PackedProject, entry: string, mode: string): Promise<Bundle> {
  const out = `vite-${mode}/${entry}.mjs`
  const script = project.write(
    'vite.mjs',
    `import { build } from 'vite'
     const [entry, mode] = process.argv.slice(2)
     process.env.NODE_ENV = mode
     await build({
       configFile: false, logLevel: 'error', mode,
       build: { ssr: entry, outDir: 'vite-' + mode, emptyOutDir: false, rolldownOptions: { output: { entryFileNames: entry + '.mjs' } } },
       ssr: { noExternal: true },
     })`,
  )
  return node(project, out, script, [entry, mode])
}

/** Vite and Rollup cannot bundle what calls `require`. */
export const bundlers: readonly Bundler[] = [esbuild('cjs'), esbuild('esm'), webpack, vite]
export const requireBundlers: readonly Bundler[] = [esbuild('cjs'), esbuild('esm'), webpack]

async function node(
  project: PackedProject,
  out: string,
  script: string,
  args: readonly string[],
): Promise<Bundle> {
  const { NODE_ENV: _, ...env } = process.env
  await promisify(execFile)(process.execPath, [script, ...args], {
    cwd: project.folder,
    timeout: 60_000,
    env,
  })
  const file = join(project.folder, out)
  return { file, text: readFileSync(file, 'utf8') }
}
