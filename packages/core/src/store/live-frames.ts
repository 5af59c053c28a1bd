import type { LiveFrame } from '../engine/engine.ts'
import { ThrowpointError } from '../errors.ts'
import { later } from '../later.ts'

export interface LiveFrameLimits {
  /** Reports whose frames are alive. @default 50 */
  readonly count: number
  /** Milliseconds. @default 1 h */
  readonly age: number
}

interface Entry {
  readonly id: string
  readonly frames: ReadonlyArray<LiveFrame | undefined>
  readonly time: number
}

/**
 * The frames of reports that can still be evaluated in. What a closure retains cannot be measured, so they are kept by
 * count and age alone; the oldest go first.
 */
export class LiveFrames {
  readonly #limits: LiveFrameLimits
  readonly #now: () => number
  #entries: Entry[] = []
  #timer: NodeJS.Timeout | undefined

  /** @param clock milliseconds */
  constructor(limits: Partial<LiveFrameLimits> = {}, clock: () => number = () => performance.now()) {
    this.#limits = { count: 50, age: 60 * 60 * 1000, ...limits }
    this.#now = clock
  }

  /** Reports whose frames are alive. */
  get size(): number {
    this.#evict()
    return this.#entries.length
  }

  /** @param frames in the order of the report's frames; undefined where one is not live */
  add(reportId: string, frames: ReadonlyArray<LiveFrame | undefined>): void {
    if (frames.every((frame) => frame === undefined)) return
    this.#entries.push({ id: reportId, frames, time: this.#now() })
    this.#evict()
  }

  /**
   * @param index of the frame in the report's `frames`, 0-based
   * @throws ThrowpointError `TP_NOT_LIVE`
   */
  frame(reportId: string, index: number): LiveFrame {
    this.#evict()
    const frame = this.#entries.find(({ id }) => id === reportId)?.frames[index]
    if (frame !== undefined) return frame
    throw new ThrowpointError(
      'TP_NOT_LIVE',
      `Frame ${index} of report ${reportId} is not alive: only frames of instrumented functions are, those of the ` +
        `last ${this.#limits.count} reports, for ${this.#limits.age / 60_000} minutes. Cause the exception again.`,
    )
  }

  #evict(): void {
    const oldest = this.#now() - this.#limits.age
    while (
      this.#entries.length > this.#limits.count ||
      (this.#entries[0] !== undefined && this.#entries[0].time <= oldest)
    ) {
      for (const frame of this.#entries.shift()!.frames) frame?.release()
    }
    this.#watch()
  }

  /** Nothing may come after the last exception, and what its frames hold must go all the same. */
  #watch(): void {
    const [first] = this.#entries
    if (first === undefined || this.#timer !== undefined) return
    const wait = Math.max(1, first.time + this.#limits.age - this.#now())
    this.#timer = later(wait, () => {
      this.#timer = undefined
      this.#evict()
    })
  }
}
