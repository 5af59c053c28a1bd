import { AsyncLocalStorage } from 'node:async_hooks'
import type { Report } from '@throwpoint/protocol'
import type { Debugger } from '../debugger.ts'
import { cancel, keepAlive } from '../later.ts'
import { guard } from '../recorder/guard.ts'
import type { ThrowRecord } from '../recorder/throw-record.ts'
import type { Debuggee } from '../session/debuggee.ts'
import type { Hold, Release } from './hold.ts'
import { keepConnection } from './keep-connection.ts'

// Held from the start: fake timers of an application are not ours.
const { setImmediate } = globalThis
const now = performance.now.bind(performance)
/** The longest wait a timer can do. */
const longestMs = 2 ** 31 - 1

/** How a held request goes on. */
export interface Way {
  /** Whether it can go on so, or why not; `continue` and `throw` are always possible. */
  can(kind: 'respond' | 'pass' | 'retry'): true | string
  /** Goes on; called once, in the context in which the request was held, and what it throws reaches the process. */
  go(release: Release): void
  /** As `go`, of something that waited behind another hold of the same request, which has done what was to be done. */
  follow(release: Release): void
}

export interface HeldParts {
  readonly number: number
  readonly reason: Hold['reason']
  readonly record: ThrowRecord
  readonly owner: Debugger
  readonly way: Way
  readonly fatal: boolean
  /** Makes the debuggee when it is first looked at. */
  readonly debuggee: (record: ThrowRecord, owner: Debugger) => Debuggee
  readonly onRelease: (held: HeldRequest, by: string) => void
}

/** One hold. */
export class HeldRequest implements Hold {
  readonly number: number
  readonly reason: Hold['reason']
  readonly fatal: boolean
  readonly since: number = now()
  readonly record: ThrowRecord
  readonly owner: Debugger
  deadline: number | undefined
  clientLeft = false
  counted = 0
  released: Release | undefined
  readonly #parts: HeldParts
  /** What happened to this request behind the exception, and waits with it. */
  readonly #behind: Array<(release: Release) => void> = []
  readonly #inContext = AsyncLocalStorage.snapshot()
  #timer: NodeJS.Timeout | undefined
  #endKeeping: (() => void) | undefined
  #debuggee: Debuggee | undefined

  constructor(parts: HeldParts) {
    const { number, reason, record, owner, fatal } = parts
    this.number = number
    this.reason = reason
    this.record = record
    this.owner = owner
    this.fatal = fatal
    this.#parts = parts
    const { holdMs } = owner.options
    this.deadline = holdMs === undefined ? undefined : this.since + holdMs
    this.#wait()
    const { exchange } = record
    if (exchange !== undefined) guard(() => (this.#endKeeping = keepConnection(exchange)))
  }

  get report(): Report {
    return this.owner.reportOf(this.record)
  }

  get debuggee(): Debuggee {
    return (this.#debuggee ??= this.#parts.debuggee(this.record, this.owner))
  }

  can(kind: Release['kind']): true | string {
    return kind === 'continue' || kind === 'throw' ? true : this.#parts.way.can(kind)
  }

  release(release: Release, by: string): boolean {
    if (this.released !== undefined || this.can(release.kind) !== true) return false
    this.released = release
    cancel(this.#timer)
    // On a stack of its own: what the application throws now must not meet who let it go.
    setImmediate(() => this.#inContext(() => this.#go(release)))
    this.#parts.onRelease(this, by)
    return true
  }

  extend(ms: number): void {
    if (this.deadline === undefined || this.released !== undefined) return
    this.deadline = Math.max(now(), this.deadline + ms)
    this.#wait()
  }

  /** Something else of the same request waits until it is let go. */
  behind(go: (release: Release) => void): void {
    this.#behind.push(go)
  }

  #go(release: Release): void {
    this.record.held = 'gone'
    guard(() => this.#endKeeping?.())
    // Even when the first one throws the others must not wait for ever.
    try {
      this.#parts.way.go(release)
    } finally {
      guard(() => this.owner.runtime.recorder.letGo(this.record))
      for (const go of this.#behind) setImmediate(() => this.#inContext(() => go(release)))
    }
  }

  #wait(): void {
    cancel(this.#timer)
    const left = this.deadline === undefined ? longestMs : Math.max(0, this.deadline - now())
    this.#timer = keepAlive(Math.min(left, longestMs), () => {
      if (this.deadline === undefined || this.deadline > now()) this.#wait()
      else this.release({ kind: 'continue' }, 'the time limit')
    })
  }
}
