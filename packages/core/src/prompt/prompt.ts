import diagnostics from 'node:diagnostics_channel'
import type { Hold } from '../hold/hold.ts'
import { cancel, later, soon } from '../later.ts'
import { fault, guard } from '../recorder/guard.ts'
import type { Paint } from '../report/paint.ts'
import type { Conversation, Reply } from '../session/reply.ts'
import { History } from './history.ts'
import { LineEditor } from './line-editor.ts'
import { Notices, paintFor } from './notices.ts'
import { Terminal } from './terminal.ts'
import type { Topic } from './topic.ts'

/** Milliseconds a command gets to stop after Ctrl-C, before the prompt goes on without it. */
const abortTime = 1000
/** Milliseconds between two looks whether the terminal is ours again. */
const lookAgain = 500
/** Milliseconds a hold has at least after each command. */
const activeTime = 5 * 60_000
/** Diagnostics channel of node:http: the application may have logged a line. */
const finished = 'http.server.response.finish'

const clock = performance.now.bind(performance)

export interface PromptOptions {
  readonly device: string
  /** What is left when a topic ends: the next one. */
  readonly next: () => Topic | undefined
  readonly byNumber: (hold: number) => Topic | undefined
  /** How many wait beside the one that is open. */
  readonly waiting: () => number
  /** It has closed, and the terminal is as it was. */
  readonly closed: () => void
  /** One line where the prompt itself cannot be read. */
  readonly say: (text: string) => void
}

/** A prompt on a terminal of ours, from the first topic to the last. */
export class Prompt {
  readonly #options: PromptOptions
  readonly #terminal: Terminal
  readonly #editor: LineEditor
  readonly #history = new History()
  readonly #notices: Notices
  #topic: Topic | undefined
  #conversation: Conversation | undefined
  #running: AbortController | undefined
  #interrupts = 0
  #closed = false
  #away: NodeJS.Timeout | undefined
  #redraw = false

  /** @throws when the terminal cannot be opened */
  constructor(options: PromptOptions) {
    this.#options = options
    this.#terminal = Terminal.open(options.device, {
      keys: (chunk) => guard(() => this.#editor.read(chunk)),
      back: () => guard(() => this.#back()),
      gone: () => guard(() => this.#gone()),
    })
    this.#editor = new LineEditor(this.#terminal, this.#history.load(), {
      line: (text) => this.#run(text),
      interrupt: (busy) => this.#interrupt(busy),
      end: () => this.#end(),
      suspend: () => this.#suspend(),
      isComplete: (text) => this.#conversation?.isComplete(text) ?? true,
      complete: async (text) => (await this.#conversation?.complete(text)) ?? [],
    })
    this.#notices = new Notices((text) => this.#editor.print(text), options.waiting)
    diagnostics.subscribe(finished, this.#responded)
  }

  get topic(): Topic | undefined {
    return this.#topic
  }

  /** Opens a topic. Never throws. */
  start(topic: Topic): void {
    this.#open(topic).catch(fault)
  }

  async #open(topic: Topic): Promise<void> {
    this.#topic = topic
    try {
      const conversation = await topic.converse()
      if (this.#closed || this.#topic !== topic) return
      this.#conversation = conversation
      this.#notices.watchDeadline(topic.hold, () => this.#paint)
      this.#show(conversation.greet(this.#terminal.view), '\n')
      this.#ask()
    } catch (error) {
      fault(error)
      this.#editor.print(this.#paint.error('Throwpoint could not open this session; the request goes on.'))
      topic.hold?.release({ kind: 'continue' }, 'a fault of Throwpoint')
      this.#leave()
    }
  }

  held(hold: Hold): void {
    this.#notices.held(hold, this.#paint)
  }

  counted(hold: Hold): void {
    this.#notices.counted(hold, this.#paint)
  }

  clientLeft(hold: Hold): void {
    if (hold === this.#topic?.hold) this.#notices.clientLeft(this.#paint)
  }

  /** A hold was let go, by whomever. */
  released(hold: Hold, by: string): void {
    // What runs tells it itself.
    if (hold !== this.#topic?.hold || this.#running !== undefined) return
    this.#notices.released(hold, by, this.#paint)
    this.#editor.stop()
    this.#leave()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    diagnostics.unsubscribe(finished, this.#responded)
    cancel(this.#away)
    this.#notices.close()
    this.#running?.abort()
    this.#editor.close()
    this.#terminal.close()
    this.#options.closed()
  }

  #run(text: string, ended = false): void {
    this.#execute(text, ended).catch((error: unknown) => {
      fault(error)
      this.#running = undefined
      guard(() => this.#ask())
    })
  }

  async #execute(text: string, ended: boolean): Promise<void> {
    const conversation = this.#conversation
    const topic = this.#topic
    if (conversation === undefined || topic === undefined) return
    this.#interrupts = 0
    if (!ended) this.#history.add(text)
    const running = new AbortController()
    this.#running = running
    let reply: Reply | undefined
    try {
      reply = await Promise.race([
        conversation.execute(text, this.#terminal.view, running.signal),
        afterAbort(running.signal),
      ])
    } catch (error) {
      fault(error)
    }
    if (this.#running !== running) return
    this.#running = undefined
    if (this.#closed) return
    if (reply === undefined) {
      const why = running.signal.aborted
        ? 'Given up; what was started may still be running.'
        : 'Throwpoint failed at this; NODE_DEBUG=throwpoint:* shows why.'
      this.#editor.print(this.#paint.warn(why))
    } else this.#show(reply)
    this.#after(reply?.action, topic, ended)
  }

  #after(action: Reply['action'], topic: Topic, ended: boolean): void {
    const { hold } = topic
    if (action?.kind === 'switch') {
      const other = this.#options.byNumber(action.hold)
      if (other !== undefined && other !== topic) {
        this.#conversation = undefined
        this.start(other)
        return
      }
    }
    // Where nothing is held there is nothing to let go: Ctrl-D ends the conversation all the same.
    if (action?.kind === 'released' || hold?.released !== undefined || (ended && hold === undefined)) {
      if (action?.kind !== 'released' && hold !== undefined)
        this.#notices.released(hold, 'another client', this.#paint)
      this.#leave()
      return
    }
    // Somebody is at work here.
    if (hold?.deadline !== undefined) {
      const left = hold.deadline - clock()
      if (left < activeTime) {
        hold.extend(activeTime - left)
        this.#notices.watchDeadline(hold, () => this.#paint)
      }
    }
    this.#ask()
  }

  /** The topic has ended: on to the next, or the terminal is given back. */
  #leave(): void {
    const topic = this.#topic
    this.#topic = undefined
    this.#conversation = undefined
    this.#notices.watchDeadline(undefined, () => this.#paint)
    topic?.done()
    const next = this.#options.next()
    if (next === undefined) this.close()
    else this.start(next)
  }

  #ask(): void {
    if (this.#closed || this.#conversation === undefined) return
    if (!this.#terminal.inFront) {
      this.#leaveKeys()
      return
    }
    const paint = this.#paint
    this.#editor.ask(`${paint.strong(paint.place(`(${this.#conversation.prompt})`))} `)
  }

  #show(reply: Reply, before = ''): void {
    if (reply.text !== '') this.#editor.print(before + reply.text.replace(/\n$/, ''))
  }

  #interrupt(busy: boolean): void {
    if (busy) {
      this.#terminal.write('^C\n')
      this.#running?.abort()
      return
    }
    this.#interrupts += 1
    if (this.#interrupts === 1) {
      this.#editor.print(
        this.#paint.dim(
          'continue (or Ctrl-D) lets the request go on, quit all of them; Ctrl-C once more stops the server',
        ),
      )
      return
    }
    this.#interrupts = 0
    // As if no prompt were open: everybody in the foreground hears of it.
    this.#editor.stop()
    this.#terminal.give()
    guard(() => process.kill(0, 'SIGINT'))
    later(300, () => this.#back())
  }

  /** Ctrl-D never kills. */
  #end(): void {
    this.#editor.print(this.#paint.dim('Ctrl-D: continue'))
    this.#run('.continue', true)
  }

  #suspend(): void {
    this.#editor.stop()
    this.#terminal.suspend()
  }

  /** After a stop, in front or in the background. */
  #back(): void {
    if (this.#closed || this.#terminal.closed) return
    if (!this.#terminal.inFront) {
      this.#leaveKeys()
      return
    }
    cancel(this.#away)
    this.#away = undefined
    this.#terminal.take()
    if (this.#running === undefined) this.#ask()
  }

  /** In the background: keys are somebody else's, up to `fg`. */
  #leaveKeys(): void {
    this.#editor.stop()
    this.#terminal.give()
    if (this.#away !== undefined) return
    this.#options.say('the prompt waits: this process runs in the background; bring it back with "fg"')
    const look = (): void => {
      this.#away = later(lookAgain, () => {
        this.#away = undefined
        if (this.#closed) return
        if (this.#terminal.inFront) this.#back()
        else look()
      })
    }
    look()
  }

  #gone(): void {
    this.#options.say('the terminal of the prompt is gone')
    this.close()
  }

  /** Another request was answered: the application may have printed over the line. */
  readonly #responded = (): void => {
    if (this.#redraw) return
    this.#redraw = true
    soon(() => {
      this.#redraw = false
      this.#editor.redraw()
    })
  }

  get #paint(): Paint {
    return paintFor(this.#terminal.view.colors)
  }
}

/** Some time after the signal. */
function afterAbort(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => later(abortTime, () => resolve(undefined)), { once: true })
  })
}
