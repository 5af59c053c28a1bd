import type { Exchange } from '../scope/exchange.ts'

/** When there are so many, those are looked for whose end nobody told. */
const firstSweep = 1024

/**
 * The requests of this process that have not come to an end; none is kept alive after its end. An array in which each
 * exchange knows its place: a Map would be hashed, grown and shrunk with every request, 5 % of a small one of Koa.
 */
export class RequestsInFlight {
  readonly #exchanges: Exchange[] = []
  #count = 0
  #sweepAt = firstSweep

  add(exchange: Exchange): void {
    exchange.number = ++this.#count
    exchange.place = this.#exchanges.push(exchange) - 1
    if (this.#exchanges.length >= this.#sweepAt) this.#sweep()
  }

  /** It has ended: its response closed. */
  remove(exchange: Exchange): void {
    const { place } = exchange
    if (this.#exchanges[place] !== exchange) return
    const last = this.#exchanges.pop()!
    exchange.place = -1
    if (last === exchange) return
    this.#exchanges[place] = last
    last.place = place
  }

  /** How many are kept. */
  get size(): number {
    return this.#exchanges.length
  }

  /** The oldest first. */
  list(): Exchange[] {
    const found = this.#exchanges.filter((exchange) => !hasEnded(exchange))
    return found.sort((a, b) => a.number - b.number)
  }

  /** Messages that were made by hand (a request that a test injected) may never close. */
  #sweep(): void {
    for (const exchange of this.#exchanges.filter(hasEnded)) this.remove(exchange)
    this.#sweepAt = Math.max(firstSweep, this.#exchanges.length * 2)
  }
}

function hasEnded({ res, finished }: Exchange): boolean {
  return finished || res.writableFinished || res.destroyed
}
