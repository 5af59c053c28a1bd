/** The entry for bundlers: the same as `index.ts` with imports they can follow. @module */
import type { BoundaryContext, DebugOptions } from '@throwpoint/core'
import { isDevelopment } from '@throwpoint/core/development'
import type { Report } from '@throwpoint/protocol'
import * as active from './active.ts'
import { breakpoint as noBreakpoint, debugMiddleware as inert } from './stub.ts'

function debugMiddleware(options?: DebugOptions): active.Middleware {
  return isOn(options) ? active.debugMiddleware(options) : inert()
}

function breakpoint(): void {
  if (isOn()) active.breakpoint()
  else noBreakpoint()
}

function isOn(options?: DebugOptions): boolean {
  return variable('NODE_ENV') !== 'production' && isDevelopment(options)
}

/** As it is when the program runs: bundlers put the build's own value in place of `process.env.NODE_ENV`. */
function variable(name: string): string | undefined {
  return process.env[name]
}

Object.assign(debugMiddleware, { breakpoint, debugMiddleware, default: debugMiddleware })

export type { BoundaryContext, DebugOptions, Report }
export type { Middleware } from './active.ts'
export { breakpoint, debugMiddleware, debugMiddleware as default, debugMiddleware as 'module.exports' }
