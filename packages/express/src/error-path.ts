import { type Exchange, guard, holdThrow, swapAnswer, type ThrowRecord } from '@throwpoint/core'
import type { Pass } from './pass.ts'

/** An error is on its way to a layer; `takes` says that the layer is an error handler of the application. */
export function errorReachedHandler(
  exchange: Exchange,
  error: unknown,
  takes: boolean,
  pass: () => Pass,
  handle: (error: unknown) => void,
): void {
  let waits = false
  const go = (thrown: unknown): void => {
    if (takes) exchange.handlerError = { error: thrown }
    handle(thrown)
  }
  guard(() => {
    const record = note(exchange, error, 'error-handler')
    if (record !== undefined)
      waits = holdThrow(record, exchange, 'error-handler', { go, pass: passing(pass) })
  })
  if (!waits) go(error)
}

/**
 * An error came out of a router that nobody took. Behind the outermost one stands Express' final handler, which
 * answers, or cuts the connection when the head has been sent.
 */
export function errorReachedEnd(
  exchange: Exchange,
  error: unknown,
  outermost: boolean,
  pass: () => Pass,
  finish: (error: unknown) => unknown,
): unknown {
  let waits = false
  let record: ThrowRecord | undefined
  guard(() => {
    record = note(exchange, error, 'framework')
    if (record === undefined) return
    const go = (thrown: unknown): void => {
      if (!isError(thrown)) return void finish(thrown)
      const { records } = exchange
      end(
        exchange,
        records?.find((one) => Object.is(one.thrown, thrown)),
        outermost,
        () => finish(thrown),
      )
    }
    waits = holdThrow(record, exchange, 'framework', { go, pass: passing(pass) })
  })
  return waits ? undefined : end(exchange, record, outermost, () => finish(error))
}

function end(
  exchange: Exchange,
  record: ThrowRecord | undefined,
  outermost: boolean,
  finish: () => unknown,
): unknown {
  let restore: (() => void) | undefined
  const { res } = exchange
  guard(() => {
    if (!outermost || record === undefined) return
    if (exchange.answerable) restore = swapDefaultAnswer(exchange, record)
    else if (res.headersSent && !res.writableEnded && exchange.connected) {
      record.client ??= exchange.headOnTheWire ? 'cut' : 'empty-reply'
      exchange.debugger.runtime.recorder.notice(record)
    }
  })
  if (!outermost) return finish()
  exchange.inFrameworkAnswer = true
  let returned = false
  try {
    const result = finish()
    returned = true
    return result
  } finally {
    exchange.inFrameworkAnswer = false
    if (!returned) {
      restore?.()
      guard(() => failedToAnswer(exchange, record))
    }
  }
}

/** What Express takes for "no error", and the two words that are instructions. */
export function isError(error: unknown): boolean {
  return Boolean(error) && error !== 'route' && error !== 'router'
}

function passing(pass: () => Pass): { can(): true | string; go(): void } {
  return {
    can: () => {
      const found = pass()
      return typeof found === 'string' ? found : true
    },
    go: () => {
      const found = pass()
      if (typeof found !== 'string') found()
    },
  }
}

/** Express failed while it answered (an error whose `stack` throws): the client would get nothing. */
function failedToAnswer(exchange: Exchange, record: ThrowRecord | undefined): void {
  if (record === undefined) return
  const { recorder, scope } = exchange.debugger.runtime
  scope.leaving(exchange, (fault) => (exchange.consequences ??= []).push(fault))
  record.crashes = process.listenerCount('uncaughtException') === 0
  recorder.answerLast(record, 'empty-reply')
}

function note(
  exchange: Exchange,
  error: unknown,
  sighting: 'framework' | 'error-handler',
): ThrowRecord | undefined {
  const { recorder } = exchange.debugger.runtime
  const boundary =
    exchange.handlerError !== undefined && exchange.handlerError.error !== error
      ? 'error-handler'
      : exchange.res.headersSent && !exchange.res.writableEnded
        ? 'body'
        : 'handler'
  return recorder.note(error, exchange, sighting, boundary)
}

/** finalhandler answers once the request has been read, which may be later. */
function swapDefaultAnswer(exchange: Exchange, record: ThrowRecord): () => void {
  return swapAnswer(exchange.res, (body) => {
    if (!exchange.debugger.options.page || !isDefaultAnswer(exchange, body)) return undefined
    record.client = 'error-response'
    exchange.outcome = 'page'
    const answer = exchange.debugger.answer(record)
    if (answer?.withheld !== undefined) exchange.outcome = undefined
    return answer
  })
}

/**
 * Whether it is finalhandler that answers, and not a callback somebody passed to the application
 * (`app(req, res, callback)`): its policy and its page are the same in every version since Express 4.16.
 */
function isDefaultAnswer({ res, req }: Exchange, body: unknown): boolean {
  if (res.getHeader('Content-Security-Policy') !== "default-src 'none'") return false
  if (req.method === 'HEAD') return true
  const text = typeof body === 'string' ? body : Buffer.isBuffer(body) ? body.toString('latin1', 0, 200) : ''
  return text.startsWith('<!DOCTYPE html>') && text.includes('<title>Error</title>')
}
