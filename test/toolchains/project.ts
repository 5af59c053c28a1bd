import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Frame, Report } from '@throwpoint/protocol'

export const modules: string = fileURLToPath(new URL('../../node_modules/', import.meta.url))
export const node20: string = process.execPath
export const node22: string = path.join(modules, 'node22/bin/node')
export const node24: string = path.join(modules, 'node24/bin/node')
export const node26: string = path.join(modules, 'node26/bin/node')
/** A TypeScript with a programming interface, which ts-node needs. */
export const typescript: string = path.dirname(
  createRequire(path.join(modules, '@arethetypeswrong/core/package.json')).resolve('typescript/package.json'),
)

/** The preload runs as it is published. */
export function build(): void {
  const repository = path.dirname(modules.replace(/[\\/]$/, ''))
  const compiler = path.join(modules, 'typescript/bin/tsc')
  const { status, stdout } = spawnSync(node20, [compiler, '-b'], { cwd: repository, encoding: 'utf8' })
  if (status !== 0) throw new Error(stdout)
}

export interface ProgramOptions {
  /** @default 'module' */
  readonly type?: 'module' | 'commonjs'
  /** How the program names `price.ts` in its import. */
  readonly price?: string
  readonly files?: Readonly<Record<string, string>>
}

/** The program of this folder in a folder of its own, as if somebody had installed everything there. */
export class Project {
  readonly folder: string = mkdtempSync(path.join(tmpdir(), 'throwpoint-chain-'))

  constructor({ type = 'module', price = './price.ts', files = {} }: ProgramOptions = {}) {
    cpSync(fileURLToPath(new URL('program', import.meta.url)), path.join(this.folder, 'src'), {
      recursive: true,
    })
    symlinkSync(modules, path.join(this.folder, 'node_modules'), 'dir')
    this.write({ 'package.json': JSON.stringify({ type }), ...files })
    const app = readFileSync(path.join(this.folder, 'src/app.ts'), 'utf8')
    this.write({ 'src/app.ts': app.replace("'./price.ts'", `'${price}'`) })
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.folder, name)
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** A program that serves, in a process of its own. */
export class Served {
  readonly child: ChildProcess
  out = ''
  err = ''

  private constructor(
    folder: string,
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ) {
    this.child = spawn(command, args, {
      cwd: folder,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        NODE_ENV: 'development',
        NO_COLOR: '1',
        THROWPOINT_CACHE: '0',
        THROWPOINT_LIMITS: 'budgetMs=5000',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Launchers have children: all of them are ended as one group
      detached: true,
    })
    this.child.stdout!.on('data', (chunk: Buffer) => (this.out += chunk.toString()))
    this.child.stderr!.on('data', (chunk: Buffer) => (this.err += chunk.toString()))
  }

  static async start(
    folder: string,
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Served> {
    const served = new Served(folder, command, args, env)
    try {
      await served.said(/listening (\d+)/)
    } catch (error) {
      await served.stop()
      throw error
    }
    return served
  }

  /** Waits for what it prints. */
  async said(pattern: RegExp, times = 1): Promise<RegExpMatchArray> {
    const deadline = Date.now() + 60_000
    for (;;) {
      const found = [...this.out.matchAll(new RegExp(pattern, 'g'))]
      if (found.length >= times) return found.at(-1)!
      if (Date.now() > deadline || this.child.exitCode !== null)
        throw new Error(`it did not print ${pattern}\n${this.out}\n${this.err}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async report(times = 1): Promise<Report> {
    const [, port] = await this.said(/listening (\d+)/, times)
    const response = await fetch(`http://127.0.0.1:${port}/fail/7`, {
      headers: { accept: 'application/json' },
    })
    return ((await response.json()) as { throwpoint: Report }).throwpoint
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    try {
      process.kill(-this.child.pid!, 'SIGKILL')
    } catch {
      // It has ended by itself
    }
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit')
  }
}

/** Each frame of the user: function, place in the original, and the names it has; uninitialised ones with a `-`. */
export function summary({ frames }: Report): string[] {
  return frames.filter(({ kind }) => kind === 'app').map(line)
}

function line({ functionName, location, scopes }: Frame): string {
  const { file = '', line: at = 0, column = 0 } = location ?? {}
  const variables = scopes
    .filter(({ type }) => type === 'block' || type === 'local')
    .flatMap((scope) => scope.variables)
    .filter(({ name }) => !['req', 'res'].includes(name))
    .map(({ name, value }) =>
      value.description === '[uninitialized]' ? `-${name}` : `${name}=${value.preview ?? value.description}`,
    )
  const place = `${path.basename(path.dirname(file))}/${path.basename(file)}:${at}:${column}`
  return [functionName, place, ...variables.sort()].join(' ')
}
