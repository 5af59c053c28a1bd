import { cancel, later } from '../later.ts'
import { duration } from '../prompt/notices.ts'
import type { HoldLine } from './messages.ts'

/** Milliseconds before the end of a hold at which it is announced. */
const warningMs = 60_000

/** Announces the end of a hold of another process that ends by itself. */
export class DeadlineWatch {
  readonly #holds: () => Promise<readonly HoldLine[]>
  readonly #say: (text: string) => void
  #step: NodeJS.Timeout | undefined
  #number: number | undefined

  constructor(holds: () => Promise<readonly HoldLine[]>, say: (text: string) => void) {
    this.#holds = holds
    this.#say = say
  }

  /** @param left milliseconds; null: it waits until somebody acts */
  watch(number: number, left: number | null): void {
    this.stop()
    if (left === null || left > 2 ** 31 - 1) return
    this.#number = number
    const ahead = Math.min(warningMs, left / 2)
    this.#step = later(left - ahead, () => void this.#look(number, ahead))
  }

  stop(): void {
    cancel(this.#step)
    this.#step = undefined
    this.#number = undefined
  }

  async #look(number: number, ahead: number): Promise<void> {
    try {
      const found = (await this.#holds()).find((hold) => hold.number === number)
      if (this.#number !== number || typeof found?.left !== 'number') return
      // Somebody else gave it more time.
      if (found.left > ahead * 1.5) this.watch(number, found.left)
      else this.#say(`it goes on by itself in ${duration(found.left)}; any command gives it more time`)
    } catch {
      // The process is gone, which is told elsewhere.
    }
  }
}
