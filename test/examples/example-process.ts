import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import type { Report } from '@throwpoint/protocol'

const examples = fileURLToPath(new URL('../../examples/', import.meta.url))

/** How a client found its connection at the end. */
export interface Answer {
  /** `open`: nothing more came for as long as the client had patience. */
  readonly ends: 'complete' | 'cut' | 'empty' | 'open'
  readonly status: number | null
  readonly type: string
  readonly body: string
}

/** An example application in a process of its own, started again when it has died. */
export class ExampleProcess {
  readonly #state = mkdtempSync(join(tmpdir(), 'throwpoint-example-'))
  readonly #directory: string
  readonly #command: readonly string[]
  readonly #env: Readonly<Record<string, string>>
  #child: ChildProcess | undefined
  #origin = new URL('http://localhost')
  #stderr = ''
  readonly #read = new Set<string>()

  /** `command`: the arguments of node, as `npm start` has them. */
  constructor(name: string, command: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#directory = join(examples, name)
    this.#command = command
    this.#env = env
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  get exitCode(): number | null | undefined {
    return this.#child?.exitCode
  }

  get stderr(): string {
    return this.#stderr
  }

  /** Starts it if it does not run, and forgets what it has written and dumped so far. */
  async ready(): Promise<void> {
    if (!this.running) await this.#start()
    this.#stderr = ''
    for (const file of this.#dumpFiles()) this.#read.add(file)
  }

  async #start(): Promise<void> {
    const env: NodeJS.ProcessEnv = { ...process.env, ...this.#env, PORT: '0', XDG_STATE_HOME: this.#state }
    // The test runner's own; the example's .env says development.
    delete env['NODE_ENV']
    delete env['NODE_OPTIONS']
    const child = spawn(process.env['THROWPOINT_NODE'] ?? process.execPath, this.#command, {
      cwd: this.#directory,
      env,
    })
    this.#child = child
    this.#stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    let stdout = ''
    this.#origin = await new Promise((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const url = /http:\S+/.exec((stdout += text))?.[0]
        if (url !== undefined) resolve(new URL(url))
      })
      child.once('error', reject)
      child.once('close', () => reject(new Error(`The example did not start:\n${this.#stderr}`)))
    })
  }

  /**
   * What a client gets. It leaves when nothing has come for `patience` milliseconds, or with `leave` after the first
   * byte of the body.
   */
  ask(method: string, url: string, accept: string, patience = 5_000, leave = false): Promise<Answer> {
    const { hostname, port } = this.#origin
    return new Promise((resolve) => {
      let status: number | null = null
      let type = ''
      let body = ''
      const done = (ends: Answer['ends']): void => {
        clearTimeout(timer)
        outgoing.destroy()
        resolve({ ends, status, type, body })
      }
      const outgoing = request(
        { hostname, port, path: url, method, headers: { accept }, agent: false },
        (res) => {
          status = res.statusCode ?? null
          type = res.headers['content-type'] ?? ''
          res.setEncoding('utf8').on('data', (text: string) => {
            body += text
            if (leave) done('open')
            timer.refresh()
          })
          res.on('end', () => done('complete'))
          res.on('error', () => done('cut'))
        },
      )
      const timer = setTimeout(() => done('open'), patience)
      outgoing.on('error', () => done('empty'))
      outgoing.end()
    })
  }

  /** Waits until so many reports have been dumped since `ready()`, and a moment longer for one too many. */
  async reports(count: number): Promise<Report[]> {
    await until(() => this.#dumpFiles().length >= this.#read.size + count)
    await delay(100)
    return this.#dumpFiles()
      .filter((file) => !this.#read.has(file))
      .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Report)
      .toSorted((one, other) => one.time.localeCompare(other.time))
  }

  /** Waits until stderr has a text; false when it never has. */
  async says(text: string): Promise<boolean> {
    await until(() => this.#stderr.includes(text))
    return this.#stderr.includes(text)
  }

  /** Waits until the process has ended. */
  async ended(): Promise<void> {
    await until(() => !this.running)
  }

  /** Ends it and removes what it has written. */
  async remove(): Promise<void> {
    this.#child?.kill('SIGKILL')
    await this.ended()
    rmSync(this.#state, { recursive: true, force: true })
  }

  #dumpFiles(): string[] {
    if (!existsSync(this.#state)) return []
    return readdirSync(this.#state, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.throwpoint.json'))
      .map((name) => join(this.#state, name))
  }
}

/** Waits for something that is bound to come; gives up silently after a while, for the assertion that follows. */
async function until(condition: () => boolean, milliseconds = 60_000): Promise<void> {
  const end = Date.now() + milliseconds
  while (!condition() && Date.now() < end) await delay(20)
}
