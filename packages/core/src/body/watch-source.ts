import { errorMonitor, type EventEmitter } from 'node:events'
import type { Readable } from 'node:stream'
import { guard } from '../recorder/guard.ts'
import type { Exchange } from '../scope/exchange.ts'

/** What the watch of a body's source tells. What they throw is dropped. */
export interface SourceEvents {
  /** The source emitted 'error'; its listeners have not run yet. */
  sourceFailed(exchange: Exchange, source: EventEmitter, error: unknown): void
  /** The source closed without 'end' and without an error: nobody will finish the response. */
  sourceStopped(exchange: Exchange, source: EventEmitter): void
}

const watched = new WeakMap<object, Exchange>()

/**
 * Watches a stream that produces the body. `errorMonitor` listeners see every 'error' first and do not count as
 * listeners of it: an error nobody handles is still thrown
 * (https://nodejs.org/api/events.html#eventserrormonitor).
 */
export function watchSource(exchange: Exchange, source: unknown, events: SourceEvents): void {
  if (!isEmitter(source) || watched.get(source) === exchange) return
  watched.set(source, exchange)
  let failed = false
  source.on(errorMonitor, function onBodyError(error: unknown) {
    failed = true
    if (watched.get(source) === exchange) guard(() => events.sourceFailed(exchange, source, error))
  })
  source.once('close', function onBodyClose() {
    const { readableEnded } = source as Partial<Readable>
    if (!failed && readableEnded === false && watched.get(source) === exchange) {
      guard(() => events.sourceStopped(exchange, source))
    }
  })
}

function isEmitter(value: unknown): value is EventEmitter {
  return (
    typeof (value as { on?: unknown } | null)?.on === 'function' &&
    typeof (value as { once?: unknown }).once === 'function'
  )
}
