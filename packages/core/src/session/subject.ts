import type { Hold, Holds } from '../hold/hold.ts'
import type { Debuggee } from './debuggee.ts'
import type { Services } from './services.ts'

/** What a conversation is about. */
export interface Subject {
  readonly debuggee: Debuggee
  /** The request that waits for it; without one nothing can be let go. */
  readonly hold?: Hold
  /** All that wait. */
  readonly holds?: Holds
  readonly services?: Services
  /** Who talks, as it is shown to others: `the terminal`, `attach 4711`. */
  readonly client: string
}
