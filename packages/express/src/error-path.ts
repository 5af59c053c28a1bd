import { types } from 'node:util'
import {
  escapedFalsy,
  type Exchange,
  FailedAnswer,
  guard,
  holdThrow,
  letFrameworkAnswer,
  peekStack,
  safeGet,
  swapAnswer,
  type ThrowRecord,
} from '@throwpoint/core'
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
  const go = (reached: unknown): void => {
    if (takes) exchange.handlerError = { error: reached }
    handle(reached)
  }
  guard(() => {
    const record = note(exchange, error, 'error-handler')
    if (record === undefined) return
    const goOn = (thrown: unknown): void => go(Object.is(thrown, record.thrown) ? error : thrown)
    waits = holdThrow(record, exchange, 'error-handler', { go: goOn, pass: passing(pass) })
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
    const noted = note(exchange, error, 'framework')
    record = noted
    if (noted === undefined) return
    const go = (thrown: unknown): void => {
      if (Object.is(thrown, noted.thrown)) return void end(exchange, noted, outermost, () => finish(error))
      if (!isError(thrown)) return void finish(thrown)
      const other = exchange.records?.find((one) => Object.is(one.thrown, thrown))
      end(exchange, other, outermost, () => finish(thrown))
    }
    waits = holdThrow(noted, exchange, 'framework', { go, pass: passing(pass) })
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
      if (exchange.failedAnswer === undefined) exchange.debugger.runtime.recorder.notice(record)
    }
  })
  if (!outermost) return finish()
  exchange.inFrameworkAnswer = true
  let returned = false
  try {
    const result = letFrameworkAnswer(finish)
    returned = true
    return result
  } finally {
    exchange.inFrameworkAnswer = false
    if (!returned) {
      restore?.()
      // Who called may take what it threw for an error of its own and hand it on: then Express answers that. Else it
      // reaches the process.
      if (record !== undefined) {
        exchange.failedAnswer = new FailedAnswer(record)
        record.client = undefined
        record.outdated = true
      }
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

function note(
  exchange: Exchange,
  error: unknown,
  sighting: 'framework' | 'error-handler',
): ThrowRecord | undefined {
  const { recorder } = exchange.debugger.runtime
  const answered = recorder.consequenceOf(error, exchange)
  if (answered !== undefined) return answered
  const boundary =
    exchange.handlerError !== undefined && exchange.handlerError.error !== error
      ? 'error-handler'
      : exchange.res.headersSent && !exchange.res.writableEnded
        ? 'body'
        : 'handler'
  const maybeStandIn = types.isNativeError(error) && safeGet(error, 'message').value === 'Rejected promise'
  const falsy = maybeStandIn ? escapedFalsy(exchange) : undefined
  const record = recorder.note(falsy === undefined ? error : falsy.value, exchange, sighting, boundary)
  if (record === undefined || !maybeStandIn) return record
  if (falsy !== undefined || madeByRouter(error)) recorder.standsFor(error, record, exchange)
  return record
}

/** The router of Express 5 makes an error of a promise that was rejected with something falsy. */
function madeByRouter(error: unknown): boolean {
  const stack = peekStack(error).value
  return typeof stack === 'string' && /^.*\n\s+at .*[\\/]router[\\/]lib[\\/]\w+\.js:/.test(stack)
}

/** finalhandler answers once the request has been read, which may be later. */
function swapDefaultAnswer(exchange: Exchange, record: ThrowRecord): () => void {
  const lost = (): void => exchange.debugger.runtime.recorder.answerLost(record)
  return swapAnswer(
    exchange.res,
    (body) => {
      if (!exchange.debugger.options.page || !isDefaultAnswer(exchange, body)) return undefined
      record.client = 'error-response'
      exchange.outcome = 'page'
      const answer = exchange.debugger.answer(record)
      if (answer?.withheld !== undefined) exchange.outcome = undefined
      return answer
    },
    lost,
  )
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
