import type { Debugger } from '../debugger.ts'
import type { HeldRequests } from '../hold/held-requests.ts'
import { holdFatal } from '../hold/hold-fatal.ts'
import { soon } from '../later.ts'
import type { Exchange } from '../scope/exchange.ts'
import type { RequestScope } from '../scope/request-scope.ts'
import { peekStack, safeGet } from '../primordials.ts'
import { guard } from './guard.ts'
import { rejectionMode, type RejectionMode } from './rejection-mode.ts'
import { rethrow } from './rethrow.ts'
import type { Recorder } from './recorder.ts'
import type { ThrowRecord } from './throw-record.ts'

/** What is known of an exception that has reached the process. */
interface Found {
  readonly error: unknown
  readonly exchange: Exchange | undefined
  /** The record of an exception Node is about to throw because nobody took the rejection. */
  readonly rejected: { readonly reason: unknown } | undefined
  readonly boundary: ThrowRecord['boundary']
  readonly record: ThrowRecord | undefined
  /** The exception it came of. */
  readonly consequenceOf: ThrowRecord | undefined
}

/** What a session has let go, and what comes by once more on its normal course. */
interface LetGo {
  readonly thrown: unknown
  readonly record: ThrowRecord
  /** The promise that was rejected, for whoever listens. */
  promise?: unknown
}

/** What Node warns of a rejection, twice, when that is all it does. */
const warning = 'UnhandledPromiseRejectionWarning'
/** Node throws it in the place of a reason that is no error. */
const wrapperCode = 'ERR_UNHANDLED_REJECTION'
const signals = new Set<unknown>(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])

/**
 * Sees what reaches the process, and changes nothing: `uncaughtExceptionMonitor` runs before Node decides, and does
 * not fire for a rejection the user listens for; for that, `process.emit` is wrapped, which Node calls dynamically
 * (https://nodejs.org/api/process.html#event-uncaughtexceptionmonitor). In a session that is also where an exception
 * waits before it takes its course: to Node an event somebody has taken is an exception that was handled.
 */
export class ProcessHooks {
  readonly #recorder: Recorder
  readonly #scope: RequestScope
  readonly #holds: HeldRequests
  /** Whose surfaces show what no request started. */
  readonly #fallback: () => Debugger | undefined
  #rejected: { readonly record: ThrowRecord | undefined; readonly reason: unknown } | undefined
  /** Worked out when it was to be held; the monitor comes next. */
  #found: Found | undefined
  /** The event `uncaughtException` that follows belongs to an exception that is held. */
  #takesNext = false
  #letGo: LetGo | undefined
  /** Node throws rejections first and tells of them then: the event that belongs to what was thrown, or is held. */
  #follows: { readonly known: LetGo; readonly taken: boolean } | undefined
  /** So many warnings come of a rejection that is held. */
  #warnings = 0
  #mode: RejectionMode | undefined
  #installed = false

  constructor(
    recorder: Recorder,
    scope: RequestScope,
    holds: HeldRequests,
    fallback: () => Debugger | undefined,
  ) {
    this.#recorder = recorder
    this.#scope = scope
    this.#holds = holds
    this.#fallback = fallback
  }

  install(): void {
    if (this.#installed) return
    this.#installed = true
    const hooks = this
    const emit = process.emit as (...args: unknown[]) => boolean
    process.emit = function (this: unknown, event: unknown, ...args: unknown[]): boolean {
      let taken = false
      guard(() => {
        taken = hooks.#takes(event, args)
      })
      if (taken) return true
      // The application is asked to end: what waits would keep its server from closing. When its listeners have run, for
      // the prompt, which ends with what waits, has one too.
      const asked = signals.has(event) && process.listenerCount(event as NodeJS.Signals) > 0
      try {
        return Reflect.apply(emit, this, [event, ...args])
      } finally {
        if (asked) guard(() => hooks.#holds.letAllGo(String(event)))
      }
    } as typeof process.emit
    process.on('uncaughtExceptionMonitor', (error: unknown, origin: string) => {
      guard(() => hooks.uncaught(error, origin))
    })
    process.on('exit', () => {
      guard(() => hooks.#recorder.settleAll(hooks.#fallback()))
    })
  }

  /** Whether an event ends here, because a session holds what it tells of. */
  #takes(event: unknown, args: unknown[]): boolean {
    if (event === 'unhandledRejection') return this.#rejection(args)
    if (event === 'uncaughtExceptionMonitor') return this.#holdUncaught(args[0], args[1])
    if (event === 'uncaughtException') {
      const taken = this.#takesNext
      this.#takesNext = false
      return taken
    }
    if (event === 'warning' && this.#warnings > 0 && (args[0] as Error | undefined)?.name === warning) {
      this.#warnings--
      return true
    }
    return false
  }

  #rejection(args: unknown[]): boolean {
    const [reason, promise] = args
    const exchange = this.#scope.ofRejection()
    const follows = this.#follows
    this.#follows = undefined
    if (follows !== undefined && Object.is(follows.known.thrown, reason)) {
      if (follows.taken) follows.known.promise = promise
      else args[1] = follows.known.promise
      return follows.taken
    }
    const known = this.#letGo
    let record: ThrowRecord | undefined
    if (known !== undefined && Object.is(known.thrown, reason)) {
      this.#letGo = undefined
      args[1] = known.promise
      record = known.record
    } else {
      tellFault(exchange, reason)
      const boundary = exchange === undefined ? this.#boundaryOutside() : this.#boundaryOfRejection(exchange)
      record = this.#note(reason, exchange, 'rejection', boundary)
      if (record !== undefined && this.#holdRejection(record, promise)) return true
    }
    const rejected = { record, reason }
    this.#rejected = rejected
    // Node throws it at once, or not at all: somebody listens, or --unhandled-rejections says so.
    soon(() => {
      if (this.#rejected === rejected) this.#rejected = undefined
    })
    return false
  }

  get #rejections(): RejectionMode {
    return (this.#mode ??= rejectionMode())
  }

  #holdRejection(record: ThrowRecord, promise: unknown): boolean {
    const mode = this.#rejections
    // What Node throws first was held there, or not at all.
    if (!this.#holds.claimed || mode === 'strict') return false
    record.crashes = mode === 'throw' && process.listenerCount('unhandledRejection') === 0 && diesOfUncaught()
    const waits = this.#holdUntilRejected({ thrown: record.thrown, record, promise })
    if (waits && mode === 'warn') {
      // It warns whoever listens, and will once more.
      this.#warnings += 2
      soon(() => (this.#warnings = 0))
    }
    return waits
  }

  /** Holds a rejection; when it is let go it is rejected once more. */
  #holdUntilRejected(held: LetGo): boolean {
    return holdFatal(held.record, 'rejection', this.#fallback(), (thrown) => {
      this.#letGo = { ...held, thrown }
      void Promise.reject(thrown as Error)
    })
  }

  /** A rejection in the mode `strict`: it is thrown, and only then told of. */
  #holdStrict(error: unknown): boolean {
    if (this.#rejections !== 'strict') return false
    const known = this.#letGo
    if (known !== undefined && Object.is(known.thrown, error)) {
      this.#letGo = undefined
      this.#passes(known)
      this.#follows = { known, taken: false }
      return false
    }
    // A reason that is no error is not known before it is told of.
    if (!this.#holds.claimed || process.hasUncaughtExceptionCaptureCallback()) return false
    if (safeGet(error, 'code').value === wrapperCode) return false
    const exchange = this.#scope.ofRejection()
    const boundary = exchange === undefined ? this.#boundaryOutside() : this.#boundaryOfRejection(exchange)
    const record = this.#note(error, exchange, 'rejection', boundary)
    if (record === undefined) return false
    record.crashes = diesOfUncaught()
    const held: LetGo = { thrown: error, record }
    const waits = this.#holdUntilRejected(held)
    if (waits) this.#follows = { known: held, taken: true }
    this.#takesNext = waits
    return waits
  }

  /** What was let go takes its course. */
  #passes({ thrown, record }: LetGo): void {
    const { exchange, boundary } = record
    this.#found = { error: thrown, exchange, boundary, record, rejected: undefined, consequenceOf: undefined }
  }

  /** @returns whether it waits; then the event `uncaughtException` that follows is taken as well */
  #holdUncaught(error: unknown, origin: unknown): boolean {
    if (origin === 'unhandledRejection') return this.#holdStrict(error)
    const known = this.#letGo
    if (known !== undefined && Object.is(known.thrown, error)) {
      this.#letGo = undefined
      this.#passes(known)
      return false
    }
    if (!this.#holds.claimed || process.hasUncaughtExceptionCaptureCallback()) return false
    const found = this.#find(error, String(origin))
    const { record } = found
    this.#found = found
    if (record === undefined || found.rejected !== undefined) return false
    record.crashes = diesOfUncaught()
    const waits = holdFatal(record, 'uncaught', this.#fallback(), (thrown) => {
      this.#letGo = { thrown, record }
      rethrow(thrown)
    })
    this.#takesNext = waits
    if (waits) this.#found = undefined
    return waits
  }

  #find(error: unknown, origin: string): Found {
    const exchange = this.#scope.ofUncaught()
    const emitting = exchange?.emitting
    if (exchange !== undefined) exchange.emitting = undefined
    tellFault(exchange, error)
    const consequenceOf = exchange === undefined ? undefined : this.#recorder.consequenceOf(error, exchange)
    if (consequenceOf !== undefined) {
      const boundary = 'background'
      return { error, exchange, rejected: undefined, boundary, record: undefined, consequenceOf }
    }
    const last = this.#rejected
    this.#rejected = undefined
    // Node itself fails while it reports a rejection with a hostile proxy, outside of every request.
    const rejected =
      last !== undefined && (origin === 'unhandledRejection' || exchange === undefined) ? last : undefined
    const boundary =
      exchange === undefined ? this.#boundaryOutside() : boundaryOfUncaught(exchange, emitting, error)
    const record =
      rejected === undefined ? this.#note(error, exchange, 'uncaught', boundary) : rejected.record
    return { error, exchange, rejected, boundary, record, consequenceOf }
  }

  /** What `uncaughtExceptionMonitor` tells. */
  uncaught(error: unknown, origin: string): void {
    const dies = diesOfUncaught()
    const before = this.#found
    this.#found = undefined
    const found = before !== undefined && Object.is(before.error, error) ? before : this.#find(error, origin)
    const { exchange, rejected, boundary, consequenceOf } = found
    if (!dies) return
    let record = found.record ?? consequenceOf
    if (record === undefined && exchange !== undefined) {
      record =
        rejected === undefined
          ? this.#recorder.noteFatal(error, exchange, 'uncaught', boundary)
          : this.#recorder.noteFatal(
              rejected.reason,
              exchange,
              'rejection',
              this.#boundaryOfRejection(exchange),
            )
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

function diesOfUncaught(): boolean {
  return process.listenerCount('uncaughtException') === 0 && !process.hasUncaughtExceptionCaptureCallback()
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
