import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { fileURLToPath } from 'node:url'

export interface Request {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Everything a client sees of one answer. */
export interface Seen {
  readonly status: number | undefined
  readonly headers: readonly string[]
  readonly body: string
  /** `whole`, `cut`, or the code of the socket error. */
  readonly end: string
}

interface State {
  readonly log: readonly string[]
  readonly globals: number
  readonly uncaught: number
}

/** One of the twins, running. */
export class Program {
  readonly reports: Array<{ boundary: string; url: string | undefined }> = []
  readonly #child: ChildProcess
  #port = 0
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 })

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (message: { report?: { boundary: string; url: string | undefined } }) => {
      if (message.report !== undefined) this.reports.push(message.report)
    })
  }

  static async start(file: string, alias: string, mode: 'with' | 'without'): Promise<Program> {
    const program = new Program(
      fork(fileURLToPath(new URL(file, import.meta.url)), [alias, mode], {
        execPath: process.env['THROWPOINT_NODE'] ?? process.execPath,
        execArgv: [],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      }),
    )
    const [message] = (await once(program.#child, 'message')) as [{ port: number }]
    program.#port = message.port
    return program
  }

  /** What happened inside since the last call. */
  async state(): Promise<State> {
    // Events that follow an answer ('close' of both sides) are told by then.
    await new Promise((resolve) => setTimeout(resolve, 50))
    return new Promise((resolve) => {
      const listen = (message: Partial<State>): void => {
        if (message.log === undefined) return
        this.#child.off('message', listen)
        resolve(message as State)
      }
      this.#child.on('message', listen)
      this.#child.send('log')
    })
  }

  send({ method, path, headers, body }: Request, id: string): Promise<Seen> {
    return new Promise((resolve) => {
      const request = http.request({
        port: this.#port,
        host: '127.0.0.1',
        method,
        path,
        headers: { ...headers, 'x-id': id },
        agent: this.#agent,
        timeout: 100_000,
      })
      let seen: Seen = { status: undefined, headers: [], body: '', end: 'none' }
      request.on('timeout', () => request.destroy(new Error('hangs')))
      request.on('error', (error: NodeJS.ErrnoException) => {
        resolve({ ...seen, end: seen.status === undefined ? (error.code ?? error.message) : 'cut' })
      })
      request.on('response', (response) => {
        const chunks: Buffer[] = []
        const finish = (end: string): void => {
          seen = {
            status: response.statusCode,
            headers: pairs(response),
            body: Buffer.concat(chunks).toString('latin1'),
            end,
          }
          resolve(seen)
        }
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', () => finish('cut'))
        response.on('end', () => finish(response.complete ? 'whole' : 'cut'))
      })
      request.end(body)
    })
  }

  stop(): void {
    this.#agent.destroy()
    this.#child.kill('SIGKILL')
  }
}

function pairs({ rawHeaders }: http.IncomingMessage): string[] {
  const lines: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index] !== 'Date') lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`)
  }
  return lines
}
