import type { Reply } from './reply.ts'
import type { Turn } from './turn.ts'

/** What a command gives; its turn makes a reply of it. */
export interface Outcome {
  readonly lines: readonly string[]
  /** Plain JSON. */
  readonly data?: unknown
  readonly action?: NonNullable<Reply['action']>
}

export type Group = 'frames' | 'values' | 'error and request' | 'going on' | 'session' | 'not here'

/** One command, as help, completion, the README and the parser see it. */
export interface Command {
  readonly name: string
  readonly aliases: readonly string[]
  /** What follows the name, as help writes it. */
  readonly arguments: string
  readonly group: Group
  /** One line, without a full stop. */
  readonly help: string
  /** More of it, for `help NAME`; sentences. */
  readonly details: string
  readonly example: string
  /** It needs frames that are alive: a dump refuses it. */
  readonly needsLive?: true
  /** It needs a request that is held. */
  readonly needsHold?: true
  /** What follows is JavaScript, which may have several lines. */
  readonly takesCode?: true
  /** An empty line repeats it. */
  readonly repeats?: true
  /** It can be followed by `!`. */
  readonly takesBang?: true
  /** It lets the request go, or ends something: never from the rc file, never repeated. */
  readonly acts?: true
  /** @throws ThrowpointError when it cannot be done */
  run(turn: Turn, args: string, bang: boolean): Outcome | Promise<Outcome>
}
