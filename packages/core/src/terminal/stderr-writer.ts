import fs from 'node:fs'
import { later } from '../later.ts'

// Held from the start: an application may replace them later (fake timers, a file system in memory).
const { writeSync } = fs
const clock = performance.now.bind(performance)
const pause = new Int32Array(new SharedArrayBuffer(4))

const stderr = 2
/** How often, 2 milliseconds apart, a text is offered to a reader that is slow. */
const patience = 125
/** Milliseconds after such a wait in vain before the thread waits again. */
const resentment = 5000
/** Bytes that wait for a slow reader at most. */
const backlog = 256 * 1024

/**
 * Writes to descriptor 2, at once, so that it also works while the process is dying, and past whatever the application
 * made of `process.stderr` and `console`. Never throws; a closed stderr swallows everything.
 */
export class StderrWriter {
  readonly #fd: number
  #waiting: Buffer = Buffer.alloc(0)
  #timer: NodeJS.Timeout | undefined
  #dropped = 0
  #gaveUp: number = -Infinity
  #closed = false

  constructor(fd: number = stderr) {
    this.#fd = fd
  }

  readonly write = (text: string): void => {
    if (this.#closed) return
    if (this.#waiting.length > backlog) {
      this.#dropped += 1
      return
    }
    const lost =
      this.#dropped === 0
        ? ''
        : `\nThrowpoint: ${this.#dropped} lines or reports were lost, stderr is too slow\n`
    this.#dropped = 0
    this.#waiting = Buffer.concat([this.#waiting, Buffer.from(lost + text)])
    this.#flush(clock() - this.#gaveUp > resentment ? patience : 0)
  }

  #flush(attempts: number): void {
    let left = attempts
    while (this.#waiting.length > 0) {
      try {
        this.#waiting = this.#waiting.subarray(writeSync(this.#fd, this.#waiting))
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code === 'EINTR') continue
        if (code !== 'EAGAIN') {
          // Nobody reads any more. After anything else (a full disk) the next text may come through.
          this.#closed = code === 'EPIPE' || code === 'EBADF'
          this.#waiting = Buffer.alloc(0)
          return
        }
        // A pipe that somebody made non-blocking, and that is full.
        if (left === 0) {
          if (attempts > 0) this.#gaveUp = clock()
          this.#later()
          return
        }
        left -= 1
        Atomics.wait(pause, 0, 0, 2)
      }
    }
  }

  #later(): void {
    if (this.#timer !== undefined) return
    this.#timer = later(50, () => {
      this.#timer = undefined
      this.#flush(0)
      if (this.#waiting.length === 0 && this.#dropped > 0) this.write('')
    })
  }
}
