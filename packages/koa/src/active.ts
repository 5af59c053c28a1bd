import { type DebugOptions, type Exchange, fault, guard, holdThrow, Runtime } from '@throwpoint/core'
import { createDebugger, serveReport } from '@throwpoint/http'
import { exchangeOfContext, watchContext } from './application-hooks.ts'
import { answeredElsewhere, type KoaContext } from './error-path.ts'
import { findApplications } from './find-applications.ts'

export { breakpoint } from '@throwpoint/core'

/** Koa's middleware, in words both majors' types agree with. */
export type Middleware = (context: any, next: () => Promise<any>) => Promise<any>

export function debugMiddleware(options?: DebugOptions): Middleware {
  const owner = createDebugger(options)
  const { scope, recorder, arrivals } = Runtime.shared()
  if (owner.options.terminal === 'session') findApplications()

  /** A session may hold a request when it arrives. */
  function whenLetGo(exchange: Exchange, next: () => Promise<unknown>): () => Promise<unknown> {
    return () =>
      new Promise((resolve, reject) => {
        const go = (error?: { readonly thrown: unknown }): void => {
          if (error === undefined) resolve(scope.run(exchange, next))
          else reject(error.thrown as Error)
        }
        if (!arrivals.waits(exchange, go)) go()
      })
  }

  return function throwpoint(ctx: KoaContext, next: () => Promise<unknown>): Promise<unknown> {
    // Installed twice, or in an application that is mounted in this one.
    if (exchangeOfContext(ctx) !== undefined) return next()
    let exchange: Exchange | undefined
    let served = false
    try {
      served = serveReport(owner, ctx.req, ctx.res, '')
      if (served) ctx.respond = false
      else exchange = watchContext(owner, ctx)
    } catch (error) {
      fault(error)
    }
    if (served) return Promise.resolve()
    if (exchange === undefined) return next()
    const watched = exchange
    const promise = scope.run(watched, arrivals.idle ? next : whenLetGo(watched, next))
    if (owner.options.terminal === 'session') return holding(watched, ctx, promise)
    // Sees what Koa never hears of (`throw null`). The promise that is handed on is the same one.
    void promise.then(undefined, (error: unknown) => {
      guard(() => {
        recorder.note(error, watched, 'middleware', recorder.boundaryOf(watched, 'handler'))
      })
    })
    return promise
  }
}

/** In a session a rejection may wait before Koa and the middlewares in front of ours hear of it. */
function holding(exchange: Exchange, ctx: KoaContext, promise: Promise<unknown>): Promise<unknown> {
  const { recorder } = exchange.debugger.runtime
  return new Promise((resolve, reject) => {
    promise.then(resolve, (error: unknown) => {
      let waits = false
      guard(() => {
        const record = recorder.note(error, exchange, 'middleware', recorder.boundaryOf(exchange, 'handler'))
        if (record === undefined) return
        waits = holdThrow(record, exchange, 'middleware', {
          go: reject,
          pass: { can: () => true, go: () => resolve(undefined) },
          done(kind) {
            answeredElsewhere(ctx, kind)
            resolve(undefined)
          },
        })
      })
      if (!waits) reject(error as Error)
    })
  })
}
