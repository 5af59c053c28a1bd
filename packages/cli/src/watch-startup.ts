import { createRequire } from 'node:module'

const runtimeKey = Symbol.for('throwpoint.runtime.1')

/**
 * Reports an exception that ends the program before a middleware is there to see it. The event changes nothing of
 * what Node does, and nothing is loaded for it before there is one.
 */
export function watchStartup(): void {
  process.on('uncaughtExceptionMonitor', (error: unknown, origin: string) => {
    // A middleware has been made: its own listener reports.
    if ((globalThis as Record<symbol, unknown>)[runtimeKey] !== undefined) return
    try {
      const require = createRequire(import.meta.url)
      const core = require('@throwpoint/core/startup') as typeof import('@throwpoint/core/startup')
      core.reportStartup(error, origin)
    } catch {
      // The program's own exception is what matters.
    }
  })
}
