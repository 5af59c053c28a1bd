import type { IncomingMessage, ServerResponse } from 'node:http'
import { fault } from '../recorder/guard.ts'
import { hookMethods } from '../scope/hook-methods.ts'
import { exchangeOfRequest, exchangeOfResponse } from '../scope/mark.ts'
import type { Tape } from './tape.ts'

const hooked: unique symbol = Symbol.for('throwpoint.recording.1') as never

/**
 * Lets the tape of a request hear what Node puts into its stream. `push` is where the parser hands the bytes over,
 * whoever reads them later and however: nothing is consumed, no listener is added, and no event moves.
 */
export function watchRequestBody(req: IncomingMessage): void {
  hookMethods(
    req,
    '_read',
    () => ({
      push: (original) =>
        function push(this: IncomingMessage & { _dumped?: boolean }, chunk?: unknown, encoding?: unknown) {
          const tape = exchangeOfRequest(this)?.tape
          if (tape !== undefined) {
            try {
              // Node drops what nobody has read by the end of the response.
              if (chunk === null) tape.request.ended = this._dumped !== true
              else tape.request.add(chunk, encoding)
            } catch (error) {
              fault(error)
            }
          }
          return Reflect.apply(original(), this, arguments)
        },
    }),
    hooked,
  )
}

type Response = ServerResponse & { _hasBody?: boolean }

/** Lets the tape of a response hear what is given to Node's own `write` and `end`: the bytes that leave. */
export function watchResponseBody(res: ServerResponse): void {
  hookMethods(
    res,
    'writeHead',
    () => ({
      write: (original) =>
        function write(this: Response, chunk?: unknown, encoding?: unknown) {
          const tape = exchangeOfResponse(this)?.tape
          if (tape === undefined || tape.inEnd || this.writableEnded) {
            return Reflect.apply(original(), this, arguments)
          }
          const result = Reflect.apply(original(), this, arguments)
          if (hasBody(this)) add(tape, chunk, encoding)
          return result
        },
      end: (original) =>
        function end(this: Response, chunk?: unknown, encoding?: unknown) {
          const tape = exchangeOfResponse(this)?.tape
          if (tape === undefined || this.writableEnded) return Reflect.apply(original(), this, arguments)
          tape.inEnd = true
          try {
            const result = Reflect.apply(original(), this, arguments)
            if (typeof chunk !== 'function' && hasBody(this)) add(tape, chunk, encoding)
            tape.response.ended = true
            return result
          } finally {
            tape.inEnd = false
          }
        },
      emit: (original) =>
        function emit(this: Response, event: unknown) {
          const result = Reflect.apply(original(), this, arguments)
          const tape = event === 'close' ? exchangeOfResponse(this)?.tape : undefined
          if (tape !== undefined) {
            try {
              tape.end.closed(tape)
            } catch (error) {
              fault(error)
            }
          }
          return result
        },
    }),
    hooked,
  )
}

/** `HEAD`, 204 and 304 have none, whatever is written. */
function hasBody({ _hasBody, req, statusCode }: Response): boolean {
  return (
    _hasBody ??
    !((req as { method?: string } | undefined)?.method === 'HEAD' || statusCode === 204 || statusCode === 304)
  )
}

function add(tape: Tape, chunk: unknown, encoding: unknown): void {
  try {
    tape.response.add(chunk, encoding)
  } catch (error) {
    fault(error)
  }
}
