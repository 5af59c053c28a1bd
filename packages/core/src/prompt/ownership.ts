import { competingReader, type Ancestor } from './competing-reader.ts'

/** What is known of the terminal at this moment. */
export interface TerminalFacts {
  /** `THROWPOINT_TTY` */
  readonly override: string | undefined
  /** The terminal that it names is the controlling one: there is job control on it. */
  readonly namesOurs: boolean
  readonly platform: NodeJS.Platform
  readonly mainThread: boolean
  /** Whether descriptor 0 is a terminal. */
  readonly stdinTty: boolean
  /**
   * Our process group and the one in the foreground of our controlling terminal; undefined: there is no controlling
   * terminal. Never asked for on Windows.
   */
  readonly groups: { readonly own: number; readonly foreground: number } | undefined
  /** Our ancestors of the same process group, the nearest first. */
  readonly ancestors: readonly Ancestor[]
  /** Programs of our pipeline that read the terminal: `node app | less`. */
  readonly siblings: readonly string[]
  /** A launcher above that gave us a terminal of its own making, into which nobody types. */
  readonly deaf: string | undefined
  /** The application reads the terminal itself. */
  readonly applicationReads: boolean
}

export type Refusal =
  | 'off'
  | 'worker-thread'
  | 'no-terminal'
  | 'background'
  | 'competing-reader'
  | 'no-keys'
  | 'application-reads'
  | 'other-process'

/** Whether a prompt may read the terminal, and which. */
export type Ownership =
  | { readonly ours: true; readonly device: string }
  | {
      readonly ours: false
      readonly refusal: Refusal
      /** A clause: `this process runs in the background`. */
      readonly reason: string
      /** It may be ours later: after `fg`, or when another process has closed its prompt. */
      readonly passing: boolean
    }

/** The terminal that `/dev/tty` names is the one job control is about. */
const controlling = '/dev/tty'

/**
 * Whose is the terminal? Reading it from the background would stop the whole server (SIGTTIN), and reading it beside
 * another reader loses keys on both sides, so: only in the foreground, and only alone.
 */
export function decide(facts: TerminalFacts): Ownership {
  const { override, groups } = facts
  if (override === 'off') return refuse('off', 'THROWPOINT_TTY=off')
  if (!facts.mainThread)
    return refuse('worker-thread', 'this is a worker thread, and the terminal belongs to the main one')
  const named = override === undefined || override === '' || override === 'stdin' ? undefined : override
  // There is no job control between us and another terminal, and whoever named it knows who reads it.
  if (named !== undefined && !facts.namesOurs) return { ours: true, device: named }
  if (facts.platform === 'win32')
    return facts.stdinTty ? alone(facts, 'CONIN$') : refuse('no-terminal', 'stdin is no console')
  if (groups === undefined) {
    if (override === 'stdin' && facts.stdinTty) return alone(facts, 'stdin')
    return refuse('no-terminal', 'this process has no terminal')
  }
  if (groups.own !== groups.foreground) {
    return { ...refuse('background', 'this process runs in the background of the terminal'), passing: true }
  }
  if (named !== undefined) return { ours: true, device: controlling }
  if (override === 'stdin')
    return facts.stdinTty ? { ours: true, device: 'stdin' } : refuse('no-terminal', 'stdin is no terminal')
  if (facts.deaf !== undefined) return refuse('no-keys', `${facts.deaf} hands no keys on to its tasks`)
  const other = competingReader(facts.ancestors, facts) ?? facts.siblings[0]
  if (other !== undefined) return refuse('competing-reader', `${other} reads this terminal`)
  return alone(facts, controlling)
}

function alone(facts: TerminalFacts, device: string): Ownership {
  if (!facts.applicationReads) return { ours: true, device }
  return { ...refuse('application-reads', 'the application reads this terminal itself'), passing: true }
}

function refuse(refusal: Refusal, reason: string): Extract<Ownership, { ours: false }> {
  return { ours: false, refusal, reason, passing: false }
}
