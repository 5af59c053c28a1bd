import { AsyncLocalStorage } from 'node:async_hooks'
import { exchangeKey, type Exchange } from './exchange.ts'

/**
 * Ties code that runs later (timers, emitters, promises nobody awaits) to the request that started it.
 * One per process.
 */
export class RequestScope {
  readonly #storage = new AsyncLocalStorage<Exchange>()
  /** The exchange whose `req` listeners an exception is leaving right now; see `req.emit` below. */
  #unwinding: Exchange | undefined
  /** A value that leaves a promise which was made outside of every context. */
  #leaving: { readonly thrown: unknown; readonly exchange: Exchange } | undefined

  run<T>(exchange: Exchange, callback: () => T): T {
    return this.#storage.run(exchange, callback)
  }

  /** For the rest of the current microtask; for code that a framework calls outside of `run`. */
  enter(exchange: Exchange): void {
    this.#storage.enterWith(exchange)
  }

  /** The exchange the running code belongs to. */
  current(): Exchange | undefined {
    return this.#storage.getStore()
  }

  /** As `current`, while an uncaught exception is being reported: the stack has unwound by then. */
  ofUncaught(): Exchange | undefined {
    const unwinding = this.#unwinding
    this.#unwinding = undefined
    return unwinding ?? this.#storage.getStore()
  }

  /** A framework is about to reject with this value, in a promise of its own that belongs to no request. */
  leaving(thrown: unknown, exchange: Exchange): void {
    const leaving = { thrown, exchange }
    this.#leaving = leaving
    // Node reports a rejection before the next turn of the event loop.
    setImmediate(() => {
      if (this.#leaving === leaving) this.#leaving = undefined
    }).unref()
  }

  /** As `current`, while an unhandled rejection is being reported. */
  ofRejection(reason: unknown): Exchange | undefined {
    const leaving = this.#leaving
    if (leaving !== undefined && leaving.thrown === reason) return leaving.exchange
    return this.#storage.getStore()
  }

  /**
   * Runs listeners of a response in the context of its request: a client that goes away closes it from the socket,
   * where there is none.
   */
  emit(exchange: Exchange, emit: (...args: unknown[]) => unknown, res: unknown, args: unknown[]): unknown {
    if (this.#storage.getStore() === exchange) return Reflect.apply(emit, res, args)
    let returned = false
    try {
      const result = this.#storage.run(exchange, () => Reflect.apply(emit, res, args))
      returned = true
      return result
    } finally {
      if (!returned) this.#unwinding = exchange
    }
  }

  /**
   * Gives `req` an own `emit`. Node emits 'end' and 'close' of a request from the parser, outside of every
   * AsyncLocalStorage context, so an exception in a hand-written body parser would belong to nobody. The form is
   * `finally` and not `catch`: a rethrow would move the source line Node prints at a crash into this file.
   */
  watchRequest(exchange: Exchange): void {
    const scope = this
    const { req } = exchange
    const emit = req.emit
    req.emit = function (this: unknown, event: string | symbol, ...args: unknown[]) {
      if (event !== 'end' && event !== 'close') return Reflect.apply(emit, this, [event, ...args])
      let returned = false
      const outer = exchange.emitting
      try {
        const result = scope.#storage.run(exchange, () => Reflect.apply(emit, this, [event, ...args]))
        returned = true
        return result
      } finally {
        exchange.emitting = outer
        if (!returned) scope.#unwinding = exchange
      }
    } as typeof req.emit
  }
}

/** Marks both messages, so that hooks which are handed only one of them find the exchange. */
export function attach(exchange: Exchange): void {
  const { req, res } = exchange as { req: { [exchangeKey]?: Exchange }; res: { [exchangeKey]?: Exchange } }
  req[exchangeKey] = exchange
  res[exchangeKey] = exchange
}
