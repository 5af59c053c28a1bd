/**
 * The entry for Node. In production this file is all that is loaded; in development it loads the rest at the first
 * `debugMiddleware()`. Bundlers cannot follow that and get `bundled.ts` and `stub.ts`: see `exports` in package.json.
 * @module
 */
import { createRequire } from 'node:module'
import type { BoundaryContext, DebugOptions } from '@throwpoint/core'
import type { Report } from '@throwpoint/protocol'
import type { Middleware } from './active.ts'

type Active = typeof import('./active.ts')
type Development = typeof import('@throwpoint/core/development')

let active: Active | undefined

/**
 * Makes the middleware. Put it first, before everything whose exceptions you want to see.
 * Outside of a development process it is a pass-through, and its options are not looked at.
 *
 * @throws TypeError (`code` is `TP_UNKNOWN_OPTION` or `TP_BAD_OPTION`) that names the option and what it takes
 * @example
 * import express from 'express'
 * import { debugMiddleware } from '@throwpoint/express'
 *
 * const app = express()
 * app.use(debugMiddleware())
 */
function debugMiddleware(options?: DebugOptions): Middleware {
  return activate(options)?.debugMiddleware(options) ?? passThrough
}

/** Stops an attached debugger at the line that calls it. Does nothing outside of a development process. */
function breakpoint(): void {
  activate()?.breakpoint()
}

function passThrough(_req: unknown, _res: unknown, next: () => void): void {
  next()
}

function activate(options?: DebugOptions): Active | undefined {
  if (process.env.NODE_ENV === 'production') return undefined
  try {
    const require = createRequire(import.meta.url)
    const { isDevelopment } = require('@throwpoint/core/development') as Development
    if (!isDevelopment(options)) return undefined
    return (active ??= require('./active.js') as Active)
  } catch (error) {
    return cannotLoad(error)
  }
}

let told = false

/** The application goes on without us. */
function cannotLoad(error: unknown): undefined {
  if (told) return
  told = true
  process.stderr.write(
    `throwpoint: cannot load its files (${error instanceof Error ? error.message : String(error)}), ` +
      'and stays out of the way. In a bundle, build with the condition "module" or "development".\n',
  )
}

Object.assign(debugMiddleware, { breakpoint, debugMiddleware, default: debugMiddleware })

// What `require('@throwpoint/express')` is to TypeScript: the function, with everything else on it.
declare namespace debugMiddleware {
  export { breakpoint, debugMiddleware, debugMiddleware as default }
  export type { BoundaryContext, DebugOptions, Middleware, Report }
}

export type { BoundaryContext, DebugOptions, Middleware, Report }
export { breakpoint, debugMiddleware, debugMiddleware as default, debugMiddleware as 'module.exports' }
