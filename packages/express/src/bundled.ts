/** The same with imports that need no CommonJS, for bundlers and development servers (Vite, Rollup). @module */
import type { BoundaryContext, DebugOptions } from '@throwpoint/core'
import { isDevelopment } from '@throwpoint/core/development'
import type { Report } from '@throwpoint/protocol'
import * as active from './active.ts'
import * as stub from './stub.ts'

export type { BoundaryContext, DebugOptions, Report }
export type { Middleware } from './active.ts'

let activated = false

export function debugMiddleware(options?: DebugOptions): active.Middleware {
  return isOn(options) ? active.debugMiddleware(options) : stub.debugMiddleware(options)
}

export function breakpoint(): void {
  if (activated || isOn()) active.breakpoint()
}

export default debugMiddleware

function isOn(options?: DebugOptions): boolean {
  const on = isDevelopment(options)
  activated ||= on
  return on
}
