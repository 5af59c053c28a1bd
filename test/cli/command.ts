import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, vi } from 'vitest'

// Each test starts several processes, and a machine may be busy
vi.setConfig({ testTimeout: 120_000 })

const repository = path.resolve(import.meta.dirname, '../..')
export const modules: string = path.join(repository, 'node_modules')
/** The file that `bin` names. */
export const bin: string = path.join(repository, 'packages/cli/bin/throwpoint.cjs')

const binaries = {
  '20': process.execPath,
  '22': path.join(modules, 'node22/bin/node'),
  '24': path.join(modules, 'node24/bin/node'),
  '26': path.join(modules, 'node26/bin/node'),
} as const

/** A child of the command on Node 20; on later versions the command becomes the program. */
export const nodes: ReadonlyArray<readonly [version: string, node: string]> = Object.entries(binaries).filter(
  ([version]) => process.env['THROWPOINT_FULL'] === '1' || version === '20' || version === '24',
)

/** One version for what does not depend on how the program is started. */
export const someNodes: typeof nodes =
  process.env['THROWPOINT_FULL'] === '1' ? nodes : [['24', binaries['24']]]

export const isFull: boolean = process.env['THROWPOINT_FULL'] === '1'

const folders: string[] = []
const running = new Set<ChildProcess>()

afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Writes a program with the modules of the repository beside it, and gives back its folder. */
export function program(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'throwpoint-cli-')))
  folders.push(folder)
  symlinkSync(modules, path.join(folder, 'node_modules'), 'junction')
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  return folder
}

/** Time to read variables on a slow machine, and no files outside of the test. */
const ours = { THROWPOINT_CACHE: '0', THROWPOINT_LIMITS: 'budgetMs=5000' }

export function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', ...ours }
  delete env['NODE_ENV']
  delete env['THROWPOINT_FULL']
  return { ...env, ...more }
}

/** A process and what it has said so far. */
export class Running {
  readonly child: ChildProcess
  readonly #closed: Promise<unknown>
  out = ''
  err = ''

  constructor(node: string, args: readonly string[], { env, ...options }: SpawnOptions) {
    this.child = spawn(node, args, { ...options, env: environment(env) })
    running.add(this.child)
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.out += text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.err += text))
    this.child.on('exit', () => running.delete(this.child))
    this.#closed = once(this.child, 'close')
  }

  /** Waits for words on stdout or stderr. @throws when the process ends without them */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.out) ?? pattern.exec(this.err)
      if (match !== null) return match
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`${pattern} was not said:\n${this.out}\n${this.err}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async ended(): Promise<Ended> {
    // By then it has said everything
    await this.#closed
    const { exitCode, signalCode } = this.child
    return { code: exitCode, signal: signalCode, out: this.out, err: this.err }
  }
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

/** Runs the command to its end. */
export function throwpoint(
  args: readonly string[],
  { node = process.execPath, input = '', ...options }: SpawnOptions & { node?: string; input?: string } = {},
): Promise<Ended> {
  const running = new Running(node, [bin, ...args], options)
  running.child.stdin?.end(input)
  return running.ended()
}
