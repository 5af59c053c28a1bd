import type { ServerResponse } from 'node:http'
import { fault, guard } from '../recorder/guard.ts'
import type { Exchange } from '../scope/exchange.ts'
import { hookMethods, type Method } from '../scope/hook-methods.ts'
import type { RequestScope } from '../scope/request-scope.ts'
import { BodyProgress, byteLength } from './body-progress.ts'

/** What the watch tells. What they throw is dropped. */
export interface ResponseEvents {
  /** A stream was piped into the response. */
  piped(exchange: Exchange, source: object): void
  /**
   * `res.destroy` is about to run on this side; the head may still be unsent.
   *
   * @param destroy runs it
   * @returns whether it is to run later
   */
  destroying(exchange: Exchange, error: unknown, destroy: (error: unknown) => void): boolean
  /** The response emitted 'error'; its listeners have not run yet. */
  failed(exchange: Exchange, error: unknown): void
  /** The response emitted 'close'; its listeners have run. */
  closed(exchange: Exchange): void
}

/** Watches the responses of the class this one is of, those that belong to an exchange. */
export function watchResponses(res: ServerResponse, scope: RequestScope, events: ResponseEvents): void {
  hookMethods(res, 'writeHead', () => ({
    write: (original) =>
      function write(this: ServerResponse, chunk?: unknown, encoding?: unknown) {
        const exchange = found(scope, this)
        if (exchange !== undefined) (exchange.body ??= new BodyProgress()).wrote(chunk, encoding)
        return Reflect.apply(original(), this, arguments)
      },
    end: (original) =>
      function end(this: ServerResponse, chunk?: unknown, encoding?: unknown) {
        const exchange = found(scope, this)
        if (exchange !== undefined && chunk !== undefined && chunk !== null && typeof chunk !== 'function') {
          // Most answers are given in one piece, whose progress is nothing to tell of.
          if (exchange.body === undefined) exchange.whole = byteLength(chunk, encoding)
          else exchange.body.wrote(chunk, encoding)
        }
        return Reflect.apply(original(), this, arguments)
      },
    destroy: (original) =>
      function destroy(this: ServerResponse, error?: unknown) {
        const exchange = found(scope, this)
        let waits = false
        if (exchange !== undefined) {
          const destroyNow = (reason: unknown): void => void Reflect.apply(original(), this, [reason])
          guard(() => {
            waits = events.destroying(exchange, error, destroyNow)
          })
        }
        return waits ? this : Reflect.apply(original(), this, arguments)
      },
    emit: (original) =>
      function emit(this: ServerResponse, event: unknown, value?: unknown) {
        // Node gives these no value; `arguments` that are handed to nobody else are never made.
        const isLast = (event === 'finish' || event === 'close') && arguments.length === 1
        const exchange = isLast || event === 'pipe' || event === 'error' ? found(scope, this) : undefined
        if (exchange === undefined) return Reflect.apply(original(), this, arguments)
        if (event === 'finish' || event === 'close') {
          return emitLast(exchange, scope, events, event, original(), this)
        }
        if (event === 'pipe') guard(() => events.piped(exchange, value as object))
        else guard(() => events.failed(exchange, value))
        return Reflect.apply(original(), this, arguments)
      },
  }))
}

function emitLast(
  exchange: Exchange,
  scope: RequestScope,
  events: ResponseEvents,
  event: 'finish' | 'close',
  emit: Method,
  res: ServerResponse,
): unknown {
  // Left set when a listener throws: the exception is reported after the stack has unwound.
  exchange.emitting = event
  if (event === 'finish') exchange.finished = true
  const result = scope.emit(exchange, emit, res, event)
  exchange.emitting = undefined
  if (event === 'close') guard(() => events.closed(exchange))
  return result
}

function found(scope: RequestScope, res: ServerResponse): Exchange | undefined {
  try {
    return scope.ofResponse(res)
  } catch (error) {
    fault(error)
    return undefined
  }
}
