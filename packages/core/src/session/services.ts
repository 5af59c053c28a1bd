import type { RouteBreaks } from '../start/route-breaks.ts'
import type { Route } from '../start/routes.ts'
import type { Reply, View } from './reply.ts'

/** A request that has not been answered. */
export interface InFlight {
  /** Counts the requests of the process. */
  readonly number?: number
  readonly method: string
  /** Redacted. */
  readonly url: string
  readonly ageMs: number
  /** The user functions it waits in, the innermost first; absent where that cannot be known. */
  readonly waitingIn?: readonly WaitingIn[]
}

export interface WaitingIn {
  readonly functionName: string
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What came of sending a request again. */
export interface Replayed {
  /** What there is to say, one line each. */
  readonly lines: readonly string[]
  /** The same for programs. */
  readonly data: unknown
}

/** What a session can do in its process beside looking at its capture. What is absent is refused with the reason. */
export interface Services {
  /** The requests that are being served, the oldest first. */
  requests?(view: View): Reply | Promise<Reply>
  /**
   * Sends the request of a report again, as a new one.
   *
   * @param reportId whose request it is
   * @param args what was typed behind `replay`
   * @throws ThrowpointError when it cannot be sent
   */
  replay?(reportId: string, args: string, signal?: AbortSignal): Promise<Replayed>
  /** The routes of the application, as far as they are known. */
  routes?(): readonly Route[] | Promise<readonly Route[]>
  /** Where requests are held when they arrive. */
  readonly breaks?: RouteBreaks
  /** Ends the process, for `kill`. @default `process.exit(1)` shortly after the reply */
  exit?(): void
  /** Path of the commands that are run first; null: none. @default `$XDG_CONFIG_HOME/throwpoint/rc` */
  readonly rcFile?: string | null
}
