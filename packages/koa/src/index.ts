/** Throwpoint for Koa 2 and 3. @module */
import type { BoundaryContext, DebugOptions } from '@throwpoint/core'
import type { Report } from '@throwpoint/protocol'
// @ts-expect-error -- plain JavaScript; its types are the ones below
import entry from '../cjs/index.cjs'
import type { Middleware } from './active.ts'

export type { BoundaryContext, DebugOptions, Middleware, Report }

/**
 * Makes the middleware. Put it first, before everything whose exceptions you want to see.
 * Outside of a development process it is a pass-through, and its options are not looked at.
 *
 * @throws TypeError (`code` is `TP_UNKNOWN_OPTION` or `TP_BAD_OPTION`) that names the option and what it takes
 * @example
 * import Koa from 'koa'
 * import { debugMiddleware } from '@throwpoint/koa'
 *
 * const app = new Koa()
 * app.use(debugMiddleware())
 */
export function debugMiddleware(options?: DebugOptions): Middleware {
  const middleware = entry.debugMiddleware(options)
  breakpoint = entry.breakpoint
  return middleware
}

/**
 * Stops an attached debugger at this call: the next frame is the caller, at its line. Without a debugger it says so,
 * once. Does nothing outside of a development process. Write it with `await`: it returns at once today.
 */
export let breakpoint: () => void | Promise<void> = () => entry.breakpoint()

export default debugMiddleware
