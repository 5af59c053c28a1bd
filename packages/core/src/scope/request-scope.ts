import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { soon } from '../later.ts'
import { clientHasGone, tellOfAbort } from '../recorder/client-abort.ts'
import { fault } from '../recorder/guard.ts'
import type { Exchange } from './exchange.ts'
import { type Hook, hookMethods, type Method } from './hook-methods.ts'
import { exchangeOfRequest, exchangeOfResponse } from './mark.ts'

/**
 * Ties code that runs later (timers, emitters, promises nobody awaits) to the request that started it.
 * One per process.
 */
export class RequestScope {
  readonly #storage = new AsyncLocalStorage<Exchange>()
  /** The exchange whose `req` listeners an exception is leaving right now; see `emit` below. */
  #unwinding: Exchange | undefined
  /** The exchange whose framework is failing to answer right now. */
  #leaving: Exchange | undefined

  /** A request has come. */
  hasServed = false

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

  /** The exchange of a request; most that ask run in its context, which is the shortest way to it. */
  ofRequest(req: IncomingMessage): Exchange | undefined {
    const current = this.#storage.getStore()
    return current?.req === req ? current : exchangeOfRequest(req)
  }

  /** As `ofRequest`, of a response. */
  ofResponse(res: ServerResponse): Exchange | undefined {
    const current = this.#storage.getStore()
    return current?.res === res ? current : exchangeOfResponse(res)
  }

  /** As `current`, while an uncaught exception is being reported: the stack has unwound by then. */
  ofUncaught(): Exchange | undefined {
    const unwinding = this.#unwinding
    this.#unwinding = undefined
    return unwinding ?? this.#storage.getStore()
  }

  /**
   * Something thrown leaves the framework's answer, in a promise of its own that belongs to no request, or on the
   * stack. It reaches the process before the next turn of the event loop, or never.
   */
  leaving(exchange: Exchange, told: (fault: unknown) => void): void {
    exchange.answerFailed = told
    this.#leaving = exchange
    soon(() => {
      if (this.#leaving === exchange) this.#leaving = undefined
      if (exchange.answerFailed === told) exchange.answerFailed = undefined
    })
  }

  /** As `current`, while an unhandled rejection is being reported. */
  ofRejection(): Exchange | undefined {
    return this.#storage.getStore() ?? this.#leaving
  }

  /**
   * Runs code of a request in its context. The form is `finally` and not `catch`: a rethrow would move the source line
   * Node prints at a crash into this file.
   */
  call(exchange: Exchange, method: Method, self: unknown, args: readonly unknown[]): unknown {
    if (this.#storage.getStore() === exchange) return Reflect.apply(method, self, args)
    let returned = false
    try {
      const result = this.#storage.run(exchange, Reflect.apply as Method, method, self, args)
      returned = true
      return result
    } finally {
      if (!returned) this.#unwinding = exchange
    }
  }

  /**
   * Runs listeners of a request or its response in its context. Node emits 'end', 'close' and 'aborted' of a request
   * from the parser, and a client that goes away closes the response from the socket, where there is none: an exception
   * in a hand-written body parser would belong to nobody.
   */
  emit(exchange: Exchange, emit: Method, message: object, event: string): unknown {
    const mayTell = (event === 'close' || event === 'aborted') && !exchange.finished
    if (!mayTell || !clientHasGone(exchange)) return this.call(exchange, emit, message, [event])
    return tellOfAbort(exchange, () => this.call(exchange, emit, message, [event]))
  }

  /** Gives the listeners of 'end', 'close' and 'aborted' of requests, of the class this one is of, their context. */
  watchRequests(req: IncomingMessage): void {
    this.hasServed = true
    hookMethods(req, '_read', this.#hooksOfRequests)
  }

  readonly #hooksOfRequests = (): Record<string, Hook> => {
    const scope = this
    return {
      emit: (original) =>
        function emit(this: IncomingMessage, event: unknown) {
          // Node gives these no value; `arguments` that are handed to nobody else are never made.
          const isWatched =
            (event === 'end' || event === 'close' || event === 'aborted') && arguments.length === 1
          const exchange = isWatched ? found(scope, this) : undefined
          if (exchange === undefined) return Reflect.apply(original(), this, arguments)
          const outer = exchange.emitting
          try {
            return scope.emit(exchange, original(), this, event as string)
          } finally {
            exchange.emitting = outer
          }
        },
    }
  }
}

function found(scope: RequestScope, req: IncomingMessage): Exchange | undefined {
  try {
    return scope.ofRequest(req)
  } catch (error) {
    fault(error)
    return undefined
  }
}
