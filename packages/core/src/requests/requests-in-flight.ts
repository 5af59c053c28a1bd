import type { Exchange } from '../scope/exchange.ts'

/** When there are so many, those are looked for whose end nobody told. */
const firstSweep = 1024

/**
 * The requests of this process that have not come to an end. A request costs one insertion and one removal, and none
 * is kept alive after its end.
 */
export class RequestsInFlight {
  /** With the number of each. */
  readonly #exchanges = new Map<Exchange, number>()
  #count = 0
  #sweepAt = firstSweep

  add(exchange: Exchange): void {
    this.#exchanges.set(exchange, ++this.#count)
    if (this.#exchanges.size >= this.#sweepAt) this.#sweep()
  }

  /** It has ended: its response closed. */
  remove(exchange: Exchange): void {
    this.#exchanges.delete(exchange)
  }

  /** How many are kept. */
  get size(): number {
    return this.#exchanges.size
  }

  /** The oldest first. */
  list(): Array<{ readonly exchange: Exchange; readonly number: number }> {
    const found = []
    for (const [exchange, number] of this.#exchanges)
      if (!hasEnded(exchange)) found.push({ exchange, number })
    return found
  }

  /** Messages that were made by hand (a request that a test injected) may never close. */
  #sweep(): void {
    for (const exchange of this.#exchanges.keys()) if (hasEnded(exchange)) this.#exchanges.delete(exchange)
    this.#sweepAt = Math.max(firstSweep, this.#exchanges.size * 2)
  }
}

function hasEnded({ res, finished }: Exchange): boolean {
  return finished || res.writableFinished || res.destroyed
}
