import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defaultLimits } from '@throwpoint/protocol'
import { afterAll, afterEach, beforeEach } from 'vitest'
import type { FramesOfThrow } from '../../packages/core/src/engine/engine.ts'
import { StackEngine } from '../../packages/core/src/engine/stack-engine.ts'

export const repository: string = fileURLToPath(new URL('../../', import.meta.url))
export const tool = (name: string): string => join(repository, 'node_modules', name)
export const engine: StackEngine = new StackEngine({ limits: defaultLimits })

/** TypeScript whose lines and columns move when it is compiled. */
export const cart = `interface Row {
  readonly price: number
}

export function total(rows: readonly Row[]): number {
  const first: Row | undefined = rows[0]
  if (first === undefined) throw new RangeError('no rows')
  return first.price
}
`

/** Prints the stack of what `total` throws. */
export const main = `import { total } from './cart.js'
type Nothing = never

async function load(): Promise<number> {
  await null
  return total([] as Nothing[])
}
load().catch((error: Error) => {
  console.log(JSON.stringify(error.stack))
})
`

/** Where they throw, as `places` prints it. */
export const thrownAt: readonly string[] = ['total src/cart.ts:7:34', 'load src/main.ts:6:10']

const before = process.cwd()
const builds = mkdtempSync(join(tmpdir(), 'throwpoint-builds-'))

afterAll(() => {
  rmSync(builds, { recursive: true, force: true })
})

/** A project that the process stands in, new for each test. */
export class Project {
  /** The folder around it. */
  base = ''
  root = ''

  constructor() {
    beforeEach(() => {
      this.base = realpathSync(mkdtempSync(join(tmpdir(), 'throwpoint-project-')))
      this.root = join(this.base, 'project')
      this.write('package.json', '{"name":"project","private":true}')
      process.chdir(this.root)
    })
    afterEach(() => {
      process.chdir(before)
      rmSync(this.base, { recursive: true, force: true })
    })
  }

  path(name: string): string {
    return join(this.root, name)
  }

  /** Writes a file, as old as if the process had started after it. */
  write(name: string, text: string): string {
    const file = this.path(name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    makeOld(file)
    return file
  }

  /** Runs a program that prints the stack of an error as JSON. */
  stackOf(args: readonly string[]): string {
    const env = { ...process.env, NODE_OPTIONS: '' }
    const output = execFileSync(process.execPath, args, {
      cwd: this.root,
      env,
      encoding: 'utf8',
      timeout: 100_000,
    })
    return JSON.parse(output) as string
  }

  writeTypeScript(): void {
    this.write('src/cart.ts', cart)
    this.write('src/main.ts', main)
  }

  /** Compiles the two files to `dist`. */
  tsc(...options: readonly string[]): void {
    this.write('package.json', '{"name":"project","type":"module"}')
    this.writeTypeScript()
    this.compile(...options)
    this.#makeOld('dist')
  }

  /** Compiles what there is in `src`; the same with the same options once. */
  compile(...options: readonly string[]): void {
    const sources = readdirSync(this.path('src')).map((name) =>
      readFileSync(this.path(`src/${name}`), 'utf8'),
    )
    const key = createHash('sha256')
      .update(JSON.stringify([sources, options]))
      .digest('hex')
    const built = join(builds, key)
    if (!existsSync(built)) {
      const usual = ['--ignoreConfig', '--noCheck', '--rootDir', 'src', '--outDir', 'dist']
      const target = ['--target', 'es2022', '--module', 'nodenext']
      const args = [tool('typescript/bin/tsc'), ...usual, ...target, ...options, 'src/main.ts']
      execFileSync(process.execPath, args, { cwd: this.root, stdio: 'pipe' })
      cpSync(this.path('dist'), built, { recursive: true })
    }
    cpSync(built, this.path('dist'), { recursive: true })
  }

  esbuild(...args: readonly string[]): void {
    const all = ['--bundle', '--platform=node', '--log-level=error', ...args]
    execFileSync(tool('esbuild/bin/esbuild'), all, { cwd: this.root, stdio: 'pipe' })
    this.#makeOld('dist')
  }

  #makeOld(folder: string): void {
    for (const file of readdirSync(this.path(folder))) makeOld(join(this.path(folder), file))
  }

  /** `async? name file:line:column` of each frame. */
  places(found: FramesOfThrow): string[] {
    return found.frames.map(({ frame: { functionName, async, location: at } }) => {
      const file =
        at === null ? '-' : at.file.startsWith(this.root) ? at.file.slice(this.root.length + 1) : at.file
      return `${async ? 'async ' : ''}${functionName} ${file}:${at?.line}:${at?.column}`
    })
  }
}

export function makeOld(file: string): void {
  utimesSync(file, 1_700_000_000, 1_700_000_000)
}

/** The line of the excerpt that its frame stands on. */
export function sourceLine(found: FramesOfThrow, index = 0): string | undefined {
  const { location, source } = found.frames[index]!.frame
  return location === null || source === undefined
    ? undefined
    : source.lines[location.line - source.firstLine]
}

/** The stack of an error thrown there. */
export function stackAt(file: string, line = 1, column = 1): string {
  return `Error: made\n    at f (${file}:${line}:${column})`
}
