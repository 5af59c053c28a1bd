import type { Report } from '@throwpoint/protocol'
import type { Debuggee } from '../session/debuggee.ts'

/** What becomes of a held request; without any of them the exception goes on as if nobody had looked. */
export type Release =
  /** The same thrown value goes on to the application. */
  | { readonly kind: 'continue' }
  /** Another value goes on in its place. */
  | { readonly kind: 'throw'; readonly error: unknown }
  /** This answer is sent, and the application hears nothing more of the exception. */
  | {
      readonly kind: 'respond'
      readonly status: number
      readonly headers: ReadonlyArray<readonly [name: string, value: string]>
      readonly body: string
    }
  /** The framework goes on behind the handler as if it had called `next()`. */
  | { readonly kind: 'pass' }
  /** The same request runs once more through the application, in this process and on this connection. */
  | { readonly kind: 'retry' }

/** One request that waits for a session, or a process that waits to end. */
export interface Hold {
  /** Small and counting, as `sessions` and `switch` name it. */
  readonly number: number
  /** `exception`, or `breakpoint` when the program called `breakpoint()` and nothing was thrown. */
  readonly reason: 'exception' | 'breakpoint'
  readonly debuggee: Debuggee
  readonly report: Report
  /** Address of its page, where it has one. */
  readonly link?: string | undefined
  /** `performance.now()` */
  readonly since: number
  /** `performance.now()` at which it goes on by itself; undefined: it waits until somebody acts. */
  readonly deadline: number | undefined
  /** The client has gone; the request waits all the same. */
  readonly clientLeft: boolean
  /** Without the hold the process would end now: nothing in it catches this exception. */
  readonly fatal: boolean
  /** Throws of the same fingerprint that came while it waited, and were counted instead of held. */
  readonly counted: number
  /** It has been let go. */
  readonly released: Release | undefined
  /** @returns true, or why this cannot be done to it */
  can(kind: Release['kind']): true | string
  /**
   * Lets it go, in the next turn of the event loop; the first call counts.
   *
   * @param by who acted, shown to the others who look at it
   * @returns false when it had been let go before, or when `can` says that this is not possible
   */
  release(release: Release, by: string): boolean
  /** Moves the deadline by so many milliseconds; one that has none keeps having none. */
  extend(ms: number): void
}

/** What a prompt or a client is told while it waits. What a listener throws is dropped. */
export interface HoldEvents {
  held?(hold: Hold): void
  /** Another throw of the same fingerprint was counted on it. */
  counted?(hold: Hold): void
  clientLeft?(hold: Hold): void
  released?(hold: Hold, by: string): void
}

/** What is not held for a while; it is reported as without a session. */
export type Mute =
  /** Exceptions of one place. */
  | { readonly kind: 'here'; readonly fingerprint: string }
  | { readonly kind: 'route'; readonly method: string; readonly route: string }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'all' }

/** The holds of a process, first in first out. */
export interface Holds {
  /** Those that wait, the oldest first. */
  list(): readonly Hold[]
  get(number: number): Hold | undefined
  /**
   * Tells what happens from now on; what waits already is in `list()`.
   *
   * @returns what ends it
   */
  watch(events: HoldEvents): () => void
  /**
   * Says that somebody is there who can let holds go. Nothing is held while nobody is, and what waits when the last
   * one goes is let go. `terminal`: the exception is shown in the terminal of this process, so that its report is not
   * printed there once more.
   *
   * @returns what ends it
   */
  claim(where: 'terminal' | 'client'): () => void
  /** Whether somebody is there. */
  readonly claimed: boolean
  /** Lets all go on, and holds none any more until `resume()`: `quit`. */
  quit(by: string): void
  resume(): void
  mute?(mute: Mute): void
  /** Ends all of it. */
  unmute?(): void
  /** What is muted, one line each. */
  muted?(): readonly string[]
}
