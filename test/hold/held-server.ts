import { type ChildProcess, fork } from 'node:child_process'
import http from 'node:http'
import { fileURLToPath } from 'node:url'

const node = process.env['THROWPOINT_NODE'] ?? process.execPath
const program = fileURLToPath(new URL('server.cjs', import.meta.url))

export interface HoldEvent {
  readonly event: string
  readonly number: number
  readonly [name: string]: unknown
}

export interface Answer {
  readonly status: number | undefined
  readonly text: string
  readonly reused: boolean
}

export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer
  readonly agent?: http.Agent
  readonly server?: 'plain' | 'limited' | 'hurried' | 'idle'
  readonly signal?: AbortSignal
}

type Waiter = { readonly fits: (event: HoldEvent) => boolean; readonly resolve: (event: HoldEvent) => void }

/** `server.cjs` in a process of its own. */
export class HeldServer {
  readonly child: ChildProcess
  ports: Readonly<Record<string, number>> = {}
  /** What nobody has waited for yet. */
  readonly events: HoldEvent[] = []
  readonly exited: Promise<number | null>
  readonly #waiters: Waiter[] = []
  readonly #calls = new Map<number, (result: unknown) => void>()
  #count = 0
  /** Its stderr. */
  said = ''

  private constructor(alias: string, ready: () => void) {
    const env: NodeJS.ProcessEnv = { ...process.env }
    delete env['NODE_OPTIONS']
    this.child = fork(program, [alias], {
      env,
      execPath: node,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.said += text))
    this.exited = new Promise((resolve) => this.child.on('exit', resolve))
    this.child.on('message', (message: { ports?: {}; id?: number; result?: unknown } & HoldEvent) => {
      if (message.ports !== undefined) {
        this.ports = message.ports
        ready()
      } else if (message.id !== undefined) this.#calls.get(message.id)?.(message.result)
      else this.#happened(message)
    })
  }

  static async start(alias: string): Promise<HeldServer> {
    let server!: HeldServer
    await new Promise<void>((resolve, reject) => {
      server = new HeldServer(alias, resolve)
      void server.exited.then((code) => reject(new Error(`the server ended with ${code}: ${server.said}`)))
    })
    return server
  }

  stop(): void {
    this.child.kill('SIGKILL')
  }

  /** Nobody waits any more, and what came is forgotten. */
  forget(): void {
    this.events.length = 0
    this.#waiters.length = 0
  }

  #happened(event: HoldEvent): void {
    const at = this.#waiters.findIndex(({ fits }) => fits(event))
    if (at === -1) this.events.push(event)
    else this.#waiters.splice(at, 1)[0]!.resolve(event)
  }

  /** The next event of this name, which may have come already. */
  next(name: string): Promise<HoldEvent> {
    const fits = ({ event }: HoldEvent): boolean => event === name
    const at = this.events.findIndex(fits)
    if (at !== -1) return Promise.resolve(this.events.splice(at, 1)[0]!)
    return new Promise((resolve) => this.#waiters.push({ fits, resolve }))
  }

  call(name: string, ...parts: unknown[]): Promise<unknown> {
    const id = ++this.#count
    this.child.send({ id, call: name, parts })
    return new Promise((resolve) => this.#calls.set(id, resolve))
  }

  release({ number }: HoldEvent, kind: string, more: object = {}): Promise<unknown> {
    return this.call('release', number, { kind, ...more })
  }

  /** Asks; an answer that does not come whole is an error. */
  ask(path: string, asking: Asking = {}): Promise<Answer> {
    const { method = 'GET', headers = {}, body, agent = false, server = 'plain', signal } = asking
    const length = body === undefined ? {} : { 'content-length': String(body.byteLength) }
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          port: this.ports[server],
          host: '127.0.0.1',
          path,
          method,
          agent,
          headers: { ...headers, ...length },
          signal,
        },
        (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (data: string) => (text += data))
          response.on('error', reject)
          response.on('end', () =>
            resolve({ status: response.statusCode, text, reused: request.reusedSocket }),
          )
        },
      )
      request.on('error', reject)
      request.end(body)
    })
  }
}
