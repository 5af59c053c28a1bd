import type { RequestDetails } from '@throwpoint/core'
import { safeGet } from '@throwpoint/core'

/** What Express adds to a request, as far as it is read here. */
export interface ExpressRequest {
  readonly url?: string
  readonly originalUrl?: string
  readonly baseUrl?: string
  readonly app?: object
  readonly route?: { readonly path?: unknown; readonly stack?: readonly object[] }
}

interface Layer {
  match(path: string): boolean | { readonly params?: unknown }
  readonly params?: unknown
}

type LayerClass = new (path: unknown, options: object, handle: () => void) => Layer

/**
 * The route and the parameters of a request that failed. When an error leaves a router, Express puts `req.params` and
 * `req.baseUrl` back to what they were outside of it; only `req.route` stays. So the path is matched again, by a layer
 * of the same copy of Express: a hook that remembered the parameters of every request would cost every request.
 */
export function matchedRoute(req: ExpressRequest): Pick<RequestDetails, 'route' | 'params'> {
  const params = safeGet(req, 'params').value
  const { route, baseUrl = '' } = req
  if (route?.path === undefined) return { params }
  const own = { route: `${baseUrl}${patternOf(route.path)}`, params }
  if (typeof params === 'object' && params !== null && Object.keys(params).length > 0) return own
  return matchAgain(req, route) ?? own
}

function matchAgain(
  { originalUrl = '' }: ExpressRequest,
  { path, stack }: NonNullable<ExpressRequest['route']>,
): Pick<RequestDetails, 'route' | 'params'> | undefined {
  const Layer = stack?.[0]?.constructor as LayerClass | undefined
  if (typeof Layer !== 'function') return undefined
  const layer = new Layer(path, { end: true }, () => {})
  const pathname = originalUrl.replace(/[?#].*$/s, '')
  let rest = pathname
  // What the routers around it took off is a beginning of the path, at a slash.
  for (let tries = 0; tries < 20 && rest !== ''; tries++) {
    const match = layer.match(rest)
    if (match) {
      const mounted = pathname.slice(0, pathname.length - rest.length)
      return { route: `${mounted}${patternOf(path)}`, params: match === true ? layer.params : match.params }
    }
    const slash = rest.indexOf('/', 1)
    rest = slash === -1 ? '' : rest.slice(slash)
  }
  return undefined
}

/** A string, a regular expression, or a list of both. */
function patternOf(path: unknown): string {
  if (typeof path === 'string') return path
  return Array.isArray(path) ? path.map(patternOf).join(', ') : path instanceof RegExp ? path.source : ''
}
