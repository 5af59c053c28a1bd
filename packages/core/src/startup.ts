/** Exceptions of a program that has no middleware yet, reported while it dies. @module */
import { Debugger } from './debugger.ts'
import { resolveOptions } from './options/resolve-options.ts'
import type { Answer, Answerer } from './recorder/answerer.ts'
import { Runtime } from './runtime.ts'

/** There is no request to answer. */
const nobody: Answerer = {
  answer: (): Answer => ({ headers: [], removeHeaders: [], body: '' }),
  notice: () => undefined,
}

/**
 * Reports what the event `uncaughtExceptionMonitor` brings, unless a middleware is there and does it. Options come
 * from the environment alone.
 */
export function reportStartup(error: unknown, origin: string): void {
  Runtime.shared().uncaught(error, origin, () => {
    const options = resolveOptions()
    // A session has nothing to hold: the process ends with this event.
    return options.enabled
      ? new Debugger({ ...options, terminal: reportOf(options) }, Runtime.shared(), nobody)
      : undefined
  })
}

function reportOf({ terminal }: { readonly terminal: 'report' | 'session' | 'off' }): 'report' | 'off' {
  return terminal === 'off' ? 'off' : 'report'
}
