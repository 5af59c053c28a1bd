import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Reply, View } from '../../packages/core/src/session/reply.ts'

interface Message {
  readonly port?: number
  readonly held?: number
  readonly released?: number
  readonly by?: string
  readonly kind?: string
  readonly id?: number
  readonly result?: unknown
  readonly prompt?: string
}

export const view: View = { colors: false, columns: 100 }

/** An application whose exceptions are held, and the conversations about them. */
export class Shop {
  readonly #child: ChildProcess
  readonly #messages: Message[] = []
  readonly #waiting = new Set<() => void>()
  #calls = 0
  port = 0
  output = ''

  private constructor(node: string, args: readonly string[], env: Record<string, string>) {
    this.#child = fork(fileURLToPath(new URL('shop.cjs', import.meta.url)), {
      execPath: node,
      execArgv: [...args],
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        NODE_ENV: 'development',
        NO_COLOR: '1',
        THROWPOINT_CACHE: '0',
        XDG_CONFIG_HOME: '/nowhere',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child.on('message', (message: Message) => {
      this.#messages.push(message)
      for (const look of this.#waiting) look()
    })
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()))
  }

  static async start(node: string, args: readonly string[], env: Record<string, string> = {}): Promise<Shop> {
    const shop = new Shop(node, args, env)
    shop.port = (await shop.message((message) => message.port !== undefined)).port!
    return shop
  }

  /** The first message that fits, of those that came and will come. */
  message(fits: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no such message\n${this.output}`)), 100_000)
      const look = (): void => {
        const found = this.#messages.find(fits)
        if (found === undefined) return
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve(found)
      }
      this.#waiting.add(look)
      look()
    })
  }

  /** Sends an order and waits until its exception is held. */
  async order(id: number, query = ''): Promise<{ hold: number; answer: Promise<string> }> {
    const before = this.#messages.filter(({ held }) => held !== undefined).length
    const answer = fetch(`http://127.0.0.1:${this.port}/orders/${id}${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer abcdefgh12345678ijklmnop' },
      body: JSON.stringify({ card: { number: '4242424242424242', cvc: '123' }, note: 'quick' }),
    }).then(async (response) => `${response.status} ${await response.text()}`)
    const message = await this.message((one) => {
      return (
        one.held !== undefined &&
        this.#messages.filter(({ held }) => held !== undefined).length > before &&
        one.held > before
      )
    })
    return { hold: message.held!, answer }
  }

  async call<T>(hold: number, call: string, ...parts: unknown[]): Promise<{ result: T; prompt: string }> {
    const id = ++this.#calls
    this.#child.send({ id, hold, call, parts })
    const { result, prompt } = await this.message((message) => message.id === id)
    return { result: result as T, prompt: prompt! }
  }

  /** What a terminal would show of these lines. */
  async transcript(hold: number, lines: readonly string[]): Promise<string> {
    const greeting = await this.call<Reply>(hold, 'greet', view)
    let text = `${greeting.result.text}\n`
    let { prompt } = greeting
    for (const line of lines) {
      const said = await this.call<Reply>(hold, 'execute', line, view)
      text += `(${prompt}) ${line}\n${said.result.text === '' ? '' : `${said.result.text}\n`}`
      prompt = said.prompt
    }
    return text
      .replaceAll(String(this.port), '3000')

      .replaceAll(fileURLToPath(new URL('.', import.meta.url)), '/shop/')
      .replaceAll(/[\da-f]{32}/g, '<id>')
      .replaceAll(/v2\d\.\d+\.\d+/g, 'v<node>')
  }

  async execute(hold: number, line: string, how: View = view): Promise<Reply> {
    return (await this.call<Reply>(hold, 'execute', line, how)).result
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = new Promise((resolve) => this.#child.once('exit', resolve))
      this.#child.kill('SIGKILL')
      await gone
    }
  }
}
