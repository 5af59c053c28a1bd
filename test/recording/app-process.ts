import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RecordedExchange } from '@throwpoint/core/recording'

const here = fileURLToPath(new URL('.', import.meta.url))

export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
}

/** An application of this folder in a process of its own. */
export class AppProcess {
  readonly child: ChildProcess
  readonly directory: string
  port = 0
  out = ''
  err = ''

  private constructor(directory: string, app: string, env: Record<string, string>, node: string) {
    this.directory = directory
    this.child = spawn(node, [join(here, app)], {
      cwd: here,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        NODE_ENV: 'development',
        NO_COLOR: '1',
        THROWPOINT_RECORD: directory,
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.child.stdout!.on('data', (chunk: Buffer) => (this.out += chunk.toString()))
    this.child.stderr!.on('data', (chunk: Buffer) => (this.err += chunk.toString()))
  }

  static async start(
    directory: string,
    app: string,
    env: Record<string, string> = {},
    node: string = process.execPath,
  ): Promise<AppProcess> {
    const started = new AppProcess(directory, app, env, node)
    await until(() => /listening (\d+)/.exec(started.out) ?? undefined, started)
    started.port = Number(/listening (\d+)/.exec(started.out)![1])
    return started
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  send(
    method: string,
    path: string,
    body?: Buffer | string,
    headers: http.OutgoingHttpHeaders = {},
  ): Promise<Answer> {
    return send(this.port, method, path, body, headers)
  }

  /** The recording of the request with this target, once there is one. */
  recording(
    url: string,
    isRight: (recorded: RecordedExchange) => boolean = () => true,
  ): Promise<RecordedExchange> {
    return until(() => this.recordings().find(({ request }) => request.url === url), this, isRight)
  }

  /** Path of its file. */
  async fileOf(url: string): Promise<string> {
    const recorded = await this.recording(url)
    const name = this.names().find((one) => this.#read(one).time === recorded.time)
    return join(this.directory, name!)
  }

  names(): string[] {
    if (!existsSync(this.directory)) return []
    return readdirSync(this.directory).filter((name) => name.endsWith('.json'))
  }

  recordings(): RecordedExchange[] {
    return this.names().map((name) => this.#read(name))
  }

  /** Files change when something is thrown behind the answer. */
  readonly #known = new Map<string, { readonly changed: number; readonly recorded: RecordedExchange }>()

  #read(name: string): RecordedExchange {
    const file = join(this.directory, name)
    const changed = statSync(file).mtimeMs
    const known = this.#known.get(name)
    if (known?.changed === changed) return known.recorded
    const recorded = JSON.parse(readFileSync(file, 'utf8')) as RecordedExchange
    this.#known.set(name, { changed, recorded })
    return recorded
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    this.child.stdin!.end()
    await once(this.child, 'exit')
  }
}

/** Waits for something to be there. */
export async function until<T>(
  find: () => T | undefined,
  app: Pick<AppProcess, 'child' | 'out' | 'err'>,
  isRight: (found: T) => boolean = () => true,
): Promise<T> {
  const deadline = Date.now() + 100_000
  for (;;) {
    const found = find()
    if (found !== undefined && isRight(found)) return found
    const { exitCode, signalCode } = app.child
    if (Date.now() > deadline || exitCode !== null || signalCode !== null) {
      throw new Error(`it did not come (exit code ${exitCode})\n${app.out}\n${app.err}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export function send(
  port: number,
  method: string,
  path: string,
  body?: Buffer | string,
  headers: http.OutgoingHttpHeaders = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { port, host: '127.0.0.1', method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
        )
      },
    )
    request.on('error', reject)
    request.on('continue', () => request.end(body))
    if (headers['expect'] === undefined) request.end(body)
    else request.flushHeaders()
  })
}
