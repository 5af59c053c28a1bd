import { later } from '../later.ts'

/** What is known of one failure that may come again. */
interface Seen {
  /** Times since it was printed whole, that time included. */
  count: number
  /** How many of them no line told yet. */
  untold: number
  lastSeen: number
  lastLine: number
  /** Makes the line that tells of the repeats, from the newest one. */
  line: (count: number) => string
}

export interface RepeatsOptions {
  readonly print: (text: string) => void
  readonly now: () => number
  /** Milliseconds without it after which a failure is new again. @default 60_000 */
  readonly window?: number
  /** Milliseconds between two lines about the same failure. @default 1000 */
  readonly interval?: number
  /** How many different failures are remembered. @default 200 */
  readonly most?: number
}

/**
 * Collapses repeats into a count. The first of its kind is to be printed whole; of the others, one line a second
 * tells how many there were. Each kind counts for itself: what comes between does not matter.
 */
export class Repeats {
  readonly #seen = new Map<string, Seen>()
  readonly #options: Required<RepeatsOptions>
  #timer: NodeJS.Timeout | undefined

  constructor(options: RepeatsOptions) {
    this.#options = { window: 60_000, interval: 1000, most: 200, ...options }
  }

  /**
   * Notes one failure.
   * @param line makes the line for a repeat; it is kept until the next one, so it must not hold much
   * @returns true when it is to be printed whole
   */
  isNew(key: string, line: (count: number) => string): boolean {
    const now = this.#options.now()
    const seen = this.#seen.get(key)
    if (seen === undefined || now - seen.lastSeen > this.#options.window) {
      if (seen !== undefined) this.#tell(seen, now)
      this.#remember(key, { count: 1, untold: 0, lastSeen: now, lastLine: -Infinity, line })
      return true
    }
    seen.count += 1
    seen.untold += 1
    seen.lastSeen = now
    seen.line = line
    // The oldest is the one that was not seen for longest.
    this.#remember(key, seen)
    if (now - seen.lastLine >= this.#options.interval) this.#tell(seen, now)
    else this.#later()
    return false
  }

  #remember(key: string, seen: Seen): void {
    this.#seen.delete(key)
    this.#seen.set(key, seen)
    if (this.#seen.size <= this.#options.most) return
    for (const [oldest, forgotten] of this.#seen) {
      this.#seen.delete(oldest)
      this.#tell(forgotten, this.#options.now())
      break
    }
  }

  #tell(seen: Seen, now: number): void {
    if (seen.untold === 0) return
    seen.untold = 0
    seen.lastLine = now
    this.#options.print(seen.line(seen.count))
  }

  #later(): void {
    if (this.#timer !== undefined) return
    this.#timer = later(this.#options.interval, () => {
      this.#timer = undefined
      const now = this.#options.now()
      let waiting = false
      for (const seen of this.#seen.values()) {
        if (seen.untold === 0) continue
        if (now - seen.lastLine >= this.#options.interval) this.#tell(seen, now)
        else waiting = true
      }
      if (waiting) this.#later()
    })
  }
}
