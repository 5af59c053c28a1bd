import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as esbuildApi from 'esbuild'
import webpackApi from 'webpack'
import type { PackedProject } from '../packed-project.ts'

export interface Bundle {
  readonly file: string
  readonly text: string
  /** The files of Throwpoint that have code in it, sorted: `@throwpoint/express/dist/stub.js`. */
  readonly ours: readonly string[]
}

export interface Bundler {
  readonly name: string
  readonly production: (project: PackedProject, entry: string) => Promise<Bundle>
  readonly development: (project: PackedProject, entry: string) => Promise<Bundle>
}

function bundle(project: PackedProject, out: string, modules: readonly string[]): Bundle {
  const file = join(project.folder, out)
  const ours = modules.map((name) => /node_modules[\\/](@throwpoint[\\/].*?)(?: \+ .*)?$/.exec(name)?.[1])
  return {
    file,
    text: readFileSync(file, 'utf8'),
    ours: [...new Set(ours.filter((name) => name !== undefined))].sort(),
  }
}

/** CommonJS code in an ES bundle needs a `require`, as every Express application does. */
const requireBanner = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`

function esbuild(format: 'cjs' | 'esm'): Bundler {
  async function build(project: PackedProject, entry: string, conditions?: string[]): Promise<Bundle> {
    const mode = conditions?.join('-') ?? 'development'
    const out = `${entry}.esbuild-${mode}.${format === 'cjs' ? 'cjs' : 'mjs'}`
    const { metafile } = await esbuildApi.build({
      absWorkingDir: project.folder,
      entryPoints: [entry],
      outfile: out,
      bundle: true,
      platform: 'node',
      format,
      banner: format === 'esm' ? { js: requireBanner } : {},
      logLevel: 'warning',
      metafile: true,
      ...(conditions === undefined ? {} : { conditions }),
    })
    const inputs = Object.entries(metafile.outputs[out]?.inputs ?? {})
    const modules = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([name]) => name)
    return bundle(project, out, modules)
  }
  return {
    name: `esbuild --format=${format}`,
    production: (project, entry) => build(project, entry, ['production']),
    development: (project, entry) => build(project, entry),
  }
}

function webpackMode(mode: 'production' | 'development') {
  return async (project: PackedProject, entry: string): Promise<Bundle> => {
    const out = `${entry}.webpack-${mode}.cjs`
    const compiler = webpackApi({
      mode,
      target: 'node',
      context: project.folder,
      entry: `./${entry}`,
      output: { path: project.folder, filename: out },
      // What is looked for in the bundle is to stay legible.
      optimization: { minimize: false },
    })
    const stats = await promisify(compiler.run.bind(compiler))()
    await promisify(compiler.close.bind(compiler))()
    if (stats === undefined || stats.hasErrors()) throw new Error(stats?.toString('errors-only'))
    const { modules = [] } = stats.toJson({
      all: false,
      modules: true,
      nestedModules: true,
      modulesSpace: 10_000,
    })
    const names = modules
      .flatMap((module) => [module, ...(module.modules ?? [])])
      .map(({ name }) => name ?? '')
    return bundle(project, out, names)
  }
}

const webpack: Bundler = {
  name: 'webpack',
  production: webpackMode('production'),
  development: webpackMode('development'),
}

function viteMode(mode: 'production' | 'development') {
  return async (project: PackedProject, entry: string): Promise<Bundle> => {
    const script = project.write(
      'vite.mjs',
      `import { build } from 'vite'
       const [entry, mode] = process.argv.slice(2)
       const { output } = await build({
         configFile: false,
         logLevel: 'error',
         mode,
         build: {
           ssr: entry,
           outDir: 'vite-' + mode,
           emptyOutDir: false,
           rolldownOptions: { output: { entryFileNames: entry + '.mjs' } },
         },
         ssr: { noExternal: true },
       })
       const modules = output.flatMap((chunk) => Object.entries(chunk.modules ?? {}))
       console.log(JSON.stringify(modules.filter(([, { renderedLength }]) => renderedLength > 0).map(([name]) => name)))`,
    )
    const { stdout } = await promisify(execFile)(process.execPath, [script, entry, mode], {
      cwd: project.folder,
      timeout: 100_000,
      env: { PATH: process.env['PATH'] ?? '', NODE_ENV: mode },
    })
    return bundle(project, `vite-${mode}/${entry}.mjs`, JSON.parse(stdout) as string[])
  }
}

const vite: Bundler = {
  name: 'vite build --ssr',
  production: viteMode('production'),
  development: viteMode('development'),
}

export const bundlers: readonly Bundler[] = [esbuild('cjs'), esbuild('esm'), webpack, vite]
/** Those that follow `require` in the application's own files. */
export const requireBundlers: readonly Bundler[] = [esbuild('cjs'), esbuild('esm'), webpack]
