import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'

/** The programs run what is built. */
export function build(): void {
  if (process.env['THROWPOINT_BUILT'] === '1') return
  const built = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    encoding: 'utf8',
  })
  if (built.status !== 0) throw new Error(built.stdout + built.stderr)
}

export interface ProgramOptions {
  readonly node?: string
  /** Options of Node. */
  readonly options?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** In a session of its own, without a terminal; what it starts ends with it. */
  readonly detached?: boolean
  /** @default 'ignore' */
  readonly input?: 'ignore' | 'pipe'
}

/** A program in a process of its own, whose output is waited for. */
export class Program {
  readonly child: ChildProcess
  readonly #detached: boolean
  out = ''
  err = ''

  constructor(
    command: readonly string[],
    { env = {}, detached = false, input = 'ignore' }: Omit<ProgramOptions, 'options'> = {},
  ) {
    const [file, ...args] = command
    this.#detached = detached
    this.child = spawn(file!, args, {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        NODE_ENV: 'development',
        NO_COLOR: '1',
        THROWPOINT_CACHE: '0',
        ...env,
      },
      detached,
      stdio: [input, 'pipe', 'pipe'],
    })
    this.child.stdout!.on('data', (chunk: Buffer) => (this.out += chunk.toString()))
    this.child.stderr!.on('data', (chunk: Buffer) => (this.err += chunk.toString()))
  }

  /** Runs a script beside the tests of this folder and waits until it listens. */
  static async start(script: string | URL, options: ProgramOptions = {}): Promise<Program> {
    const { node = process.execPath, options: flags = [], ...rest } = options
    const file = script instanceof URL ? fileURLToPath(script) : script
    const program = new Program([node, ...flags, file], rest)
    await program.printed(/listening \d+/, 'out')
    return program
  }

  get port(): number {
    return Number(/listening (\d+)/.exec(this.out)![1])
  }

  async printed(pattern: RegExp, where: 'out' | 'err' = 'err'): Promise<RegExpExecArray> {
    const deadline = Date.now() + 100_000
    for (;;) {
      const found = pattern.exec(this[where])
      if (found !== null) return found
      if (Date.now() > deadline || this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`${pattern} was not printed\n--- stdout\n${this.out}\n--- stderr\n${this.err}`)
      }
      await pause()
    }
  }

  /** A request nobody waits for. @returns what ends it */
  send(path: string, method = 'GET'): () => void {
    const sent = request({ port: this.port, path, method, agent: false })
    sent.on('error', () => {})
    sent.on('response', (response) => response.on('error', () => {}).resume())
    if (method === 'POST') sent.write('a part')
    else sent.end()
    return () => sent.destroy()
  }

  async get(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`)
  }

  /** The status of an answer that may come much later, or never. */
  async status(path: string): Promise<number | undefined> {
    try {
      return (await this.get(path)).status
    } catch {
      return undefined
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    // Those it has started are of its group.
    if (this.#detached) killGroup(this.child.pid!)
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    this.child.kill(signal)
    await once(this.child, 'exit')
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left.
  }
}

/** Waits until something is so. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + 100_000
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > deadline) throw new Error(`it did not become so: ${String(look)}`)
    await pause()
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20))
}
