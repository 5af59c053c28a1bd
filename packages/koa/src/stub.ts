/** What a production bundle contains of Throwpoint, and all of it. @module */
import type { DebugOptions } from '@throwpoint/core'
import type { Middleware } from './active.ts'

export function debugMiddleware(_options?: DebugOptions): Middleware {
  return throwpoint
}

export function breakpoint(): void {}

export default debugMiddleware

function throwpoint(_ctx: unknown, next: () => Promise<unknown>): Promise<unknown> {
  return next()
}
