import { cancel, later } from '../later.ts'
import type { Hold } from '../hold/hold.ts'
import { coloured, type Paint, plain } from '../report/paint.ts'
import { errorLine, requestLine, stopSentence } from '../report/sentences.ts'

// Held from the start: fake timers of an application are not ours.
const clock = performance.now.bind(performance)

/** Milliseconds between two notices of the same kind. */
const pause = 1000
/** Milliseconds before the end of a hold at which it is announced. */
const warning = 60_000

/** One line about a hold: `POST /pay  TypeError: …` */
export function sentenceOf(hold: Hold, paint: Paint = plain): string {
  const what = hold.reason === 'breakpoint' ? stopSentence(hold.report) : errorLine(hold.report.error, 160)
  const request = requestLine(hold.report)
  return request === '' ? paint.strong(what) : `${request}  ${paint.strong(what)}`
}

/** `a minute`, `45 seconds`, `10 minutes` */
export function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000))
  if (seconds < 60) return seconds === 1 ? 'a second' : `${seconds} seconds`
  const minutes = Math.round(seconds / 60)
  return minutes === 1 ? 'a minute' : `${minutes} minutes`
}

/** What is said above the line being typed, at most once a second for each kind: a hundred failures are one line. */
export class Notices {
  readonly #print: (text: string) => void
  readonly #waiting: () => number
  readonly #last = new Map<string, number>()
  readonly #steps = new Map<string, NodeJS.Timeout>()
  readonly #texts = new Map<string, () => string>()
  #deadline: NodeJS.Timeout | undefined

  constructor(print: (text: string) => void, waiting: () => number) {
    this.#print = print
    this.#waiting = waiting
  }

  held(hold: Hold, paint: Paint): void {
    this.#say('held', () => `${paint.warn(`[${this.#waiting()} waiting]`)} ${sentenceOf(hold, paint)}`)
  }

  counted(hold: Hold, paint: Paint): void {
    this.#say(`counted ${hold.number}`, () => {
      const times = hold.counted === 1 ? 'once more' : `${hold.counted} more times`
      return `${paint.warn(`[again]`)} ${sentenceOf(hold, paint)}  ${times}, counted and not held`
    })
  }

  clientLeft(paint: Paint): void {
    this.#print(
      `${paint.warn('[client left]')} nobody waits for the answer any more; the variables are still here`,
    )
  }

  released(hold: Hold, by: string, paint: Paint): void {
    this.#print(`${paint.warn('[released]')} ${sentenceOf(hold)} was let go by ${by}`)
  }

  /** Announces the end of a hold that ends by itself. */
  watchDeadline(hold: Hold | undefined, paint: () => Paint): void {
    cancel(this.#deadline)
    this.#deadline = undefined
    if (hold?.deadline === undefined) return
    const left = hold.deadline - clock()
    const ahead = Math.min(warning, left / 2)
    if (!(left > 0) || left > 2 ** 31 - 1) return
    this.#deadline = later(left - ahead, () => {
      if (hold.released !== undefined || hold.deadline === undefined) return
      const now = hold.deadline - clock()
      // It was moved.
      if (now > ahead * 1.5) return this.watchDeadline(hold, paint)
      this.#print(
        `${paint().warn('[time]')} it goes on by itself in ${duration(now)}; any command gives it more time`,
      )
    })
  }

  close(): void {
    cancel(this.#deadline)
    for (const step of this.#steps.values()) cancel(step)
    this.#steps.clear()
    this.#last.clear()
    this.#texts.clear()
  }

  #say(kind: string, text: () => string): void {
    this.#texts.set(kind, text)
    if (this.#steps.has(kind)) return
    const wait = (this.#last.get(kind) ?? -Infinity) + pause - clock()
    const say = (): void => {
      this.#steps.delete(kind)
      this.#last.set(kind, clock())
      this.#print(this.#texts.get(kind)!())
    }
    if (wait <= 0) say()
    else this.#steps.set(kind, later(wait, say))
  }
}

export function paintFor(colors: boolean): Paint {
  return colors ? coloured : plain
}
