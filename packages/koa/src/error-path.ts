import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Exchange,
  guard,
  holdThrow,
  peekStack,
  soon,
  swapAnswer,
  type ThrowRecord,
  whoListens,
} from '@throwpoint/core'

/** What Koa's context has, as far as it is read here. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly request: object
  readonly response: object
  readonly app: object
  readonly writable?: boolean
  respond?: boolean
}

/**
 * An error came to `ctx.onerror`, or nothing did: Koa calls it with null when a response is done. `isDefault` says that
 * it is Koa's own, whose answer we may swap; `finish` calls it.
 */
export function errorReachedKoa<T>(
  exchange: Exchange,
  ctx: KoaContext,
  error: unknown,
  isDefault: boolean,
  finish: () => T,
): T {
  const nothing = error === null || error === undefined
  if (exchange.inFrameworkAnswer || (nothing && exchange.records === undefined)) return finish()
  const { recorder } = exchange.debugger.runtime
  let record: ThrowRecord | undefined
  let restore: (() => void) | undefined
  guard(() => {
    record = nothing
      ? exchange.records?.find(({ thrown, kind }) => thrown === error && kind === 'exception')
      : recorder.note(error, exchange, 'framework', recorder.boundaryOf(exchange, 'handler'))
    if (record !== undefined && !nothing && isDefault && exchange.answerable && ctx.writable === true) {
      restore = swapDefaultAnswer(exchange, record)
    }
  })
  exchange.inFrameworkAnswer = true
  let returned = false
  let result: T
  try {
    result = finish()
    returned = true
  } finally {
    exchange.inFrameworkAnswer = false
    if (!returned) {
      restore?.()
      guard(() => failedToAnswer(exchange, ctx, record))
    }
  }
  guard(() => {
    restore?.()
    if (record !== undefined && isDefault) leftOpen(exchange, record, nothing)
  })
  return result
}

/** Whether an error waits before Koa answers it: one of the body, for the middlewares have finished by then. */
export function holdsBack(
  exchange: Exchange,
  ctx: KoaContext,
  error: unknown,
  go: (error: unknown) => unknown,
): boolean {
  if (error === null || error === undefined || exchange.inFrameworkAnswer) return false
  let waits = false
  guard(() => {
    const { recorder } = exchange.debugger.runtime
    const record = recorder.note(error, exchange, 'framework', recorder.boundaryOf(exchange, 'handler'))
    if (record === undefined) return
    waits = holdThrow(record, exchange, 'framework', { go, done: (kind) => answeredElsewhere(ctx, kind) })
  })
  return waits
}

/** A request that runs again has a context of its own. */
export function answeredElsewhere(ctx: KoaContext, kind: 'respond' | 'retry'): void {
  if (kind === 'retry') ctx.respond = false
}

/**
 * An error that destroyed a response which our page ended first: Koa hears of a response that is done, and would
 * neither log it nor emit it on the application.
 */
export function keptFromKoa(exchange: Exchange, error: unknown): unknown {
  if (exchange.outcome !== 'page' || (error !== null && error !== undefined)) return undefined
  const kept = exchange.records?.find(({ sightings, client }) => {
    return client === 'empty-reply' && sightings.has('destroy')
  })
  return kept?.thrown
}

/** Koa failed while it answered (a frozen error, a hostile proxy), or a listener of the application for 'error' did. */
function failedToAnswer(exchange: Exchange, ctx: KoaContext, record: ThrowRecord | undefined): void {
  const { recorder, scope } = exchange.debugger.runtime
  const crashes =
    process.listenerCount('uncaughtException') === 0 && process.listenerCount('unhandledRejection') === 0
  const client = crashes ? 'empty-reply' : 'hangs'
  const { answerable } = exchange
  scope.leaving(exchange, (fault) => {
    if (record !== undefined && (fault === record.thrown || !listenerFailed(ctx, fault))) {
      return recorder.follows(fault, record, exchange)
    }
    const second = recorder.note(fault, exchange, 'app', 'error-handler')
    if (second === undefined) return
    second.crashes = crashes
    if (answerable) second.client = client
  })
  if (record === undefined) return
  record.crashes = crashes
  recorder.answerLast(record, client)
}

/** Whether it is a listener the application added that threw, and not Koa. */
function listenerFailed(ctx: KoaContext, fault: unknown): boolean {
  const app = ctx.app as EventEmitter & { onerror?: unknown }
  if (app.listeners('error').every((listener) => listener === app.onerror)) return false
  const stack = peekStack(fault).value
  return typeof stack === 'string' && !/^.*\n\s+at .*[\\/]koa[\\/]lib[\\/]/.test(stack)
}

/** After Koa has done what it does: an answer nobody will give or finish. */
function leftOpen(exchange: Exchange, record: ThrowRecord, nothing: boolean): void {
  const { recorder } = exchange.debugger.runtime
  const { res } = exchange
  if (res.writableEnded || res.destroyed || !exchange.connected) return
  if (!res.headersSent) {
    if (nothing) recorder.answerLast(record, 'hangs')
    return
  }
  record.client ??= 'hangs'
  if (record.applicationListens) return
  if (record.sightings.has('source') && !record.callbackWaits) recorder.cut(record)
  else recorder.cutWhenSilent(record)
}

/**
 * The stream that produces the body failed. Koa >= 3.1 swallows the error of a body that was replaced
 * (`ctx.body = ctx.body.pipe(x)`): when Koa's are the only listeners and nothing came of it, nobody will answer.
 */
export function bodyFailed(
  record: ThrowRecord,
  source: EventEmitter,
  isFrameworkListener: (listener: object) => boolean,
): void {
  const listeners = source.rawListeners('error')
  const others = listeners.filter((listener) => !isFrameworkListener(listener)).map(whoListens)
  record.applicationListens = others.includes('other')
  record.callbackWaits = others.includes('callback')
  if (record.applicationListens || listeners.length === 0) return
  // Everything Koa does about an error of its body, it does before the second turn of the event loop.
  soon(() => soon(() => swallowed(record)))
}

function swallowed(record: ThrowRecord): void {
  const { exchange, sightings } = record
  if (exchange === undefined || record.shown || record.crashes) return
  if (sightings.has('framework') || sightings.has('destroy')) return
  if (exchange.answered || exchange.res.destroyed || !exchange.connected) return
  const finish = (): void => {
    const { recorder } = exchange.debugger.runtime
    if (exchange.answered || exchange.res.destroyed || !exchange.connected) return
    if (record.callbackWaits) recorder.cutWhenSilent(record)
    else if (exchange.answerable) recorder.answerLast(record, 'hangs')
    else recorder.cut(record)
  }
  if (!holdThrow(record, exchange, 'source', { go: finish })) finish()
}

function swapDefaultAnswer(exchange: Exchange, record: ThrowRecord): () => void {
  const lost = (): void => exchange.debugger.runtime.recorder.answerLost(record)
  return swapAnswer(
    exchange.res,
    () => {
      if (!exchange.debugger.options.page) return undefined
      record.client = 'error-response'
      exchange.outcome = 'page'
      const answer = exchange.debugger.answer(record)
      if (answer?.withheld !== undefined) exchange.outcome = undefined
      return answer
    },
    lost,
  )
}
