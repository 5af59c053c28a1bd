import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { type BuildOptions, buildSync } from 'esbuild'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  build,
  modules,
  node20,
  node22,
  node24,
  node26,
  type ProgramOptions,
  Project,
  Served,
  summary,
  typescript,
} from './project.ts'

const isFull = process.env['THROWPOINT_FULL'] === '1'

beforeAll(build, 120_000)

const open: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

function project(options?: ProgramOptions): Project {
  const made = new Project(options)
  open.push(() => made.remove())
  return made
}

async function serve(
  { folder }: Project,
  command: string,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<Served> {
  const served = await Served.start(folder, command, args, env)
  open.push(() => served.stop())
  return served
}

const register = ['--import', 'throwpoint/register']
const tsx = ['--import', 'tsx']

/** What is thrown on the way of row "b", and what is there of it. */
const expected = [
  'price src/price.ts:14:25 -sum -unused entry=undefined id=7 key="b" name="b"',
  'fail src/app.ts:26:27 -cents -later order={ id: 7, rows: Array(2) } row="b"',
]

interface Chain {
  readonly name: string
  readonly program?: ProgramOptions
  /** Makes `dist`. */
  readonly compile?: (project: Project) => void
  readonly command?: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** It is among those tried every time. */
  readonly isFast?: boolean
  readonly expected?: readonly string[]
}

/** In the output of TypeScript `price(…)` is `(0, price_1.price)(…)`, and V8 names its parenthesis. */
const compiled = [expected[0]!, expected[1]!.replace('26:27', '26:32')]

function tsconfig(module: string, moduleResolution = module): string {
  const compilerOptions = {
    module,
    moduleResolution,
    target: 'es2022',
    esModuleInterop: true,
    sourceMap: true,
  }
  return JSON.stringify({ compilerOptions })
}

function compile({ folder }: Project, module: string, moduleResolution: string): void {
  const options = ['--sourceMap', '--noCheck', '--target', 'es2022', '--outDir', 'dist', '--rootDir', 'src']
  const compiler = path.join(modules, 'typescript/bin/tsc')
  const files = [
    '--module',
    module,
    '--moduleResolution',
    moduleResolution,
    '--esModuleInterop',
    'src/app.ts',
  ]
  const { stdout } = spawnSync(process.execPath, [compiler, ...options, ...files], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (!existsSync(path.join(folder, 'dist/price.js'))) throw new Error(stdout)
}

function bundle({ folder }: Project, options: BuildOptions): void {
  buildSync({
    absWorkingDir: folder,
    entryPoints: ['src/app.ts'],
    outfile: path.join(folder, 'dist/app.js'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    sourcemap: true,
    ...options,
  })
}

const commonjs: ProgramOptions = { type: 'commonjs', price: './price' }
const tsNodeProgram: ProgramOptions = {
  ...commonjs,
  files: { 'tsconfig.json': tsconfig('commonjs', 'node10') },
}
const tsNode = { TS_NODE_COMPILER: typescript, TS_NODE_TRANSPILE_ONLY: 'true' }

/**
 * It wants a TypeScript older than ours beside it, so it is not among our dependencies:
 * `npm install --prefix DIR @swc-node/register @swc/core`, then THROWPOINT_SWC=DIR.
 */
const swc = process.env['THROWPOINT_SWC']
const swcChains: readonly Chain[] =
  swc === undefined
    ? []
    : [node20, node22, node24, node26].map((command, index) => ({
        name: `swc-node, CommonJS, Node ${20 + index * 2}`,
        program: tsNodeProgram,
        command,
        args: [
          '-r',
          createRequire(path.join(path.resolve(swc), 'x.js')).resolve('@swc-node/register'),
          ...register,
          'src/app.ts',
        ],
        isFast: command === node24,
        expected: compiled,
      }))

/** As @swc/register, @babel/register and esbuild-register are made: nobody else gets the maps. */
const compiler = `
const { readFileSync } = require('node:fs')
const { transformSync } = require('esbuild')
const maps = {}
require('source-map-support').install({
  environment: 'node',
  retrieveSourceMap: (file) => (maps[file] === undefined ? null : { url: null, map: maps[file] }),
})
require.extensions['.ts'] = (module, file) => {
  const source = readFileSync(file, 'utf8')
  const { code, map } = transformSync(source, { loader: 'ts', format: 'cjs', sourcefile: file, sourcemap: 'external' })
  maps[file] = JSON.parse(map)
  module._compile(code, file)
}
`

const chains: readonly Chain[] = [
  {
    name: 'a compiler that keeps its maps in memory',
    program: { ...commonjs, files: { 'compiler.cjs': compiler } },
    args: ['-r', './compiler.cjs', ...register, 'src/app.ts'],
    isFast: true,
  },
  ...swcChains,
  {
    name: 'type stripping of Node 22',
    command: node22,
    args: [...register, '--experimental-strip-types', 'src/app.ts'],
  },
  { name: 'type stripping of Node 24', command: node24, args: [...register, 'src/app.ts'], isFast: true },
  { name: 'type stripping of Node 26', command: node26, args: [...register, 'src/app.ts'] },
  {
    name: 'type stripping with source maps',
    command: node24,
    args: [...register, '--enable-source-maps', 'src/app.ts'],
  },
  {
    name: 'type stripping that transforms',
    command: node24,
    args: ['--experimental-transform-types', ...register, 'src/app.ts'],
  },
  { name: 'tsx before', args: [...tsx, ...register, 'src/app.ts'], isFast: true },
  { name: 'tsx after', args: [...register, ...tsx, 'src/app.ts'] },
  { name: 'tsx before, CommonJS', program: commonjs, args: [...tsx, ...register, 'src/app.ts'] },
  { name: 'tsx after, CommonJS', program: commonjs, args: [...register, ...tsx, 'src/app.ts'], isFast: true },
  ...[node22, node24, node26].map((command) => ({
    name: `tsx, ${path.basename(path.dirname(path.dirname(command)))}`,
    command,
    args: [...tsx, ...register, 'src/app.ts'],
  })),
  ...[node20, node22, node24, node26].map((command, index) => ({
    name: `ts-node, CommonJS, Node ${20 + index * 2}`,
    program: tsNodeProgram,
    command,
    args: ['-r', 'ts-node/register', ...register, 'src/app.ts'],
    env: tsNode,
    isFast: command === node20,
    expected: compiled,
  })),
  {
    name: 'ts-node, CommonJS, with source maps of Node, too',
    program: tsNodeProgram,
    args: ['--enable-source-maps', '-r', 'ts-node/register', ...register, 'src/app.ts'],
    env: tsNode,
    expected: compiled,
  },
  {
    name: 'ts-node, ES modules',
    program: { files: { 'tsconfig.json': tsconfig('nodenext') }, price: './price.js' },
    args: ['--no-warnings', '--loader', 'ts-node/esm/transpile-only', ...register, 'src/app.ts'],
    env: tsNode,
  },
  ...[[], ['--enable-source-maps'], ['-r', 'source-map-support/register']].flatMap((flags) => [
    {
      name: `compiled by tsc, CommonJS ${flags.join(' ')}`,
      program: commonjs,
      compile: (made: Project) => compile(made, 'commonjs', 'bundler'),
      args: [...flags, ...register, 'dist/app.js'],
      expected: compiled,
    },
    {
      name: `compiled by tsc, ES modules ${flags.join(' ')}`,
      program: { price: './price.js' },
      compile: (made: Project) => compile(made, 'nodenext', 'nodenext'),
      args: [...flags, ...register, 'dist/app.js'],
    },
    {
      name: `bundled by esbuild ${flags.join(' ')}`,
      compile: (made: Project) => bundle(made, {}),
      args: [...flags, ...register, 'dist/app.js'],
    },
    {
      name: `bundled and made smaller by esbuild, CommonJS ${flags.join(' ')}`,
      program: { type: 'commonjs' as const },
      compile: (made: Project) =>
        bundle(made, { format: 'cjs', sourcemap: 'inline', minifyWhitespace: true }),
      args: [...flags, ...register, 'dist/app.js'],
    },
  ]),
]

describe('variables and places of the original', () => {
  test.each(chains.filter(({ isFast }) => isFull || isFast === true))(
    '$name',
    async ({ program, compile: make, command = node20, args, env, expected: own = expected }) => {
      const made = project(program)
      make?.(made)
      const served = await serve(made, command, args, env)
      const report = await served.report()
      expect(summary(report)).toEqual(own)
      expect(report.error.stack).toContain(own[0]!.split(' ')[1]!)
    },
    120_000,
  )
})
