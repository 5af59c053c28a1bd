import { errorMonitor, type EventEmitter } from 'node:events'
import {
  type Adapter,
  type Debugger,
  type Exchange,
  guard,
  type RequestDetails,
  Runtime,
  safeGet,
} from '@throwpoint/core'
import { isFrameworkListener, isProduced, setBody } from './body-hook.ts'
import { bodyFailed, errorReachedKoa, holdsBack, keptFromKoa, type KoaContext } from './error-path.ts'

/** A symbol and not a WeakMap: thousands of short-lived keys cost the garbage collector much. */
const contextKey: unique symbol = Symbol.for('throwpoint.koa.1') as never
const hookedContexts = new WeakSet<object>()
const hookedApps = new WeakSet<object>()

/** The exchange of a context: the context and not the request is marked, for Koa may run inside Express. */
export function exchangeOfContext(ctx: object): Exchange | undefined {
  return (ctx as { [contextKey]?: Exchange })[contextKey]
}

const adapter: Adapter = {
  framework: 'koa',
  details: ({ context }) => detailsOf(context as KoaContext),
  sourceFailed: (record, source) => bodyFailed(record, source, isFrameworkListener),
}

/** Starts to watch one request, and hooks the application it belongs to when it is its first. */
export function watchContext(owner: Debugger, ctx: KoaContext): Exchange {
  const exchange = owner.open(adapter, ctx.req, ctx.res, '')
  exchange.context = ctx
  ;(ctx as { [contextKey]?: Exchange })[contextKey] = exchange
  const context = Object.getPrototypeOf(ctx) as object
  if (!hookedContexts.has(context)) {
    hookedContexts.add(context)
    hookOnerror(context)
    hookRespond(context)
    hookBody(Object.getPrototypeOf(ctx.response) as object)
  }
  if (!hookedApps.has(ctx.app)) {
    hookedApps.add(ctx.app)
    owner.runtime.arrivals.know('koa', ctx.app)
    watchErrors(ctx.app)
  }
  return exchange
}

/** `app.context.onerror`: the end of every error path of Koa. */
function hookOnerror(context: object): void {
  // An `onerror` of the application's own (koa-onerror) is inherited by nobody: it stands on `app.context` itself.
  const isDefault = !Object.hasOwn(context, 'onerror')
  const original = (context as { onerror?: unknown }).onerror as (error: unknown) => unknown
  Object.defineProperty(context, 'onerror', {
    configurable: true,
    enumerable: true,
    writable: true,
    value: function onerror(this: KoaContext, error: unknown): unknown {
      const exchange = exchangeOfContext(this)
      // Koa also calls it for every answer that is done, with null.
      if (exchange === undefined || (error === null && exchange.records === undefined)) {
        return Reflect.apply(original, this, [error])
      }
      const reached = keptFromKoa(exchange, error) ?? error
      const go = (thrown: unknown): unknown =>
        errorReachedKoa(exchange, this, thrown, isDefault, () => Reflect.apply(original, this, [thrown]))
      return holdsBack(exchange, this, reached, go) ? undefined : go(reached)
    },
  })
}

/**
 * Koa's `respond()` runs behind the promise of the middleware, outside of its AsyncLocalStorage context, and what a
 * body's generator starts would belong to nobody. `ctx.respond` is the first thing it reads.
 */
function hookRespond(context: object): void {
  const { scope } = Runtime.shared()
  const inherited = (context as { respond?: unknown }).respond
  Object.defineProperty(context, 'respond', {
    configurable: true,
    enumerable: false,
    get(this: object): unknown {
      const exchange = exchangeOfContext(this)
      if (exchange !== undefined) guard(() => scope.enter(exchange))
      return inherited
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, 'respond', { value, configurable: true, enumerable: true, writable: true })
    },
  })
}

/** `ctx.body = …`: every body there ever was, replaced ones included. */
function hookBody(response: object): void {
  let owner: object | null = response
  while (owner !== null && !Object.hasOwn(owner, 'body'))
    owner = Object.getPrototypeOf(owner) as object | null
  const descriptor = owner === null ? undefined : Object.getOwnPropertyDescriptor(owner, 'body')
  const { get, set } = descriptor ?? {}
  if (get === undefined || set === undefined) return
  Object.defineProperty(response, 'body', {
    configurable: true,
    enumerable: descriptor?.enumerable ?? true,
    get,
    set(this: { ctx?: object; _body?: unknown }, value: unknown) {
      const watched = isProduced(value) || isProduced(this._body)
      const exchange = watched && this.ctx !== undefined ? exchangeOfContext(this.ctx) : undefined
      if (exchange === undefined) Reflect.apply(set, this, [value])
      else setBody(exchange, this, value, set)
    },
  })
}

/** Errors a middleware caught and emits itself: `ctx.app.emit('error', error, ctx)`. */
function watchErrors(app: object): void {
  ;(app as EventEmitter).on(errorMonitor, function onAppError(error: unknown, ctx: unknown) {
    guard(() => {
      const exchange = typeof ctx === 'object' && ctx !== null ? exchangeOfContext(ctx) : undefined
      if (exchange === undefined || exchange.inFrameworkAnswer) return
      const { recorder } = exchange.debugger.runtime
      recorder.note(error, exchange, 'app', recorder.boundaryOf(exchange, 'handler'))
    })
  })
}

function detailsOf(ctx: KoaContext): RequestDetails {
  const route = safeGet(ctx, '_matchedRoute').value
  return {
    route: typeof route === 'string' ? route : undefined,
    params: safeGet(ctx, 'params').value,
    body: safeGet(ctx.request, 'body').value,
  }
}
