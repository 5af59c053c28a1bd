import type { Socket } from 'node:net'
import { cancel, later } from '../later.ts'
import { guard } from '../recorder/guard.ts'
import type { Conversation } from '../session/reply.ts'
import { Lines } from './lines.ts'
import {
  type Call,
  type Fault,
  longestLine,
  type Notice,
  parseCall,
  protocolVersion,
  type Results,
} from './messages.ts'

/** Bytes that wait for a client that does not read, before it is dropped. */
const backlog = 8 * 1024 * 1024
/** Calls of one client that are under way at the same time. */
const mostCalls = 64
/** Milliseconds a client has for its first line. */
const patience = 10_000

const givenUp = 'Given up before it began.'

/** What the server does for its clients. */
export interface Desk {
  greet(client: ClientConnection, hold: number): Promise<Conversation>
  holds(client: ClientConnection): Results['holds']
  hold(client: ClientConnection, number: number): Results['greet']['hold']
  /** Somebody is at work on a hold. @returns milliseconds it has left; null: it waits until somebody acts */
  active(hold: number): number | null
  requests(call: Extract<Call, { type: 'requests' }>): Results['requests'] | Promise<Results['requests']>
  /** It has said who it is. */
  arrived(client: ClientConnection): void
  gone(client: ClientConnection): void
}

/** What a call could not do. */
export class CallFault extends Error {
  readonly fault: Fault

  constructor(code: string, message: string) {
    super(message)
    this.fault = { code, message }
  }
}

/** One client: its calls, and the conversations it has. */
export class ClientConnection {
  readonly #socket: Socket
  readonly #desk: Desk
  readonly #lines = new Lines(longestLine)
  readonly #conversations = new Map<number, Promise<Conversation>>()
  /** Lines of one conversation are executed one after the other. */
  readonly #turns = new Map<number, Promise<unknown>>()
  readonly #running = new Map<number, AbortController>()
  readonly #hurry: NodeJS.Timeout
  #greeted = false
  #closed = false
  #acts = false
  #name = 'a client'

  constructor(socket: Socket, desk: Desk) {
    this.#socket = socket
    this.#desk = desk
    this.#hurry = later(patience, () => this.drop('no "hello" came'))
    socket.unref()
    socket.on('data', (chunk: Buffer) => guard(() => this.#read(chunk)))
    // 'close' follows.
    socket.on('error', () => {})
    socket.on('end', () => socket.end())
    socket.on('close', () => guard(() => this.#close()))
  }

  /** Who it is, shown to the others. */
  get name(): string {
    return this.#name
  }

  /** Whether it has said who it is: before that it is told nothing. */
  get greeted(): boolean {
    return this.#greeted
  }

  /** Whether it may act on what is held: somebody is there. */
  get acts(): boolean {
    return this.#acts
  }

  looksAt(hold: number): boolean {
    return this.#conversations.has(hold)
  }

  /** The hold is gone, and with it what a conversation keeps alive. */
  forget(hold: number): void {
    this.#conversations.delete(hold)
    this.#turns.delete(hold)
  }

  send(message: object): void {
    if (this.#closed || this.#socket.destroyed) return
    let line = JSON.stringify(message)
    if (Buffer.byteLength(line) >= longestLine) {
      const { id } = message as { id?: unknown }
      if (typeof id !== 'number') return
      line = JSON.stringify({
        id,
        error: {
          code: 'TP_TOO_LONG',
          message: 'The answer is longer than a line may be; ask for less of it.',
        },
      })
    }
    this.#socket.write(`${line}\n`)
    // It does not read: a server must not keep its answers for ever.
    if (this.#socket.writableLength > backlog) this.#socket.destroy()
  }

  notice(notice: Notice): void {
    if (this.#greeted) this.send(notice)
  }

  drop(reason: string): void {
    this.send({ event: 'bye', reason } satisfies Notice)
    this.#socket.end()
    this.#socket.destroySoon()
  }

  #read(chunk: Buffer): void {
    if (this.#closed) return
    if (!this.#lines.push(chunk, (line) => this.#take(line))) {
      this.#fail(null, { code: 'TP_BAD_CALL', message: `A line is longer than ${longestLine} bytes.` })
      this.drop('a line was too long')
    }
  }

  #take(line: string): void {
    if (this.#closed) return
    const parsed = parseCall(line)
    if ('problem' in parsed) {
      return this.#fail(parsed.id, { code: 'TP_BAD_CALL', message: `Not understood: ${parsed.problem}.` })
    }
    const { id, call } = parsed
    if (!this.#greeted && call.type !== 'hello') {
      return this.#fail(id, { code: 'TP_BAD_CALL', message: 'The first call is "hello".' })
    }
    if (this.#running.has(id)) {
      return this.#fail(id, { code: 'TP_BAD_CALL', message: `The call ${id} is still under way.` })
    }
    if (this.#running.size >= mostCalls && call.type !== 'abort') {
      return this.#fail(id, {
        code: 'TP_BUSY',
        message: `${mostCalls} calls are under way; wait for an answer.`,
      })
    }
    const controller = new AbortController()
    this.#running.set(id, controller)
    void this.#perform(call, controller.signal).then(
      (result) => this.#finish(id, { id, result }),
      (error: unknown) => this.#finish(id, { id, error: faultOf(error) }),
    )
  }

  #finish(id: number, answer: object): void {
    this.#running.delete(id)
    guard(() => this.send(answer))
  }

  #fail(id: number | null, error: Fault): void {
    this.send({ id, error })
  }

  async #perform(call: Call, signal: AbortSignal): Promise<Results[Call['type']]> {
    switch (call.type) {
      case 'hello':
        return this.#hello(call)
      case 'holds':
        return this.#desk.holds(this)
      case 'requests':
        return this.#desk.requests(call)
      case 'abort': {
        const other = this.#running.get(call.call)
        if (other === undefined || other.signal === signal) return false
        other.abort()
        return true
      }
      case 'greet': {
        const conversation = await this.#conversation(call.hold)
        const hold = this.#desk.hold(this, call.hold)
        return { reply: conversation.greet(call.view), prompt: conversation.prompt, hold }
      }
      case 'complete':
        return (await this.#conversation(call.hold)).complete(call.line)
      case 'isComplete':
        return (await this.#conversation(call.hold)).isComplete(call.line)
      case 'execute':
        return this.#execute(call, signal)
    }
  }

  #hello({ version, name, acts }: Extract<Call, { type: 'hello' }>): null {
    if (version !== protocolVersion) {
      throw new CallFault(
        'TP_OTHER_VERSION',
        `This process speaks version ${protocolVersion} of the protocol and you speak ${version}: ` +
          'run the throwpoint that is installed with the application (npx throwpoint attach).',
      )
    }
    cancel(this.#hurry)
    this.#greeted = true
    this.#name = name
    this.#acts = acts
    this.#desk.arrived(this)
    return null
  }

  async #execute(
    { hold, line, view }: Extract<Call, { type: 'execute' }>,
    signal: AbortSignal,
  ): Promise<Results['execute']> {
    const conversation = await this.#conversation(hold)
    const turn = (this.#turns.get(hold) ?? Promise.resolve()).then(() => {
      return signal.aborted
        ? { text: givenUp, data: null, error: { code: 'TP_ABORTED', message: givenUp } }
        : conversation.execute(line, view, signal)
    })
    this.#turns.set(
      hold,
      turn.catch(() => {}),
    )
    const reply = await turn
    return { reply, prompt: conversation.prompt, left: this.#desk.active(hold) }
  }

  #conversation(hold: number): Promise<Conversation> {
    const known = this.#conversations.get(hold)
    if (known !== undefined) return known
    const made = this.#desk.greet(this, hold)
    this.#conversations.set(hold, made)
    made.catch(() => this.#conversations.delete(hold))
    return made
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    cancel(this.#hurry)
    for (const controller of this.#running.values()) controller.abort()
    this.#conversations.clear()
    this.#turns.clear()
    this.#desk.gone(this)
  }
}

function faultOf(error: unknown): Fault {
  if (error instanceof CallFault) return error.fault
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  return {
    code: typeof code === 'string' ? code : 'TP_FAULT',
    message: typeof message === 'string' ? message : 'It could not be done.',
  }
}
