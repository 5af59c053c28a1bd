import type { Debugger } from '../debugger.ts'
import { soon } from '../later.ts'
import type { Exchange } from '../scope/exchange.ts'
import type { RequestScope } from '../scope/request-scope.ts'
import { peekStack } from '../primordials.ts'
import { guard } from './guard.ts'
import type { Recorder } from './recorder.ts'
import type { ThrowRecord } from './throw-record.ts'

/**
 * Sees what reaches the process, and changes nothing: `uncaughtExceptionMonitor` runs before Node decides, and does
 * not fire for a rejection the user listens for; for that, `process.emit` is wrapped, which Node calls dynamically
 * (https://nodejs.org/api/process.html#event-uncaughtexceptionmonitor).
 */
export class ProcessHooks {
  readonly #recorder: Recorder
  readonly #scope: RequestScope
  /** Whose surfaces show what no request started. */
  readonly #fallback: () => Debugger | undefined
  #rejected: { readonly record: ThrowRecord | undefined; readonly reason: unknown } | undefined
  #installed = false

  constructor(recorder: Recorder, scope: RequestScope, fallback: () => Debugger | undefined) {
    this.#recorder = recorder
    this.#scope = scope
    this.#fallback = fallback
  }

  install(): void {
    if (this.#installed) return
    this.#installed = true
    const hooks = this
    const emit = process.emit as (...args: unknown[]) => boolean
    process.emit = function (this: unknown, event: unknown, ...args: unknown[]): boolean {
      if (event !== 'unhandledRejection') return Reflect.apply(emit, this, [event, ...args])
      guard(() => hooks.#rejection(args[0]))
      return Reflect.apply(emit, this, [event, ...args])
    } as typeof process.emit
    process.on('uncaughtExceptionMonitor', (error: unknown, origin: string) => {
      guard(() => hooks.uncaught(error, origin))
    })
    process.on('exit', () => {
      guard(() => hooks.#recorder.settleAll(hooks.#fallback()))
    })
  }

  #rejection(reason: unknown): void {
    const exchange = this.#scope.ofRejection()
    tellFault(exchange, reason)
    const boundary = exchange === undefined ? this.#boundaryOutside() : this.#boundaryOfRejection(exchange)
    const record = this.#note(reason, exchange, 'rejection', boundary)
    const rejected = { record, reason }
    this.#rejected = rejected
    // Node throws it at once, or not at all: somebody listens, or --unhandled-rejections says so.
    soon(() => {
      if (this.#rejected === rejected) this.#rejected = undefined
    })
  }

  /** What `uncaughtExceptionMonitor` tells. */
  uncaught(error: unknown, origin: string): void {
    const exchange = this.#scope.ofUncaught()
    const dies =
      process.listenerCount('uncaughtException') === 0 && !process.hasUncaughtExceptionCaptureCallback()
    const emitting = exchange?.emitting
    if (exchange !== undefined) exchange.emitting = undefined
    tellFault(exchange, error)
    if (exchange?.consequences?.includes(error)) {
      if (dies) this.#recorder.settleAll(this.#fallback())
      return
    }
    const rejected = this.#rejected
    this.#rejected = undefined
    // Node itself fails while it reports a rejection with a hostile proxy, outside of every request.
    const ofRejection = rejected !== undefined && (origin === 'unhandledRejection' || exchange === undefined)
    const boundary =
      exchange === undefined ? this.#boundaryOutside() : boundaryOfUncaught(exchange, emitting, error)
    let record = ofRejection ? rejected.record : this.#note(error, exchange, 'uncaught', boundary)
    if (!dies) return
    if (record === undefined && exchange !== undefined) {
      record = ofRejection
        ? this.#recorder.noteFatal(
            rejected.reason,
            exchange,
            'rejection',
            this.#boundaryOfRejection(exchange),
          )
        : this.#recorder.noteFatal(error, exchange, 'uncaught', boundary)
    }
    if (record !== undefined) {
      record.crashes = true
      if (!this.#recorder.answerLast(record, 'empty-reply')) this.#recorder.notice(record)
    }
    this.#recorder.settleAll(this.#fallback())
  }

  #note(
    thrown: unknown,
    exchange: Exchange | undefined,
    sighting: 'uncaught' | 'rejection',
    boundary: ThrowRecord['boundary'],
  ): ThrowRecord | undefined {
    if (exchange !== undefined) return this.#recorder.note(thrown, exchange, sighting, boundary)
    const owner = this.#fallback()
    return owner === undefined ? undefined : this.#recorder.noteOutside(thrown, owner, sighting, boundary)
  }

  /** Before a server listens the program is starting. */
  #boundaryOutside(): ThrowRecord['boundary'] {
    if (this.#scope.hasServed) return 'background'
    const listens = process.getActiveResourcesInfo().some((name) => /Server/.test(name))
    return listens ? 'background' : 'startup'
  }

  /** A promise nobody awaits; in Express 4 the handler's own promise is one, and it leaves the request unanswered. */
  #boundaryOfRejection(exchange: Exchange): ThrowRecord['boundary'] {
    if (exchange.emitting !== undefined || exchange.answered) return 'background'
    return this.#recorder.boundaryOf(exchange, exchange.framework === 'koa' ? 'background' : 'handler')
  }
}

/** What is thrown out of the framework's answer has reached the process. */
function tellFault(exchange: Exchange | undefined, fault: unknown): void {
  const told = exchange?.answerFailed
  if (told === undefined) return
  exchange!.answerFailed = undefined
  told(fault)
}

function boundaryOfUncaught(
  { res, body }: Exchange,
  emitting: string | undefined,
  error: unknown,
): ThrowRecord['boundary'] {
  if (emitting !== undefined) return 'close'
  if (res.writableEnded) return 'background'
  // Code that writes the response by hand, from a timer or an emitter (server-sent events), is producing the body.
  if (body?.source === undefined) return res.headersSent ? 'body' : 'background'
  return leftStreams(error) ? 'body' : 'background'
}

/**
 * Whether an exception came out of Node's streams: where the response has a source, it is a transform on the way or
 * a stream further up whose 'error' nobody listens for. The stack is left unread for the application.
 */
function leftStreams(error: unknown): boolean {
  const stack = peekStack(error).value
  return typeof stack === 'string' && stack.includes('node:internal/streams/')
}
