/** What a production bundle contains of Throwpoint, and all of it. @module */
import type { DebugOptions } from '@throwpoint/core'
import type { Middleware } from './active.ts'

function debugMiddleware(_options?: DebugOptions): Middleware {
  return passThrough
}

function breakpoint(): void {}

function passThrough(_ctx: unknown, next: () => Promise<unknown>): Promise<unknown> {
  return next()
}

Object.assign(debugMiddleware, { breakpoint, debugMiddleware, default: debugMiddleware })

export { breakpoint, debugMiddleware, debugMiddleware as default, debugMiddleware as 'module.exports' }
