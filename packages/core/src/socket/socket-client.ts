import { lstatSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { ThrowpointError } from '../errors.ts'
import { Lines } from './lines.ts'
import {
  type Call,
  type CallType,
  type Fault,
  type Hello,
  longestLine,
  type Notice,
  protocolVersion,
  type Results,
} from './messages.ts'
import { isRunning, type ProcessFile } from './process-files.ts'
import { type Surroundings, surroundings, unsafe } from './run-directory.ts'

export interface ClientOptions {
  /** Who it is, shown to others. */
  readonly name: string
  /** It may let holds go, so that exceptions are held from here on. */
  readonly acts: boolean
  /** Milliseconds for the first answer. @default 5000 */
  readonly patienceMs?: number
  readonly notice?: (notice: Notice) => void
  /** The connection has ended; called once. */
  readonly closed?: (reason: string) => void
}

/** Why a connection ended that nobody ended. */
export const ended = 'the process has ended'

type Pending = { resolve(result: unknown): void; reject(error: Error): void }
type CallOf<T extends CallType> = Extract<Call, { type: T }>

/** The other end of a session: `throwpoint attach`. */
export class SocketClient {
  readonly hello: Hello
  readonly #socket: Socket
  readonly #pending: Map<number, Pending>
  #last = 0

  private constructor(hello: Hello, socket: Socket, pending: Map<number, Pending>) {
    this.hello = hello
    this.#socket = socket
    this.#pending = pending
  }

  /**
   * @throws ThrowpointError `TP_GONE` (nobody listens: the process has ended), `TP_NO_ANSWER` (it is stopped or busy),
   *   `TP_OTHER_VERSION`, `TP_UNSAFE_SOCKET` (others could have put it there)
   */
  static async open(
    to: Pick<ProcessFile, 'pid' | 'socket'>,
    options: ClientOptions,
    around: Surroundings = surroundings(),
  ): Promise<SocketClient> {
    const problem = unsafeSocket(to.socket, around)
    if (problem !== undefined) {
      throw new ThrowpointError('TP_UNSAFE_SOCKET', `The socket ${to.socket} is not used: ${problem}.`)
    }
    const pending = new Map<number, Pending>()
    const { socket, hello } = await introduced(to, options, pending)
    const client = new SocketClient(hello, socket, pending)
    const { version } = hello
    if (version !== protocolVersion) {
      client.close()
      throw new ThrowpointError(
        'TP_OTHER_VERSION',
        `The process ${to.pid} has another version of Throwpoint (its protocol is ${version}, ours ${protocolVersion}): ` +
          'run "npx throwpoint attach" in its project.',
      )
    }
    const { name, acts } = options
    await client.call({ type: 'hello', version: protocolVersion, name, acts })
    return client
  }

  /**
   * Asks for something.
   *
   * @param signal gives up the wait for code that runs; the answer comes all the same
   * @throws ThrowpointError with the code of the answer, or `TP_GONE`
   */
  call<T extends CallType>(call: CallOf<T>, signal?: AbortSignal): Promise<Results[T]> {
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(gone(this.hello.process.pid))
        return
      }
      this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject })
      this.#socket.write(`${JSON.stringify({ id, ...call })}\n`)
      signal?.addEventListener(
        'abort',
        () => {
          if (this.#pending.has(id)) this.call({ type: 'abort', call: id }).catch(() => {})
        },
        { once: true },
      )
    })
  }

  close(): void {
    this.#socket.end()
    this.#socket.destroySoon()
  }
}

/** Connects, and waits for the first line. */
function introduced(
  { pid, socket: path }: Pick<ProcessFile, 'pid' | 'socket'>,
  { patienceMs = 5000, notice, closed }: ClientOptions,
  pending: Map<number, Pending>,
): Promise<{ readonly socket: Socket; readonly hello: Hello }> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    const lines = new Lines(longestLine * 2)
    let known = false
    let reason: string = ended
    const timer = setTimeout(() => {
      fail(
        new ThrowpointError(
          'TP_NO_ANSWER',
          `The process ${pid} does not answer: it is busy, stopped, or stands in a debugger.`,
        ),
      )
    }, patienceMs)
    const fail = (error: Error): void => {
      clearTimeout(timer)
      socket.destroy()
      reject(error)
    }
    const take = (line: string): void => {
      const message = JSON.parse(line) as Partial<Hello> & Partial<Notice> & Answered
      if (!known) {
        if (message.hello !== 'throwpoint') throw new Error('another program listens')
        known = true
        clearTimeout(timer)
        resolve({ socket, hello: message as Hello })
      } else if (message.event !== undefined) {
        if (message.event === 'bye') ({ reason } = message as Extract<Notice, { event: 'bye' }>)
        else notice?.(message as Notice)
      } else settle(message, pending)
    }
    socket.on('data', (chunk: Buffer) => {
      try {
        if (lines.push(chunk, take)) return
      } catch {
        // Falls through: what it says cannot be understood.
      }
      reason = 'what it sends is not understood'
      socket.destroy()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (known) return
      const missing = error.code === 'ENOENT' || error.code === 'ECONNREFUSED'
      fail(missing ? gone(pid) : new ThrowpointError('TP_NO_ANSWER', `${path}: ${error.message}`))
    })
    socket.on('close', () => {
      clearTimeout(timer)
      if (!known) fail(gone(pid, reason))
      for (const { reject: refuse } of pending.values()) refuse(gone(pid, reason))
      pending.clear()
      if (known) closed?.(reason)
    })
  })
}

interface Answered {
  readonly id?: number
  readonly result?: unknown
  readonly error?: Fault
}

function settle({ id, result, error }: Answered, pending: Map<number, Pending>): void {
  const waits = id === undefined ? undefined : pending.get(id)
  if (waits === undefined) return
  pending.delete(id!)
  if (error === undefined) waits.resolve(result)
  else waits.reject(Object.assign(new Error(error.message), { code: error.code }))
}

function gone(pid: number, reason: string = ended): ThrowpointError {
  return new ThrowpointError(
    'TP_GONE',
    reason === ended
      ? `The process ${pid} is gone${isRunning(pid) ? ', or has closed its socket' : ''}.`
      : `The process ${pid} has hung up: ${reason}.`,
  )
}

function unsafeSocket(path: string, around: Surroundings): string | undefined {
  if (around.platform === 'win32') return undefined
  const directory = unsafe(dirname(path), around)
  if (directory !== undefined) return `of its directory, ${directory}`
  try {
    const { uid } = lstatSync(path)
    return uid === around.uid ? undefined : `it belongs to another user (${uid})`
  } catch {
    // It is gone: connecting says so.
    return undefined
  }
}
