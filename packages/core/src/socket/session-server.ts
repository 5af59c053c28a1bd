import { createServer, type Server, type Socket } from 'node:net'
import type { Hold, Holds } from '../hold/hold.ts'
import { cancel, later } from '../later.ts'
import { guard } from '../recorder/guard.ts'
import type { Conversation, Reply, View } from '../session/reply.ts'
import { CallFault, ClientConnection, type Desk } from './client-connection.ts'
import { holdLine } from './hold-line.ts'
import {
  type Call,
  type Hello,
  type HoldLine,
  type Notice,
  type ProcessInfo,
  protocolVersion,
} from './messages.ts'

/** Clients at the same time. */
const mostClients = 32

/**
 * Milliseconds for which the last client that went may come back before what is held goes on: a script that runs one
 * command after the other is such a client each time.
 */
export const graceMs = 30_000

/** Milliseconds a hold has at least after each command. */
const activeMs = 5 * 60_000
const clock = performance.now.bind(performance)

/** What the server needs of the process it is in. */
export interface Host {
  readonly info: ProcessInfo
  readonly holds: Holds
  /** @param by who asks, as it is shown to others */
  converse(hold: Hold, by: string): Promise<Conversation>
  requests(view: View): Reply | Promise<Reply>
}

/** The holds of this process for clients on a Unix socket. Keeps no process alive, and nothing it is sent harms it. */
export class SessionServer implements Desk {
  readonly #host: Host
  readonly #server: Server
  readonly #clients = new Set<ClientConnection>()
  readonly #unwatch: () => void
  /** Says that somebody is there, until a while after the last one went. */
  #claim: (() => void) | undefined
  #grace: NodeJS.Timeout | undefined

  readonly #graceMs: number

  constructor(host: Host, patience: number = graceMs) {
    this.#host = host
    this.#graceMs = patience
    this.#server = createServer((socket) => guard(() => this.#accept(socket)))
    this.#server.unref()
    const tell = (event: 'held' | 'counted' | 'clientLeft') => (hold: Hold) =>
      this.#tell((client) => ({ event, hold: this.#line(hold, client) }))
    this.#unwatch = host.holds.watch({
      held: tell('held'),
      counted: tell('counted'),
      clientLeft: tell('clientLeft'),
      released: (hold, by) => {
        const how = hold.released?.kind ?? 'continue'
        this.#tell((client) => ({ event: 'released', hold: this.#line(hold, client), by, how }))
        for (const client of this.#clients) client.forget(hold.number)
      },
    })
  }

  /** @throws what `listen` throws, and tells `failed` what comes later */
  listen(path: string, listening: () => void, failed: (error: Error) => void): void {
    this.#server.on('error', failed)
    // In a worker of a cluster the primary would listen, and share the socket among all of them.
    this.#server.listen({ path, exclusive: true }, listening)
  }

  close(): void {
    this.#unwatch()
    cancel(this.#grace)
    this.#letGo()
    for (const client of this.#clients) client.drop('the process ends')
    this.#server.close()
  }

  /** How many are connected. */
  get clients(): number {
    return this.#clients.size
  }

  // Desk

  greet(client: ClientConnection, number: number): Promise<Conversation> {
    return this.#host.converse(this.#hold(number), client.name)
  }

  holds(client: ClientConnection): readonly HoldLine[] {
    return this.#host.holds.list().map((hold) => this.#line(hold, client))
  }

  hold(client: ClientConnection, number: number): HoldLine {
    return this.#line(this.#hold(number), client)
  }

  active(number: number): number | null {
    const hold = this.#host.holds.get(number)
    if (hold?.deadline === undefined) return null
    const left = hold.deadline - clock()
    if (left < activeMs) hold.extend(activeMs - left)
    return Math.round(hold.deadline - clock())
  }

  requests({ view }: Extract<Call, { type: 'requests' }>): Reply | Promise<Reply> {
    return this.#host.requests(view)
  }

  arrived(client: ClientConnection): void {
    if (!client.acts) return
    cancel(this.#grace)
    this.#claim ??= this.#host.holds.claim('client')
  }

  gone(client: ClientConnection): void {
    this.#clients.delete(client)
    if (this.#claim === undefined || [...this.#clients].some((other) => other.acts)) return
    cancel(this.#grace)
    this.#grace = later(this.#graceMs, () => this.#letGo())
  }

  #letGo(): void {
    const claim = this.#claim
    this.#claim = undefined
    claim?.()
  }

  #hold(number: number): Hold {
    const { holds } = this.#host
    const hold = holds.get(number)
    if (hold !== undefined && hold.released === undefined) return hold
    const waiting = holds.list().map((one) => one.number)
    throw new CallFault(
      'TP_NO_HOLD',
      `No request waits under the number ${number}: ` +
        (waiting.length === 0 ? 'none waits at all.' : `there are ${waiting.join(', ')}.`),
    )
  }

  #line(hold: Hold, asks: ClientConnection): HoldLine {
    let others = 0
    for (const client of this.#clients) if (client !== asks && client.looksAt(hold.number)) others += 1
    return holdLine(hold, others)
  }

  #accept(socket: Socket): void {
    const client = new ClientConnection(socket, this)
    if (this.#clients.size >= mostClients) return client.drop(`${mostClients} clients are connected already`)
    this.#clients.add(client)
    const { info } = this.#host
    const hello: Hello = {
      hello: 'throwpoint',
      version: protocolVersion,
      process: info,
      holds: this.holds(client),
      graceMs: this.#graceMs,
    }
    client.send(hello)
  }

  #tell(notice: (client: ClientConnection) => Notice): void {
    for (const client of this.#clients) guard(() => client.notice(notice(client)))
  }
}
