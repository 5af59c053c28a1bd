/** How often each failure was seen. Remembers the latest `most` of them. */
export class FingerprintCounter {
  readonly #most: number
  /** The first is the one not seen for longest. An object and no Map: an application may replace Map. */
  readonly #counts = Object.create(null) as Record<string, number>
  #size = 0

  constructor(most = 1000) {
    this.#most = most
  }

  /** Counts one more, and says how many there were, this one included. */
  add(fingerprint: string): number {
    const count = (this.#counts[fingerprint] ?? 0) + 1
    if (count > 1) delete this.#counts[fingerprint]
    else if (++this.#size > this.#most) this.#forgetOldest()
    this.#counts[fingerprint] = count
    return count
  }

  #forgetOldest(): void {
    for (const oldest in this.#counts) {
      delete this.#counts[oldest]
      this.#size--
      return
    }
  }
}
