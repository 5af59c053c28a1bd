import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Exchange } from './exchange.ts'
import { readMessage } from './read-message.ts'

/** Shared by several copies of this package. */
const exchangeKey: unique symbol = Symbol.for('throwpoint.exchange.1') as never

interface Marked {
  [exchangeKey]?: Exchange
}

/**
 * What carries what is noted of a request: the state of its stream. Express gives each message another prototype, after
 * which V8 (Node 20 and 22) makes a new hidden class whenever one gets a property: 8 to 15 µs for each. A WeakMap of
 * short-lived keys costs the garbage collector much.
 */
export function carrierOf<Notes extends object = Marked>(req: object): Notes {
  const state = readMessage(req, '_readableState')
  return (typeof state === 'object' && state !== null ? state : req) as Notes
}

/** Marks both messages, so that hooks which are handed only one of them find the exchange. */
export function mark(exchange: Exchange): void {
  const { req, res } = exchange
  carrierOf(req)[exchangeKey] = exchange
  // A response that was made by hand (an injected request) may know another request, or none.
  if (readMessage(res, 'req') !== req) (res as Marked)[exchangeKey] = exchange
}

export function exchangeOfRequest(req: IncomingMessage): Exchange | undefined {
  return carrierOf(req)[exchangeKey]
}

export function exchangeOfResponse(res: ServerResponse): Exchange | undefined {
  const req = readMessage(res, 'req')
  const known = typeof req === 'object' && req !== null ? carrierOf(req)[exchangeKey] : undefined
  return known ?? (res as Marked)[exchangeKey]
}
