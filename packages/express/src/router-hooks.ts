import type { IncomingMessage } from 'node:http'
import Module from 'node:module'
import { escapedFalsy, exchangeOfRequest, guard, Runtime } from '@throwpoint/core'
import { errorReachedEnd, errorReachedHandler, isError } from './error-path.ts'
import { began, ended, passFromEnd, type Pass, passFromLayer, type Run } from './pass.ts'

type Handler = (...args: unknown[]) => unknown

interface Prototype {
  [name: string]: unknown
}

const hooked: unique symbol = Symbol.for('throwpoint.express.1') as never
const noRun = 'no session was open when this request came'

/**
 * Hooks the prototypes behind an application: every router's way out (`handle`, whose last argument gets what nobody
 * took) and every layer's error handler. Nothing stands between a
 * handler and Express: no frame is added to the stacks users see in their handlers, and routes added later count.
 */
export function hookApplication(app: object): void {
  guard(() => {
    const found = routerOf(app)
    if (found === undefined || found === null) return
    hookRouter(found as object)
    const stack = (found as { stack?: unknown }).stack
    if (Array.isArray(stack)) for (const layer of stack) hookLayer(layer as object)
  })
}

/** What was added to an application last. */
export function lastLayer(app: object): { name?: unknown; handle?: unknown } | undefined {
  const { stack } = (routerOf(app) ?? {}) as { stack?: unknown }
  return Array.isArray(stack) ? (stack as object[]).at(-1) : undefined
}

function routerOf(app: object): unknown {
  const { _router, router } = withoutThrowing(app)
  return _router ?? router
}

/** Reading `app.router` throws in Express 4, where `_router` is there instead. */
function withoutThrowing(app: object): { _router?: unknown; router?: unknown } {
  const { _router } = app as { _router?: unknown }
  if (_router !== undefined && _router !== null) return { _router }
  try {
    return { router: (app as { router?: unknown }).router }
  } catch {
    return {}
  }
}

/** Every copy of Express and of `router` that is loaded: sub-applications may run on another one than their parent. */
export function hookLoadedCopies(): void {
  guard(() => {
    const { _cache: cache } = Module as unknown as {
      _cache?: Record<string, { exports?: unknown } | undefined>
    }
    for (const [file, module] of Object.entries(cache ?? {})) {
      const exported = module?.exports
      if (typeof exported !== 'function') continue
      if (/[\\/](?:express[\\/]lib[\\/]router|router)[\\/]index\.js$/.test(file)) hookRouter(exported)
      else if (/[\\/](?:express[\\/]lib[\\/]router|router[\\/]lib)[\\/]layer\.js$/.test(file)) {
        hookLayerPrototype(exported.prototype as Prototype)
      }
    }
  })
}

/** A router is a function whose prototype chain holds `handle`; Express 4's exported one is that prototype itself. */
function hookRouter(router: object): void {
  const prototype =
    ownerOf(router, 'handle') ?? ownerOf((router as { prototype?: object }).prototype, 'handle')
  if (prototype === undefined) return
  const { holds } = Runtime.shared()
  replace(
    prototype,
    'handle',
    (handle) =>
      function handleWithDebugger(
        this: unknown,
        req: unknown,
        res: unknown,
        done: unknown,
        ...rest: unknown[]
      ) {
        if (typeof done !== 'function') return Reflect.apply(handle, this, [req, res, done, ...rest])
        const outermost = (req as { next?: unknown }).next === undefined
        let run: Run | undefined
        function end(this: unknown, error: unknown, ...more: unknown[]): unknown {
          if (run !== undefined) ended(run)
          const exchange = exchangeOfRequest(req as IncomingMessage)
          const finish = (reached: unknown): unknown =>
            Reflect.apply(done as Handler, this, [reached, ...more])
          if (exchange === undefined) return finish(error)
          const pass = (): Pass => (run === undefined ? noRun : passFromEnd(run))
          if (isError(error)) return errorReachedEnd(exchange, error, outermost, pass, finish)
          // What it takes for "no error" may have been thrown all the same
          const falsy = outermost && !error ? escapedFalsy(exchange) : undefined
          if (falsy === undefined) return finish(error)
          return errorReachedEnd(exchange, falsy.value, outermost, pass, (reached) =>
            finish(Object.is(reached, falsy.value) ? error : reached),
          )
        }
        if (holds.claimed) {
          const { baseUrl, next, params } = req as Run['req']
          run = {
            router: this as object,
            handle,
            req: req as object,
            res,
            end,
            baseUrl,
            next,
            params,
            outer: undefined,
          }
          began(run)
        }
        return Reflect.apply(handle, this, [req, res, end, ...rest])
      },
  )
}

function hookLayer(layer: object): void {
  hookLayerPrototype(Object.getPrototypeOf(layer) as Prototype)
}

function hookLayerPrototype(prototype: Prototype): void {
  for (const name of ['handle_error', 'handleError']) {
    replace(
      prototype,
      name,
      (handleError) =>
        function handleErrorWithDebugger(
          this: { handle?: Handler },
          error: unknown,
          req: unknown,
          ...rest: unknown[]
        ) {
          const exchange = isError(error) ? exchangeOfRequest(req as IncomingMessage) : undefined
          if (exchange === undefined) return Reflect.apply(handleError, this, [error, req, ...rest])
          const takes = this.handle?.length === 4
          return errorReachedHandler(
            exchange,
            error,
            takes,
            () => passFromLayer(req as object, this, [req, ...rest]),
            (reached) => Reflect.apply(handleError, this, [reached, req, ...rest]),
          )
        },
    )
  }
}

function ownerOf(object: object | null | undefined, name: string): Prototype | undefined {
  for (let at = object; at; at = Object.getPrototypeOf(at) as object | null) {
    if (Object.hasOwn(at, name)) return at as Prototype
  }
  return undefined
}

function replace(owner: Prototype, name: string, hook: (original: Handler) => Handler): void {
  const original = owner[name] as (Handler & { [hooked]?: true }) | undefined
  if (typeof original !== 'function' || original[hooked] === true) return
  const replacement = hook(original)
  Object.defineProperty(replacement, 'name', { value: original.name, configurable: true })
  Object.defineProperty(replacement, 'length', { value: original.length, configurable: true })
  Object.defineProperty(replacement, hooked, { value: true })
  owner[name] = replacement
}
