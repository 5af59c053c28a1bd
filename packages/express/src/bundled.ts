/** The same with imports that need no CommonJS, for bundlers and development servers (Vite, Rollup). @module */
import type { BoundaryContext, DebugOptions } from '@throwpoint/core'
import { isDevelopment } from '@throwpoint/core/development'
import type { Report } from '@throwpoint/protocol'
import * as active from './active.ts'
import * as stub from './stub.ts'

export type { BoundaryContext, DebugOptions, Report }
export type { Middleware } from './active.ts'

let told = false
let activated = false

export function debugMiddleware(options?: DebugOptions): active.Middleware {
  return isOn(options) ? active.debugMiddleware(options) : stub.debugMiddleware(options)
}

export function breakpoint(): void {
  if (activated || isOn()) active.breakpoint()
}

export default debugMiddleware

function isOn(options?: DebugOptions): boolean {
  const decision = isDevelopment(process.env, options)
  if (decision.notice !== undefined && !told) {
    told = true
    process.stderr.write(`${decision.notice}\n`)
  }
  activated ||= decision.active
  return decision.active
}
