import type { Hold } from '../hold/hold.ts'
import type { Conversation } from '../session/reply.ts'

/** What a prompt is opened for: a hold, or a conversation without one (before the first request). */
export interface Topic {
  readonly hold: Hold | undefined
  converse(): Conversation | Promise<Conversation>
  /** The conversation has ended, here or elsewhere. */
  done(): void
}
