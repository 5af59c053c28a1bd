import type { KnownApplication } from './arrivals.ts'
import { type MountLayer, mountPaths } from './mount-path.ts'

/** A route, as it is listed. */
export interface Route {
  readonly method: string
  readonly path: string
}

const mostRoutes = 500
const mostLevels = 10

/**
 * The routes of applications, nested routers included: best effort, for no framework has an interface for it. Runs no
 * code of the application but getters of the framework.
 */
export function routesOf(applications: readonly KnownApplication[]): readonly Route[] {
  const routes: Route[] = []
  for (const { framework, application } of applications) {
    const app = application.deref()
    if (app === undefined) continue
    try {
      if (framework === 'express') ofRouter(routerOf(app), '', routes, 0)
      else ofKoa(app as { middleware?: unknown }, routes)
    } catch {
      // Another version than those that are known: what was found is what there is.
    }
  }
  return routes
}

interface Layer extends MountLayer {
  readonly route?: { readonly path?: unknown; readonly methods?: Readonly<Record<string, unknown>> }
  readonly handle?: { readonly stack?: unknown }
  readonly name?: string
}

function routerOf(app: object): unknown {
  const { _router } = app as { _router?: unknown }
  if (_router !== undefined && _router !== null) return _router
  try {
    return (app as { router?: unknown }).router
  } catch {
    return undefined
  }
}

function ofRouter(router: unknown, prefix: string, routes: Route[], level: number): void {
  const { stack } = (router ?? {}) as { stack?: unknown }
  if (!Array.isArray(stack) || level > mostLevels) return
  for (const layer of stack as Layer[]) {
    if (routes.length >= mostRoutes) return
    const { route, handle } = layer
    if (route !== undefined) {
      const names = Object.keys(route.methods ?? {})
      // `app.all` is every method there is.
      const methods =
        names.includes('_all') || names.length > 20 ? ['ALL'] : names.map((name) => name.toUpperCase())
      for (const path of [route.path].flat()) {
        for (const method of methods) routes.push({ method, path: joined(prefix, textOf(path)) || '/' })
      }
    } else if (Array.isArray(handle?.stack)) {
      for (const mount of mountPaths(layer)) ofRouter(handle, joined(prefix, mount), routes, level + 1)
    } else if (layer.name === 'mounted_app') {
      for (const mount of mountPaths(layer)) {
        if (mount !== '') routes.push({ method: 'USE', path: joined(prefix, joined(mount, '/*')) })
      }
    }
  }
}

/** Koa has no routes; `@koa/router` hangs its router on the middleware it makes. */
function ofKoa({ middleware }: { middleware?: unknown }, routes: Route[]): void {
  if (!Array.isArray(middleware)) return
  for (const one of middleware as Array<{ readonly router?: { readonly stack?: unknown } }>) {
    const stack = one.router?.stack
    if (!Array.isArray(stack)) continue
    for (const { methods = [], path } of stack as Array<{ methods?: readonly string[]; path?: unknown }>) {
      // HEAD comes with every GET.
      for (const method of methods) {
        if (routes.length >= mostRoutes) return
        if (method !== 'HEAD') routes.push({ method, path: textOf(path) })
      }
    }
  }
}

function textOf(path: unknown): string {
  return path instanceof RegExp ? String(path) : typeof path === 'string' ? path : '/…'
}

function joined(prefix: string, path: string): string {
  const whole = `${prefix.replace(/\/$/, '')}${path.startsWith('/') || path === '' ? '' : '/'}${path}`
  return whole.replace(/(.)\/$/, '$1')
}
