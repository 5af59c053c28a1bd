/** How often each failure was seen. Remembers the latest `most` of them. */
export class FingerprintCounter {
  readonly #most: number
  readonly #counts = new Map<string, number>()

  constructor(most = 1000) {
    this.#most = most
  }

  /** Counts one more, and says how many there were, this one included. */
  add(fingerprint: string): number {
    const count = (this.#counts.get(fingerprint) ?? 0) + 1
    // Put in again, so that the first is always the one not seen for longest.
    this.#counts.delete(fingerprint)
    this.#counts.set(fingerprint, count)
    if (this.#counts.size > this.#most) {
      const oldest = this.#counts.keys().next()
      if (oldest.done !== true) this.#counts.delete(oldest.value)
    }
    return count
  }
}
