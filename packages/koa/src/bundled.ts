/** The same with imports that need no CommonJS, for bundlers and development servers (Vite, Rollup). @module */
import type { BoundaryContext, DebugOptions } from '@throwpoint/core'
import { isDevelopment } from '@throwpoint/core/development'
import type { Report } from '@throwpoint/protocol'
import * as active from './active.ts'
import * as stub from './stub.ts'

export type { BoundaryContext, DebugOptions, Report }
export type { Middleware } from './active.ts'

export function debugMiddleware(options?: DebugOptions): active.Middleware {
  if (!isDevelopment(options)) return stub.debugMiddleware(options)
  breakpoint = active.breakpoint
  return active.debugMiddleware(options)
}

export let breakpoint: () => void | Promise<void> = () => {
  return isDevelopment() ? active.breakpoint() : stub.breakpoint()
}

export default debugMiddleware
