import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { isDevelopment } from '@throwpoint/core/development'
import type { Application, ExpressApplication, KoaApplication, Listener } from './application.ts'

interface AdapterModule {
  readonly debugMiddleware: () => (...args: unknown[]) => unknown
}

/** What became of the debug middleware. */
export type Added = 'added' | 'there' | 'off'

/**
 * Puts the debug middleware in front of everything the application has, unless it has it already.
 *
 * @param module - the file the application is from: its own adapter comes first
 * @returns what to call for each request, and what became of the middleware
 */
export async function withMiddleware(
  application: Application,
  module: string,
): Promise<{ readonly listener: Listener; readonly added: Added }> {
  const { kind, app } = application
  const isOn = isDevelopment()
  if (kind === 'listener') {
    if (!isOn) return { listener: app, added: 'off' }
    const { watchListener } = await import('./plain-listener.ts')
    return { listener: watchListener(app), added: 'added' }
  }
  let added: Added = 'off'
  if (kind === 'express') {
    if (isOn) added = hasExpress(app) ? 'there' : putFirst(app, await adapter('@throwpoint/express', module))
    return { listener: app, added }
  }
  if (isOn) added = hasKoa(app) ? 'there' : unshift(app, await adapter('@throwpoint/koa', module))
  return { listener: app.callback(), added }
}

/** The adapter the project has installed, else the one that came with the command. */
async function adapter(
  name: '@throwpoint/express' | '@throwpoint/koa',
  module: string,
): Promise<AdapterModule> {
  let own: string
  try {
    own = createRequire(module).resolve(name)
  } catch {
    const bundled = name === '@throwpoint/express' ? import('@throwpoint/express') : import('@throwpoint/koa')
    return (await bundled) as unknown as AdapterModule
  }
  return (await import(pathToFileURL(own).href)) as AdapterModule
}

function hasExpress(app: ExpressApplication): boolean {
  return Symbol.for('throwpoint.express.application.1') in app
}

function hasKoa(app: KoaApplication): boolean {
  return app.middleware.some(({ name }) => name === 'throwpoint')
}

function putFirst(app: ExpressApplication, { debugMiddleware }: AdapterModule): Added {
  app.use(debugMiddleware())
  const { stack } = (app._router ?? app.router)!
  const ours = stack.pop()
  // Express 4 begins with two layers of its own, which give `req` and `res` their methods
  const own = stack.findLastIndex((layer) => /^(?:query|expressInit)$/.test((layer as { name: string }).name))
  stack.splice(own + 1, 0, ours)
  return 'added'
}

function unshift(app: KoaApplication, { debugMiddleware }: AdapterModule): Added {
  app.middleware.unshift(debugMiddleware())
  return 'added'
}
