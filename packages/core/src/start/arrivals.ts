import net from 'node:net'
import cluster from 'node:cluster'
import type { Debugger } from '../debugger.ts'
import type { Release } from '../hold/hold.ts'
import { soon } from '../later.ts'
import { fault } from '../recorder/guard.ts'
import { ThrowRecord } from '../recorder/throw-record.ts'
import type { Exchange } from '../scope/exchange.ts'
import { RouteBreaks } from './route-breaks.ts'

/** An application whose routes can be listed. */
export interface KnownApplication {
  readonly framework: 'express' | 'koa'
  readonly application: WeakRef<object>
}

/** How a request goes on that has waited; `error` when a session threw something into it. */
export type Go = (error?: { readonly thrown: unknown }) => void

const mostApplications = 20

/** Requests as they arrive: they wait for the prompt before the first one, and at the routes somebody asked for. */
export class Arrivals {
  readonly breaks: RouteBreaks = new RouteBreaks()
  readonly #applications: KnownApplication[] = []
  /** What waits for the prompt before the first request; undefined when nothing has to. */
  #gate: Array<() => void> | undefined
  #asked = false

  applications(): readonly KnownApplication[] {
    return this.#applications
  }

  know(framework: KnownApplication['framework'], application: object): void {
    if (this.#applications.length >= mostApplications) return
    if (this.#applications.some((known) => known.application.deref() === application)) return
    this.#applications.push({ framework, application: new WeakRef(application) })
  }

  /** From now on requests wait, until the prompt that opens when a server listens is left. */
  breakOnStart(owner: Debugger): void {
    // Each worker would ask; the first one is enough.
    if (this.#gate !== undefined || this.#asked || (cluster.isWorker && cluster.worker?.id !== 1)) return
    this.#gate = []
    const arrivals = this
    const { prototype } = net.Server as unknown as { prototype: { listen: (...args: unknown[]) => unknown } }
    const { listen } = prototype
    prototype.listen = function listenLater(this: net.Server, ...args: unknown[]): unknown {
      this.once('listening', () => {
        // Other servers serve no requests.
        if (this.listenerCount('request') > 0) soon(() => arrivals.#ask(owner))
      })
      return Reflect.apply(listen, this, args)
    }
  }

  /** Nothing waits, and nothing would. */
  get idle(): boolean {
    return this.#gate === undefined && this.breaks.isEmpty
  }

  /**
   * Whether this request waits before the application sees it.
   *
   * @param go called later when it does
   */
  waits(exchange: Exchange, go: Go): boolean {
    if (this.idle) return false
    try {
      if (this.#gate !== undefined) {
        this.#gate.push(() => {
          if (!this.waits(exchange, go)) go()
        })
        this.#ask(exchange.debugger)
        return true
      }
      const { originalUrl } = exchange.req as { originalUrl?: unknown }
      const url = typeof originalUrl === 'string' ? originalUrl : (exchange.req.url ?? '')
      const met = this.breaks.match(exchange.req.method ?? '', url)
      if (met === undefined) return false
      const what = `break on route ${met.method === undefined ? '' : `${met.method} `}${met.path}`
      return hold(exchange.debugger, exchange, what, go)
    } catch (error) {
      fault(error)
      return false
    }
  }

  #ask(owner: Debugger): void {
    if (this.#asked) return
    this.#asked = true
    // Where nobody can be asked everything goes on.
    if (!hold(owner, undefined, 'before the first request', () => this.#open())) this.#open()
  }

  #open(): void {
    const waiting = this.#gate ?? []
    this.#gate = undefined
    for (const go of waiting) soon(go)
  }
}

/** @returns false when nobody is there */
function hold(owner: Debugger, exchange: Exchange | undefined, what: string, go: Go): boolean {
  const stop = new Error(what)
  stop.name = 'Breakpoint'
  // No frame of the user's is on the way yet.
  stop.stack = `Breakpoint: ${what}`
  const record = new ThrowRecord(stop, exchange, exchange === undefined ? 'startup' : 'handler', 'exception')
  // It is no exception: no report of it is printed or written.
  record.shown = true
  const goOn = (release: Release): void => {
    if (release.kind === 'throw') go({ thrown: release.error })
    else go()
  }
  const way = {
    can: (kind: string): string =>
      kind === 'respond'
        ? 'the application has not seen the request yet; "continue" lets it'
        : 'nothing has run yet; "continue" lets the request go on',
    go: goOn,
    follow: goOn,
  }
  return owner.runtime.holds.hold(record, owner, way, { reason: 'breakpoint' }) !== undefined
}
