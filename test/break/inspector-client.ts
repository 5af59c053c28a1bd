import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import type { Socket } from 'node:net'

export interface CallFrame {
  readonly callFrameId: string
  readonly functionName: string
  readonly location: {
    readonly scriptId: string
    readonly lineNumber: number
    readonly columnNumber: number
  }
  readonly scopeChain: ReadonlyArray<{
    readonly type: string
    readonly object: { readonly objectId: string }
  }>
}

export interface Paused {
  readonly reason: string
  readonly callFrames: readonly CallFrame[]
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** A debugger at the other end of Node's inspector: a WebSocket with just what that needs (Node 20 has none). */
export class InspectorClient {
  readonly #socket: Socket
  readonly #waiting = new Map<number, (message: Message) => void>()
  readonly #pauses: Paused[] = []
  readonly #wanted: Array<(paused: Paused) => void> = []
  /** Names of the scripts by id. */
  readonly scripts = new Map<string, string>()
  /** Their source maps. */
  readonly maps = new Map<string, string>()
  #unread = Buffer.alloc(0)
  #id = 0

  private constructor(socket: Socket, head: Buffer) {
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      this.#read(chunk)
    })
    this.#read(head)
  }

  /** Connects, and enables the debugger. */
  static async connect(url: string): Promise<InspectorClient> {
    const { hostname, port, pathname } = new URL(url)
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    }
    const client = await new Promise<InspectorClient>((resolve, reject) => {
      request({ hostname, port, path: pathname, headers })
        .on('upgrade', (_, socket, head) => {
          resolve(new InspectorClient(socket as Socket, head))
        })
        .on('error', reject)
        .end()
    })
    await client.post('Debugger.enable')
    return client
  }

  async post<Result>(method: string, params: object = {}): Promise<Result> {
    this.#id += 1
    const id = this.#id
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve))
    this.#send(JSON.stringify({ id, method, params }))
    const { result, error } = await answer
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result as Result
  }

  /** The next pause, or the one there is. */
  paused(): Promise<Paused> {
    const [first] = this.#pauses.splice(0, 1)
    return first === undefined ? new Promise((resolve) => this.#wanted.push(resolve)) : Promise.resolve(first)
  }

  /** Pauses that nobody has taken. */
  get pauses(): number {
    return this.#pauses.length
  }

  /** The value of an expression in a frame, by value. */
  async evaluate(frame: CallFrame, expression: string): Promise<unknown> {
    const params = { callFrameId: frame.callFrameId, expression, returnByValue: true }
    const { result } = await this.post<{ result: { value?: unknown; description?: string } }>(
      'Debugger.evaluateOnCallFrame',
      params,
    )
    return result.value ?? result.description
  }

  /** Names of the variables of the innermost scope. */
  async variables(frame: CallFrame): Promise<string[]> {
    const { objectId } = frame.scopeChain[0]!.object
    const { result } = await this.post<{ result: Array<{ name: string }> }>('Runtime.getProperties', {
      objectId,
    })
    return result.map(({ name }) => name)
  }

  resume(): Promise<unknown> {
    return this.post('Debugger.resume')
  }

  close(): void {
    this.#socket.destroy()
  }

  #send(text: string): void {
    const payload = Buffer.from(text)
    const mask = randomBytes(4)
    const head = Buffer.alloc(8)
    head[0] = 0x81
    head[1] = 0x80 | 126
    head.writeUInt16BE(payload.length, 2)
    mask.copy(head, 4)
    for (let at = 0; at < payload.length; at += 1) payload[at]! ^= mask[at % 4]!
    this.#socket.write(Buffer.concat([head, payload]))
  }

  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk])
    for (;;) {
      const short = this.#unread.length < 2 ? 0 : this.#unread[1]! & 0x7f
      const start = short === 127 ? 10 : short === 126 ? 4 : 2
      if (this.#unread.length < start) return
      const length =
        short === 127
          ? Number(this.#unread.readBigUInt64BE(2))
          : short === 126
            ? this.#unread.readUInt16BE(2)
            : short
      if (this.#unread.length < start + length) return
      const opcode = this.#unread[0]! & 0x0f
      const text = this.#unread.subarray(start, start + length).toString()
      this.#unread = this.#unread.subarray(start + length)
      if (opcode === 1) this.#receive(JSON.parse(text) as Message)
    }
  }

  #receive(message: Message): void {
    if (message.id !== undefined) {
      this.#waiting.get(message.id)?.(message)
      this.#waiting.delete(message.id)
    } else if (message.method === 'Debugger.scriptParsed') {
      const {
        scriptId,
        url,
        sourceMapURL = '',
      } = message.params as {
        scriptId: string
        url: string
        sourceMapURL?: string
      }
      this.scripts.set(scriptId, url)
      this.maps.set(scriptId, sourceMapURL)
    } else if (message.method === 'Debugger.paused') {
      const paused = message.params as Paused
      const wanted = this.#wanted.shift()
      if (wanted === undefined) this.#pauses.push(paused)
      else wanted(paused)
    }
  }
}
