import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type DebugOptions,
  type Exchange,
  exchangeOf,
  guard,
  type RequestDetails,
  Runtime,
  safeGet,
} from '@throwpoint/core'
import { createDebugger, serveReport } from '@throwpoint/http'
import { hookApplication, hookLoadedCopies } from './router-hooks.ts'

export { breakpoint } from '@throwpoint/core'

type Next = (error?: unknown) => void

/** What Express adds to the request, as far as it is read here. */
interface ExpressRequest extends IncomingMessage {
  readonly baseUrl?: string
  readonly app?: object
  readonly route?: { readonly path?: unknown }
}

export interface Middleware {
  (req: IncomingMessage, res: ServerResponse, next: Next): void
}

export function debugMiddleware(options?: DebugOptions): Middleware {
  const owner = createDebugger(options)
  const { scope } = Runtime.shared()
  hookLoadedCopies()
  const hookedApps = new WeakSet<object>()

  function throwpoint(req: ExpressRequest, res: ServerResponse, next: Next): void {
    if (exchangeOf(req) !== undefined) return next()
    let exchange: Exchange | undefined
    let served = false
    guard(() => {
      const { baseUrl = '', app } = req
      if (app !== undefined && !hookedApps.has(app)) hook(app)
      served = serveReport(owner, req, res, baseUrl)
      if (served) return
      exchange = owner.open('express', req, res, baseUrl)
      exchange.details = (): RequestDetails => detailsOf(req, exchange?.params)
    })
    if (served) return undefined
    return exchange === undefined ? next() : scope.run(exchange, next)
  }

  function hook(app: object): void {
    hookedApps.add(app)
    hookApplication(app)
  }

  // To Express 4 and 5 a function with `handle` and `set` is an application to be mounted, and `emit('mount', app)`
  // hands over its parent before the first request: the only way to find it that also works when Express is bundled.
  return Object.assign(throwpoint, {
    handle: throwpoint,
    set(): void {},
    emit(event: string, app: object): boolean {
      if (event === 'mount') {
        hook(app)
        hookLoadedCopies()
      }
      return true
    },
  }) as Middleware
}

function detailsOf(req: ExpressRequest, params: unknown): RequestDetails {
  const path = req.route?.path
  return {
    route: path === undefined ? undefined : `${req.baseUrl ?? ''}${String(path)}`,
    params: params ?? safeGet(req, 'params').value,
    body: safeGet(req, 'body').value,
  }
}
