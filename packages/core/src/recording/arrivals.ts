import type { Exchange } from '../scope/exchange.ts'

const expected = new Map<number, (exchange: Exchange) => void>()

/**
 * Tells when the next request of a connection comes.
 *
 * @param port from which this process made the connection
 * @returns what ends it
 */
export function expectArrival(port: number, arrived: (exchange: Exchange) => void): () => void {
  expected.set(port, arrived)
  return () => void expected.delete(port)
}

/** A request has come. */
export function noteArrival(exchange: Exchange): void {
  if (expected.size === 0) return
  const port = exchange.req.socket?.remotePort
  const arrived = port === undefined ? undefined : expected.get(port)
  if (arrived === undefined) return
  expected.delete(port!)
  arrived(exchange)
}
