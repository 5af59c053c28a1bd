import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Report } from '@throwpoint/protocol'

const apps = new URL('../apps/', import.meta.url)

/** The Node that runs the fixtures. */
const node = process.env['THROWPOINT_NODE'] ?? process.execPath

let version: Promise<number> | undefined

/** The major version of the Node that runs the fixtures. */
export function nodeMajor(): Promise<number> {
  return (version ??= (async () => {
    const child = spawn(node, ['-p', 'process.versions.node'])
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
    await once(child, 'close')
    return Number.parseInt(text, 10)
  })())
}

type Message =
  | { readonly type: 'listening'; readonly case: string; readonly port: number }
  | { readonly type: 'report'; readonly case: string; readonly report: Report }
  | { readonly type: 'note'; readonly case: string; readonly text: string }
  | { readonly type: 'closed'; readonly case: string }
  | { readonly type: 'ready' }

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface FixtureOptions {
  /** `express.cjs` */
  readonly program: string
  /** The package of the framework, as the root's devDependencies name it. */
  readonly alias: string
  readonly cases: readonly string[]
  /** Whether the middleware is installed. */
  readonly debug: boolean
}

/** A program of `test/apps` with its cases, one server each. */
export class FixtureProcess {
  readonly reports: { readonly case: string; readonly report: Report }[] = []
  readonly notes: { readonly case: string; readonly text: string }[] = []
  stderr = ''
  /** Fulfilled when the process has ended and everything it wrote was read. */
  readonly exited: Promise<Exit>
  /** Set once it has. */
  exit: Exit | undefined
  readonly #child: ChildProcess
  readonly #ports = new Map<string, number>()
  readonly #closed = new Map<string, number>()
  readonly #watchers = new Set<() => void>()
  #ready = false

  private constructor({ program, alias, cases, debug }: FixtureOptions) {
    this.#child = spawn(node, [program, alias, ...cases], {
      cwd: fileURLToPath(apps),
      env: {
        PATH: process.env['PATH'],
        THROWPOINT_TEST: debug ? 'on' : 'off',
      },
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    })
    const [, , stderr, channel] = this.#child.stdio as unknown as [Writable, null, Readable, Readable]
    stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString()
    })
    createInterface({ input: channel }).on('line', (line) => this.#receive(JSON.parse(line) as Message))
    this.#child.stdin?.on('error', () => {})
    this.exited = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        this.exit = { code, signal }
        for (const check of this.#watchers) check()
        resolve(this.exit)
      })
    })
  }

  /** Starts one and waits until all of its servers listen. */
  static async start(options: FixtureOptions): Promise<FixtureProcess> {
    const fixture = new FixtureProcess(options)
    const started = await fixture.until(() => fixture.#ready, 280_000)
    if (!started) {
      fixture.kill()
      const { program, alias, cases } = options
      throw new Error(`${program} ${alias} ${cases.join(' ')} did not start:\n${fixture.stderr}`)
    }
    return fixture
  }

  portOf(name: string): number {
    return this.#ports.get(name) ?? 0
  }

  /** How many connections to the server of a case have been closed. */
  closedOf(name: string): number {
    return this.#closed.get(name) ?? 0
  }

  reportsOf(name: string): Report[] {
    return this.reports.filter((entry) => entry.case === name).map(({ report }) => report)
  }

  /** Waits until something the process tells is so, or it ends, or the time is over; tells whether it is so. */
  until(condition: () => boolean, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (result: boolean): void => {
        clearTimeout(timer)
        this.#watchers.delete(check)
        resolve(result)
      }
      const check = (): void => {
        if (condition()) done(true)
        else if (this.exit !== undefined) done(false)
      }
      const timer = setTimeout(() => done(condition()), ms)
      this.#watchers.add(check)
      check()
    })
  }

  /** Lets it end in an orderly way: it reports what it still has to report. */
  async finish(): Promise<Exit> {
    this.#child.stdin?.end()
    if (!(await this.until(() => this.exit !== undefined, 30_000))) this.kill()
    return this.exited
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #receive(message: Message): void {
    if (message.type === 'listening') this.#ports.set(message.case, message.port)
    else if (message.type === 'report') this.reports.push(message)
    else if (message.type === 'note') this.notes.push(message)
    else if (message.type === 'closed') this.#closed.set(message.case, this.closedOf(message.case) + 1)
    else this.#ready = true
    for (const check of this.#watchers) check()
  }
}
