import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Adapter,
  type DebugOptions,
  type Exchange,
  exchangeOfRequest,
  fault,
  guard,
  readMessage,
  Runtime,
  safeGet,
} from '@throwpoint/core'
import { createDebugger, serveReport } from '@throwpoint/http'
import { type ExpressRequest, matchedRoute } from './matched-route.ts'
import { hookApplication, hookLoadedCopies, lastLayer } from './router-hooks.ts'

export { breakpoint } from '@throwpoint/core'

type Next = (error?: unknown) => void
type Request = IncomingMessage & ExpressRequest

export interface Middleware {
  (req: IncomingMessage, res: ServerResponse, next: Next): void
}

/** Says that an application has the middleware, to whoever would add it. */
const applicationMark: unique symbol = Symbol.for('throwpoint.express.application.1') as never

export function debugMiddleware(options?: DebugOptions): Middleware {
  const owner = createDebugger(options)
  const { scope, arrivals } = Runtime.shared()
  hookLoadedCopies()
  const hookedApps = new WeakSet<object>()
  /** What the messages of the application that served last inherit from; it tells one application from another. */
  let lastPrototype: object | null

  function throwpoint(req: Request, res: ServerResponse, next: Next): void {
    if (exchangeOfRequest(req) !== undefined) return next()
    let exchange: Exchange | undefined
    let served = false
    try {
      const prototype = Object.getPrototypeOf(req) as object | null
      if (prototype !== lastPrototype) {
        lastPrototype = prototype
        const { app } = req
        if (app !== undefined && !hookedApps.has(app)) hook(app)
      }
      const baseUrl = (readMessage(req, 'baseUrl') ?? '') as string
      served = serveReport(owner, req, res, baseUrl)
      if (!served) exchange = owner.open(adapter, req, res, baseUrl)
    } catch (error) {
      fault(error)
    }
    if (served) return undefined
    if (exchange === undefined) return next()
    if (!arrivals.idle && waits(exchange, next)) return undefined
    return scope.run(exchange, next)
  }

  function waits(exchange: Exchange, next: Next): boolean {
    return arrivals.waits(exchange, (error) => {
      scope.run(exchange, () => (error === undefined ? next() : next(error.thrown)))
    })
  }

  function hook(app: object): void {
    hookedApps.add(app)
    guard(() => Object.defineProperty(app, applicationMark, { value: true, configurable: true }))
    hookApplication(app)
    arrivals.know('express', app)
  }

  // To Express 4 and 5 a function with `handle` and `set` is an application to be mounted, and `emit('mount', app)`
  // hands over its parent before the first request: the only way to find it that also works when Express is bundled.
  return Object.assign(throwpoint, {
    handle: throwpoint,
    set(): void {},
    emit(event: string, app: object): boolean {
      if (event === 'mount') {
        unwrap(app, throwpoint)
        hook(app)
        hookLoadedCopies()
      }
      return true
    },
  }) as Middleware
}

/**
 * Express wraps what it takes for an application in a function that gives both messages their prototypes anew, which
 * takes a third of the memory a request costs here (0.75 kB, Node 20). Its layer is the last one at 'mount'.
 */
function unwrap(app: object, middleware: object): void {
  guard(() => {
    const layer = lastLayer(app)
    if (layer?.name !== 'mounted_app') return
    layer.handle = middleware
    layer.name = 'throwpoint'
  })
}

const adapter: Adapter = {
  framework: 'express',
  details: ({ req }) => ({ ...matchedRoute(req as Request), body: safeGet(req, 'body').value }),
}
