import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { fileURLToPath } from 'node:url'

export type AppName = 'express-app.cjs' | 'koa-app.mjs'

/** The Node that runs the applications. */
export const node: string = process.env['THROWPOINT_NODE'] ?? process.execPath

export interface Reply {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: string
}

/** An application in a process of its own. */
export class AppProcess {
  readonly #child: ChildProcess
  out = ''
  err = ''

  private constructor(app: AppName, args: readonly string[], env: Record<string, string>) {
    const file = fileURLToPath(new URL(app, import.meta.url))
    this.#child = spawn(node, [...args, file], {
      env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'development', NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child.stdout!.on('data', (chunk: Buffer) => (this.out += chunk.toString()))
    this.#child.stderr!.on('data', (chunk: Buffer) => (this.err += chunk.toString()))
  }

  static async start(
    app: AppName,
    args: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<AppProcess> {
    const started = new AppProcess(app, args, env)
    await started.until(() => /listening \d+/.test(started.out))
    return started
  }

  /** Where the inspector listens, from what Node prints; the last one it has printed. */
  get inspectorUrl(): string {
    return [...this.err.matchAll(/ws:\/\/\S+/g)].at(-1)![0]
  }

  /** Waits until something that it printed is so. */
  async until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + 60_000
    while (!condition()) {
      if (Date.now() > deadline || this.#child.exitCode !== null)
        throw new Error(`it did not come\n${this.out}\n${this.err}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  /** What the process said to the application's own streams, without what is Node's and changes from run to run. */
  get said(): string {
    return this.out.replace(/listening \d+\n/, '')
  }

  get(path: string): Promise<Reply> {
    const port = Number(/listening (\d+)/.exec(this.out)![1])
    return new Promise((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port, path, agent: false }, (res) => {
        let body = ''
        res.on('data', (chunk: Buffer) => (body += chunk.toString()))
        res.on('end', () => {
          const headers = res.rawHeaders.filter((_, index, all) => all[index - (index % 2)] !== 'Date')
          resolve({ status: res.statusCode!, headers, body })
        })
        res.on('error', reject)
      })
      request.setTimeout(60_000, () => request.destroy(new Error('no answer')))
      request.on('error', reject)
    })
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
}
