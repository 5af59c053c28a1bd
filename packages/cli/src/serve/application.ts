import type { IncomingMessage, ServerResponse } from 'node:http'

export type Listener = (req: IncomingMessage, res: ServerResponse) => unknown

/** The parts of an Express application that tell it from others, and that are needed to put a middleware in front. */
export interface ExpressApplication extends Listener {
  readonly use: (middleware: unknown) => unknown
  readonly handle: unknown
  readonly lazyrouter?: () => void
  readonly _router?: { readonly stack: unknown[] }
  readonly router?: { readonly stack: unknown[] }
}

export interface KoaApplication {
  readonly callback: () => Listener
  readonly middleware: Array<((...args: never[]) => unknown) & { readonly name: string }>
}

/** What a module exports that can be served. */
export type Application =
  | { readonly kind: 'express'; readonly app: ExpressApplication }
  | { readonly kind: 'koa'; readonly app: KoaApplication }
  | { readonly kind: 'listener'; readonly app: Listener }

/** Where an application is looked for, in this order. */
const names = ['default', 'app', 'handler'] as const

/** A module that cannot be served; the message says what it exports and what to do. */
export class NotServable extends Error {}

/**
 * Finds the application among the exports of a module.
 *
 * @throws NotServable
 */
export async function applicationOf(exported: Readonly<Record<string, unknown>>): Promise<Application> {
  const candidates = [exported, ...inner(exported)].flatMap((holder) => names.map((name) => holder[name]))
  const found: unknown[] = []
  for (const candidate of candidates) {
    const value = await candidate
    if (value === undefined || value === null || found.includes(value)) continue
    found.push(value)
    const application = recognise(value)
    if (application !== undefined) return application
  }
  // A factory is called last: something that is an application as it stands is never called
  for (const factory of found) {
    if (typeof factory !== 'function' || /^class\b/.test(Function.prototype.toString.call(factory))) continue
    const made: unknown = await (factory as () => unknown)()
    const application = recognise(made)
    if (application !== undefined) return application
    throw new NotServable(
      `${nameOf(exported, factory)} is a function that returns ${kindOf(made)}; it must return an Express app, a Koa app or a (req, res) function`,
    )
  }
  throw new NotServable(explain(exported, found))
}

/** module.exports of a CommonJS module, and the `default` of one that was compiled from ESM. */
function inner(exported: Readonly<Record<string, unknown>>): Array<Record<string, unknown>> {
  const holders: Array<Record<string, unknown>> = []
  for (const name of ['default', 'module.exports']) {
    const value = exported[name]
    if (typeof value === 'object' && value !== null) holders.push(value as Record<string, unknown>)
  }
  return holders
}

function recognise(value: unknown): Application | undefined {
  if (isExpress(value)) return { kind: 'express', app: value }
  if (isKoa(value)) return { kind: 'koa', app: value }
  if (typeof value !== 'function' || /^class\b/.test(Function.prototype.toString.call(value)))
    return undefined
  // A factory takes nothing, or options
  return value.length >= 2 ? { kind: 'listener', app: value as Listener } : undefined
}

function isExpress(value: unknown): value is ExpressApplication {
  if (typeof value !== 'function') return false
  const app = value as unknown as Record<string, unknown>
  return typeof app['use'] === 'function' && typeof app['handle'] === 'function'
}

function isKoa(value: unknown): value is KoaApplication {
  if (typeof value !== 'object' || value === null) return false
  const app = value as Record<string, unknown>
  return typeof app['callback'] === 'function' && Array.isArray(app['middleware'])
}

function explain(exported: Readonly<Record<string, unknown>>, found: readonly unknown[]): string {
  const wanted =
    'an Express app, a Koa app or a (req, res) function as default, app, handler or module.exports'
  const server = found.find((value) => typeof (value as { listen?: unknown }).listen === 'function')
  if (server !== undefined) {
    return `it exports a server of another kind; run the module as a program if it listens itself: throwpoint FILE. To be served it must export ${wanted}`
  }
  if (found.some((value) => typeof (value as { fetch?: unknown }).fetch === 'function')) {
    return `it exports a fetch handler; to be served it must export ${wanted}`
  }
  const keys = Object.keys(exported).filter((key) => key !== 'module.exports' && key !== '__esModule')
  const has = keys.length === 0 || (keys.length === 1 && isEmpty(exported['default']))
  if (has) {
    return `it exports nothing. If it listens itself, run it: throwpoint FILE. To be served it must export ${wanted}`
  }
  return `it exports ${keys.slice(0, 8).join(', ')}${keys.length > 8 ? ', …' : ''}; it must export ${wanted}`
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function nameOf(exported: Readonly<Record<string, unknown>>, value: unknown): string {
  return Object.keys(exported).find((key) => exported[key] === value) ?? 'its export'
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  const name = (value as object).constructor?.name
  return typeof value === 'object' && name ? `a ${name}` : `a ${typeof value}`
}
