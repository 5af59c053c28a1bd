import type { Debugger } from '../debugger.ts'
import { ThrowpointError } from '../errors.ts'
import { fault, guard } from '../recorder/guard.ts'
import type { ThrowRecord } from '../recorder/throw-record.ts'
import type { Exchange } from '../scope/exchange.ts'
import type { Debuggee } from '../session/debuggee.ts'
import { HeldRequest, type Way } from './held-request.ts'
import type { Hold, HoldEvents, Holds, Mute } from './hold.ts'
import { Mutes } from './mutes.ts'

/** Held at the same time; what comes then goes on at once. */
const most = 100

export interface HoldOptions {
  readonly reason?: Hold['reason']
  readonly fatal?: boolean
}

/** The holds of this process. */
export class HeldRequests implements Holds {
  readonly #waiting: HeldRequest[] = []
  readonly #watchers = new Set<HoldEvents>()
  readonly #claims = new Set<{ readonly where: 'terminal' | 'client' | 'opening' }>()
  readonly #mutes = new Mutes()
  #count = 0
  #quit = false
  #debuggee: ((record: ThrowRecord, owner: Debugger) => Debuggee) | undefined

  list(): readonly HeldRequest[] {
    return [...this.#waiting]
  }

  get(number: number): HeldRequest | undefined {
    return this.#waiting.find((held) => held.number === number)
  }

  watch(events: HoldEvents): () => void {
    this.#watchers.add(events)
    return () => void this.#watchers.delete(events)
  }

  /** @param where `opening`: it will be known in a moment whether somebody is there */
  claim(where: 'terminal' | 'client' | 'opening'): () => void {
    const claim = { where }
    this.#claims.add(claim)
    return () => {
      if (!this.#claims.delete(claim) || this.#claims.size > 0) return
      this.#releaseAll('nobody is left to answer')
    }
  }

  get claimed(): boolean {
    return this.#claims.size > 0
  }

  /** Whether an exception would be held now. */
  get open(): boolean {
    return this.#claims.size > 0 && !this.#quit && this.#waiting.length < most
  }

  /** What shows exceptions is loaded: from now on a hold has a debuggee. */
  present(debuggee: (record: ThrowRecord, owner: Debugger) => Debuggee): void {
    this.#debuggee = debuggee
  }

  mute(mute: Mute): void {
    this.#mutes.add(mute)
  }

  unmute(): void {
    this.#mutes.clear()
  }

  muted(): readonly string[] {
    return this.#mutes.lines()
  }

  quit(by: string): void {
    this.#quit = true
    this.#releaseAll(by)
  }

  resume(): void {
    this.#quit = false
  }

  /** Everything goes on, for the process is asked to end. */
  letAllGo(by: string): void {
    this.#releaseAll(by)
  }

  /**
   * Whether a throw waits: it is held now, or something of the same request is and it waits behind that. Its `way`
   * goes on later then; otherwise the caller goes on at once.
   */
  holdBack(record: ThrowRecord, owner: Debugger, way: Way, options: HoldOptions = {}): boolean {
    if (record.held !== undefined && record.held !== 'gone') {
      record.held.behind((release) => way.follow(release))
      return true
    }
    if (this.#claims.size === 0 || owner.options.terminal !== 'session') return false
    if (record.held === 'gone') return false
    try {
      const { exchange } = record
      const before = exchange && this.#waiting.find((held) => held.record.exchange === exchange)
      if (before !== undefined) {
        // Another exception of the same request: it comes when that one has gone.
        before.behind(() => {
          if (!this.holdBack(record, owner, way, options)) way.go({ kind: 'continue' })
        })
        return true
      }
      if (this.hold(record, owner, way, options) !== undefined) return true
    } catch (error) {
      fault(error)
      if (record.waits) return true
    }
    record.held = 'gone'
    return false
  }

  /**
   * Holds a throw.
   *
   * @returns undefined when it is not held and goes on at once: nobody is there to answer, too many wait, or one of
   *   the same fingerprint waits and this one was counted on it
   */
  hold(record: ThrowRecord, owner: Debugger, way: Way, options: HoldOptions = {}): HeldRequest | undefined {
    if (!this.open) return undefined
    const { reason = 'exception', fatal = false } = options
    const report = owner.reportBefore(record)
    if (this.#mutes.covers(report)) return undefined
    const { fingerprint } = report
    const same = this.#waiting.find(
      (held) => held.reason === reason && held.report.fingerprint === fingerprint,
    )
    const inTerminal = this.#has('terminal')
    if (same !== undefined) {
      same.counted++
      record.inSession = inTerminal
      this.#tell((events) => events.counted?.(same))
      return undefined
    }
    const held = new HeldRequest({
      number: ++this.#count,
      reason,
      record,
      owner,
      way,
      fatal,
      debuggee: (...parts) => {
        if (this.#debuggee !== undefined) return this.#debuggee(...parts)
        throw new ThrowpointError('TP_NOT_LIVE', 'The session is not loaded yet. Look again in a moment.')
      },
      onRelease: (released, by) => this.#released(released, by),
    })
    record.held = held
    record.inSession = inTerminal
    held.clientLeft = record.exchange !== undefined && !record.exchange.connected
    this.#waiting.push(held)
    this.#tell((events) => events.held?.(held))
    return held
  }

  /** The client of a request has gone. */
  left(exchange: Exchange): void {
    for (const held of this.#waiting) {
      if (held.record.exchange !== exchange || held.clientLeft) continue
      held.clientLeft = true
      this.#tell((events) => events.clientLeft?.(held))
    }
  }

  #released(held: HeldRequest, by: string): void {
    const at = this.#waiting.indexOf(held)
    if (at !== -1) this.#waiting.splice(at, 1)
    this.#tell((events) => events.released?.(held, by))
  }

  #releaseAll(by: string): void {
    for (const held of this.list()) held.release({ kind: 'continue' }, by)
  }

  #has(where: 'terminal' | 'client'): boolean {
    for (const claim of this.#claims) if (claim.where === where) return true
    return false
  }

  #tell(say: (events: HoldEvents) => void): void {
    for (const events of this.#watchers) guard(() => say(events))
  }
}
