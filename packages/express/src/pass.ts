import { carrierOf } from '@throwpoint/core'

type Handler = (...args: unknown[]) => unknown

interface Layer {
  readonly route?: {
    readonly methods?: Readonly<Record<string, boolean>>
    readonly stack?: readonly unknown[]
  }
  readonly handle?: { readonly stack?: readonly unknown[] }
  match?(path: string): boolean
}

interface Request {
  baseUrl?: unknown
  next?: unknown
  params?: unknown
  url?: string
  method?: string
  route?: unknown
}

/** One run of a router: what `pass` needs to go on behind the handler that failed. */
export interface Run {
  readonly router: object
  readonly handle: Handler
  readonly req: Request
  readonly res: unknown
  readonly end: Handler
  /** Of the request, as the run found them. */
  readonly baseUrl: unknown
  readonly next: unknown
  readonly params: unknown
  /** That of the router around it; the outermost begins before the middleware. */
  outer: Run | undefined
}

/** The innermost run of a request. */
const runKey: unique symbol = Symbol('throwpoint.run') as never

interface Carrier {
  [runKey]?: Run | undefined
}

export function began(run: Run): void {
  const carrier = carrierOf<Carrier>(run.req)
  run.outer = carrier[runKey]
  carrier[runKey] = run
}

export function ended(run: Run): void {
  const carrier = carrierOf<Carrier>(run.req)
  for (let at = carrier[runKey]; at !== undefined; at = at.outer) {
    if (at !== run) continue
    carrier[runKey] = run.outer
    return
  }
}

/** How `next()` would have gone on behind a handler that failed, or why that is not known. */
export type Pass = (() => void) | string

const unclear = 'it is not clear which handler comes next in this router'

/**
 * From a layer the exception has come to: Express skips routes while an exception is on its way, so those between the
 * handler and this layer still have to be asked.
 */
export function passFromLayer(req: Request, layer: object, args: readonly unknown[]): Pass {
  const run = carrierOf<Carrier>(req)[runKey]
  const { stack: ofRoute } = (req.route ?? {}) as { stack?: readonly unknown[] }
  if (ofRoute?.includes(layer) === true) {
    const { handle_request: older, handleRequest: newer } = layer as Record<string, unknown>
    const handle = older ?? newer
    return typeof handle === 'function' ? () => void Reflect.apply(handle, layer, args) : unclear
  }
  if (run === undefined) return unclear
  const at = stackOf(run.router).indexOf(layer)
  return at === -1 ? unclear : passFrom(run, at)
}

/** From the end of a router, where nobody took the exception. */
export function passFromEnd(run: Run): Pass {
  return passFrom(run, stackOf(run.router).length)
}

function passFrom(run: Run, at: number): Pass {
  const { req, baseUrl, next, params } = run
  const stack = stackOf(run.router)
  // Express makes an empty text of the base that is missing.
  if ((req.baseUrl || '') !== (baseUrl || '') && at < stack.length) {
    return 'the next handler is mounted under a path, and the routes before it were skipped'
  }
  const last = lastRun(stack, req.route)
  const skipped = stack.findIndex((layer, index) => index > last && index < at && matches(layer, req))
  if (skipped !== -1 && last === -1 && req.route !== undefined) return unclear
  const first = skipped === -1 ? at : skipped
  return () => {
    // As the run of the router found it.
    Object.assign(req, { baseUrl, next, params })
    if (first >= stack.length) return void Reflect.apply(run.end, undefined, [])
    const rest = Object.assign(Object.create(run.router) as object, { stack: stack.slice(first) })
    Reflect.apply(run.handle, rest, [req, run.res, run.end])
  }
}

/** Index of the route that ran last; -1 when none of this router did. */
function lastRun(stack: readonly object[], route: unknown): number {
  if (route === undefined) return -1
  return stack.findIndex((layer) => {
    const { route: own, handle } = layer as Layer
    return own === route || handle?.stack?.some((inner) => (inner as Layer).route === route) === true
  })
}

/** Whether a route would have run for this request. */
function matches(layer: object, { url = '/', method = 'GET' }: Request): boolean {
  const { route } = layer as Layer
  if (route === undefined) return false
  const query = url.indexOf('?')
  const path = query === -1 ? url : url.slice(0, query)
  try {
    if (!(layer as Layer).match?.(path)) return false
  } catch {
    return false
  }
  const { methods = {} } = route
  const name = method.toLowerCase()
  return methods['_all'] === true || methods[name] === true || (name === 'head' && methods['get'] === true)
}

function stackOf(router: object): readonly object[] {
  const { stack } = router as { stack?: unknown }
  return Array.isArray(stack) ? (stack as object[]) : []
}
