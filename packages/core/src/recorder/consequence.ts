import type { ResponseInfo, WithoutThrowpoint } from '@throwpoint/protocol'
import type { ThrowRecord } from './throw-record.ts'

/**
 * What the client and the process would have met without Throwpoint. Nothing here is a guess about frameworks: the
 * hooks saw which way the exception took and in which state the response was, and we never change the way.
 */
export function withoutThrowpoint(record: ThrowRecord): WithoutThrowpoint {
  return { client: clientWithout(record), process: record.crashes ? 'crashes' : 'lives' }
}

function clientWithout(record: ThrowRecord): WithoutThrowpoint['client'] {
  const { exchange } = record
  if (exchange === undefined) return 'unknown'
  if (record.client !== undefined) return record.client
  if (record.answered) return answeredOther(record) ?? 'answer-intact'
  // It went away before, or an error handler failed and the connection was cut for that.
  if (exchange.req.aborted && exchange.destroyed === undefined) return metByOther(record) ?? 'unknown'
  if (record.crashes || exchange.destroyed !== undefined) return record.headersSent ? 'cut' : 'empty-reply'
  const { res } = exchange
  if (res.writableEnded) return answeredOther(record) ?? 'application'
  if (res.destroyed || !exchange.connected) return metByOther(record) ?? 'unknown'
  return record.preliminary ? 'unknown' : 'hangs'
}

/** What the client would have met of another exception of the request, which an error handler of this one threw. */
function metByOther({ exchange }: ThrowRecord): WithoutThrowpoint['client'] | undefined {
  return exchange?.records?.find(({ client }) => client !== undefined)?.client
}

/** Where our answer to another exception of the request stands: what the client would have met of that one. */
function answeredOther(record: ThrowRecord): WithoutThrowpoint['client'] | undefined {
  return record.exchange?.outcome === 'page' ? metByOther(record) : undefined
}

/** What became of the answer, as far as it is known when the record settles. */
export function outcomeOf(record: ThrowRecord): ResponseInfo['outcome'] {
  const { exchange } = record
  if (exchange === undefined) return 'none'
  if (exchange.outcome !== undefined) return exchange.outcome
  const client = record.client ?? clientWithout(record)
  if (client === 'cut' || (client === 'unknown' && record.headersSent)) return 'cut'
  if (client === 'error-response' || client === 'wrong-404') return 'framework'
  if (exchange.res.writableEnded) return 'application'
  return 'none'
}

/** What to change in the code, where the cause is known. */
export function fixFor(record: ThrowRecord): string | undefined {
  const { exchange, sightings, boundary } = record
  // A plain listener: its author decides how an error is answered
  if (exchange === undefined || exchange.framework === 'http') return undefined
  const express = exchange.framework === 'express'
  if (record.waiting !== undefined) return undefined
  if (record.kind === 'stalled') {
    return 'The stream behind this response closed without ending and without an error. End the response in that case: pipeline(source, res, next) does.'
  }
  if (sightings.has('source')) {
    if (record.crashes && express) {
      return "stream.pipe(res) forwards no errors. Use pipeline(source, res, next) from 'node:stream': the error reaches Express and the process lives."
    }
    if (!express && !sightings.has('destroy')) {
      return 'Koa cannot finish this response. Make what can fail fail before the first chunk, and hand the streams over as one: ctx.body = pipeline(source, transform, () => {}).'
    }
    if (clientWithout(record) === 'hangs') {
      return `A listener for 'error' must also end the response: ${express ? 'call next(error), or destroy it with res.destroy(error)' : 'destroy it with ctx.res.destroy(error)'}.`
    }
  }
  if (record.hasStandIn) {
    return 'Throw an Error: of something falsy Express makes one of its own, which says "Rejected promise" and nothing of the cause.'
  }
  if (record.thrown === null || record.thrown === undefined) {
    return `Throw an Error: ${express ? 'Express' : 'Koa'} takes ${String(record.thrown)} for "no error".`
  }
  if (sightings.has('rejection') && record.crashes) {
    if (!express)
      return 'Nobody awaits this promise. Await it in the middleware, or give it a .catch() of its own.'
    return boundary === 'background'
      ? 'Nobody awaits this promise. Await it in the handler, or give it a .catch() of its own.'
      : 'Nobody awaits this promise, and Express 4 does not await handlers. Pass its error on with .catch(next), or use Express 5 and await it in the handler.'
  }
  if (sightings.has('uncaught') && record.crashes) {
    if (boundary === 'close')
      return 'Nobody catches what a listener throws when the response is done: catch it there.'
    if (record.answered)
      return 'This code runs after the answer, and nobody catches what it throws: catch it there.'
    return express
      ? 'This code runs outside of the handler: catch the exception there and pass it on with next(error).'
      : 'This code runs outside of the middleware: make it a promise the middleware awaits.'
  }
  if (sightings.has('destroy') && !record.headersSent) {
    return express
      ? 'pipeline() destroys the response before its callback runs. Read the first chunk before you start it, if an error answer is to be possible.'
      : 'Koa closes the connection when a body fails before its first byte. Read the first chunk before you set ctx.body, if an error answer is to be possible.'
  }
  if (record.headersSent && !express && record.client === 'hangs') {
    return 'Koa leaves a response open that fails after its first byte. Give Koa a stream as ctx.body instead of writing to ctx.res.'
  }
  return undefined
}
