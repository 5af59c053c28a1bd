import type { ServerResponse } from 'node:http'
import { guard } from '../recorder/guard.ts'
import { exchangeKey, type Exchange } from '../scope/exchange.ts'
import { BodyProgress } from './body-progress.ts'

/** What the watch tells. What they throw is dropped. */
export interface ResponseEvents {
  /** A stream was piped into the response. */
  piped(exchange: Exchange, source: object): void
  /** `res.destroy` is about to run on this side; the head may still be unsent. */
  destroying(exchange: Exchange, error: unknown): void
  /** The response emitted 'error'; its listeners have not run yet. */
  failed(exchange: Exchange, error: unknown): void
  /** The response emitted 'close'; its listeners have run. */
  closed(exchange: Exchange): void
}

type Method = (...args: unknown[]) => unknown

interface Taps {
  readonly events: ResponseEvents
  readonly write: Method
  readonly end: Method
  readonly destroy: Method
  readonly emit: Method
}

const tapsKey: unique symbol = Symbol('throwpoint.taps')

type Watched = ServerResponse & { [exchangeKey]?: Exchange; [tapsKey]?: Taps }

/**
 * Gives one response own `write`, `end`, `destroy` and `emit`. They are shared functions and not closures, and own
 * properties and not listeners: nothing is allocated for each of them, and no listener count changes. Nothing is
 * to be taken back: they go with the response.
 */
export function watchResponse(exchange: Exchange, events: ResponseEvents): void {
  const res = exchange.res as Watched
  res[tapsKey] = {
    events,
    write: res.write as Method,
    end: res.end as Method,
    destroy: res.destroy as Method,
    emit: res.emit as Method,
  }
  res.write = write as typeof res.write
  res.end = end as typeof res.end
  if (typeof res.destroy === 'function') res.destroy = destroy as typeof res.destroy
  res.emit = emit as typeof res.emit
}

function write(this: Watched, chunk?: unknown, encoding?: unknown): unknown {
  const exchange = this[exchangeKey]!
  ;(exchange.body ??= new BodyProgress()).wrote(chunk, encoding)
  return Reflect.apply(this[tapsKey]!.write, this, arguments as unknown as unknown[])
}

function end(this: Watched, chunk?: unknown, encoding?: unknown): unknown {
  const exchange = this[exchangeKey]!
  if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') {
    ;(exchange.body ??= new BodyProgress()).wrote(chunk, encoding)
  }
  return Reflect.apply(this[tapsKey]!.end, this, arguments as unknown as unknown[])
}

function destroy(this: Watched, error?: unknown): unknown {
  const taps = this[tapsKey]!
  guard(() => taps.events.destroying(this[exchangeKey]!, error))
  return Reflect.apply(taps.destroy, this, arguments as unknown as unknown[])
}

function emit(this: Watched, event: unknown, value?: unknown): unknown {
  const taps = this[tapsKey]!
  const exchange = this[exchangeKey]!
  if (event === 'pipe') guard(() => taps.events.piped(exchange, value as object))
  else if (event === 'error') guard(() => taps.events.failed(exchange, value))
  else if (event === 'finish' || event === 'close') {
    // Left set when a listener throws: the exception is reported after the stack has unwound.
    exchange.emitting = event
    if (event === 'finish') exchange.finished = true
    const { scope } = exchange.debugger.runtime
    const result = scope.emit(exchange, taps.emit, this, arguments as unknown as unknown[])
    exchange.emitting = undefined
    if (event === 'close') guard(() => taps.events.closed(exchange))
    return result
  }
  return Reflect.apply(taps.emit, this, arguments as unknown as unknown[])
}
