import { AsyncLocalStorage } from 'node:async_hooks'
import type { Hold, Holds } from '../hold/hold.ts'
import { cancel, later } from '../later.ts'
import { fault, guard } from '../recorder/guard.ts'
import type { Runtime } from '../runtime.ts'
import type { Conversation } from '../session/reply.ts'
import { sentenceOf } from './notices.ts'
import { decide, type Ownership, type Refusal } from './ownership.ts'
import { Prompt } from './prompt.ts'
import { Terminal } from './terminal.ts'
import { terminalFacts } from './terminal-facts.ts'
import { TerminalLock } from './terminal-lock.ts'
import type { Topic } from './topic.ts'

/** Milliseconds between two looks at a terminal that may become ours. */
const lookAgain = 1000

/** Somebody sits at this terminal, and may attach from another. */
const somebodyThere: ReadonlySet<string> = new Set<Refusal>([
  'background',
  'competing-reader',
  'no-keys',
  'application-reads',
  'other-process',
])

type Refused = Extract<Ownership, { ours: false }>

/** What the prompt needs of the process. */
export interface PromptRuntime extends Pick<Runtime, 'terminal' | 'subject'> {
  readonly holds: Holds
}

export type Converse = (hold: Hold) => Conversation | Promise<Conversation>

/** What waits for the terminal. */
export class Topics {
  readonly #runtime: PromptRuntime
  readonly #converse: Converse
  readonly #outside = AsyncLocalStorage.snapshot()
  #waiting: Topic[] = []
  #prompt: Prompt | undefined
  #lock: TerminalLock | undefined
  #step: NodeJS.Timeout | undefined
  #told: string | undefined
  #claim: { readonly where: 'terminal' | 'client'; readonly end: () => void } | undefined
  readonly #explained = new WeakSet<Topic>()

  constructor(runtime: PromptRuntime, converse: Converse) {
    this.#runtime = runtime
    this.#converse = converse
  }

  watch(): void {
    const { holds } = this.#runtime
    holds.watch({
      held: (hold) => guard(() => this.add(this.#topic(hold))),
      counted: (hold) => guard(() => this.#prompt?.counted(hold)),
      clientLeft: (hold) => guard(() => this.#prompt?.clientLeft(hold)),
      released: (hold, by) => guard(() => this.#released(hold, by)),
    })
    this.#claims(decide(terminalFacts(Terminal.streams)))
    for (const hold of holds.list()) this.add(this.#topic(hold))
  }

  /**
   * Whether anybody is there to let a hold go: at our prompt, or at a terminal of which we only have not the keys. A
   * process without any terminal holds nothing for it.
   */
  #claims(ownership: Ownership): void {
    const where = ownership.ours ? 'terminal' : somebodyThere.has(ownership.refusal) ? 'client' : undefined
    if (!ownership.ours && where === undefined && ownership.refusal !== 'off')
      this.#tellUnheld(ownership.reason)
    if (where === this.#claim?.where) return
    const before = this.#claim
    this.#claim = where === undefined ? undefined : { where, end: this.#runtime.holds.claim(where) }
    // After the new one: what waits would be let go between them.
    before?.end()
  }

  #tellUnheld(reason: string): void {
    if (this.#told === reason) return
    this.#told = reason
    this.#runtime.terminal.notice(
      `no prompt here: ${reason}. Exceptions are reported and go on, unless somebody is attached: ${attachCommand()}`,
    )
  }

  add(topic: Topic): void {
    this.#waiting.push(topic)
    // What the prompt opens must not belong to the request that was first.
    if (this.#prompt === undefined) this.#outside(() => this.#tryOpen())
    else if (topic.hold !== undefined) this.#prompt.held(topic.hold)
  }

  #topic(hold: Hold): Topic {
    return { hold, converse: () => this.#converse(hold), done: () => {} }
  }

  #released(hold: Hold, by: string): void {
    this.#waiting = this.#waiting.filter((topic) => topic.hold !== hold)
    this.#prompt?.released(hold, by)
  }

  #tryOpen(): void {
    cancel(this.#step)
    this.#step = undefined
    if (this.#prompt !== undefined || this.#waiting.length === 0) return
    const ownership = this.#decide()
    if (!ownership.ours) {
      this.#refuse(ownership)
      return
    }
    try {
      this.#prompt = new Prompt({
        device: ownership.device,
        next: () => this.#waiting.shift(),
        byNumber: (number) => this.#switchTo(number),
        waiting: () => this.#waiting.length,
        closed: () => this.#closed(),
        say: (text) => this.#runtime.terminal.notice(text),
      })
    } catch (error) {
      this.#lock?.free()
      fault(error)
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
      const reason = `the terminal ${ownership.device} cannot be opened (${code})`
      const refused: Refused = { ours: false, refusal: 'no-terminal', reason, passing: false }
      this.#claims(refused)
      this.#refuse(refused)
      return
    }
    this.#prompt.start(this.#waiting.shift()!)
  }

  #decide(): Ownership {
    const ownership = decide(terminalFacts(Terminal.streams))
    this.#claims(ownership)
    if (!ownership.ours) return ownership
    this.#lock = TerminalLock.of(ownership.device)
    const owner = this.#lock?.take() ?? true
    if (owner === true) return ownership
    const reason = `process ${owner} has its prompt on this terminal`
    return { ours: false, refusal: 'other-process', reason, passing: true }
  }

  /** Says why, once; and what waits, each time. */
  #refuse({ reason, passing }: Refused): void {
    for (const topic of this.#waiting) {
      if (this.#explained.has(topic)) continue
      this.#explained.add(topic)
      const { hold } = topic
      if (hold === undefined) this.#runtime.terminal.notice(`no prompt here: ${reason}`)
      else this.#runtime.terminal.notice(this.#explain(hold, reason))
      this.#told = reason
    }
    for (const topic of this.#waiting.filter(({ hold }) => hold === undefined)) topic.done()
    this.#waiting = this.#waiting.filter(({ hold }) => hold !== undefined)
    if (passing && this.#waiting.length > 0) this.#step = later(lookAgain, () => this.#tryOpen())
  }

  #explain(hold: Hold, reason: string): string {
    const attach = attachCommand()
    const where = hold.link === undefined ? attach : `${attach}, or ${hold.link}`
    const waits = `${sentenceOf(hold)} waits.`
    if (reason === this.#told) return `${waits} ${where}`
    return `${waits} No prompt here: ${reason}. From another terminal: ${where}`
  }

  #switchTo(number: number): Topic | undefined {
    const at = this.#waiting.findIndex(({ hold }) => hold?.number === number)
    if (at === -1) return undefined
    const [topic] = this.#waiting.splice(at, 1)
    const current = this.#prompt?.topic
    if (current !== undefined) this.#waiting.unshift(current)
    return topic
  }

  #closed(): void {
    this.#prompt = undefined
    this.#lock?.free()
    // What came at the last moment.
    later(0, () => this.#tryOpen())
  }
}

function attachCommand(): string {
  return `npx throwpoint attach ${process.pid}`
}
