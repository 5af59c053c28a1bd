import { type Adapter, type Exchange, fault, Runtime } from '@throwpoint/core'
import { createDebugger, serveReport } from '@throwpoint/http'
import type { Listener } from './application.ts'

const adapter: Adapter = { framework: 'http', details: () => ({}) }

/**
 * Watches the requests of a listener that belongs to no framework. What it throws goes the way it went before: nobody
 * catches it, and the process ends.
 */
export function watchListener(listener: Listener): Listener {
  const owner = createDebugger()
  const { scope } = Runtime.shared()
  return function throwpoint(this: unknown, req, res) {
    let exchange: Exchange | undefined
    try {
      if (serveReport(owner, req, res, '')) return undefined
      exchange = owner.open(adapter, req, res, '')
    } catch (error) {
      fault(error)
    }
    const run = listener as (...args: unknown[]) => unknown
    return exchange === undefined ? listener(req, res) : scope.call(exchange, run, this, [req, res])
  }
}
