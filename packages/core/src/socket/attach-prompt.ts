import { later } from '../later.ts'
import { guard } from '../recorder/guard.ts'
import { History } from '../prompt/history.ts'
import { LineEditor } from '../prompt/line-editor.ts'
import { duration, paintFor } from '../prompt/notices.ts'
import { Terminal } from '../prompt/terminal.ts'
import type { Paint } from '../report/paint.ts'
import type { Reply } from '../session/reply.ts'
import { isUnfinished } from '../session/js-text.ts'
import { waitingHelp, waitingText } from './attach-text.ts'
import { DeadlineWatch } from './deadline-watch.ts'
import type { HoldLine, Notice } from './messages.ts'
import { ended, type SocketClient } from './socket-client.ts'

/** Milliseconds a program has to stop a command after Ctrl-C, before the prompt goes on without it. */
const abortMs = 1500
/** How it ended: the exit code of the command. */
export type Ended = 0 | 1

/** The prompt of another process, in this terminal. */
export class AttachPrompt {
  readonly #client: SocketClient
  readonly #terminal: Terminal
  readonly #editor: LineEditor
  readonly #history = new History()
  readonly #waiting = new Map<number, HoldLine>()
  readonly #resolve: (code: Ended) => void
  /** What is looked at. */
  #hold: HoldLine | undefined
  #prompt = ''
  #running: AbortController | undefined
  readonly #deadline: DeadlineWatch
  #interrupts = 0
  #told = false
  #done = false

  /** @param device as `Terminal.open` takes it */
  constructor(client: SocketClient, device: string, resolve: (code: Ended) => void) {
    this.#client = client
    this.#resolve = resolve
    this.#terminal = Terminal.open(device, {
      keys: (chunk) => guard(() => this.#editor.read(chunk)),
      back: () => guard(() => this.#back()),
      gone: () => this.#end(0),
    })
    this.#editor = new LineEditor(this.#terminal, this.#history.load(), {
      line: (text) => void this.#line(text),
      interrupt: (busy) => this.#interrupt(busy),
      end: () => this.#detach(),
      suspend: () => this.#suspend(),
      isComplete: (text) => !isUnfinished(text),
      complete: async (text) => (this.#hold === undefined ? [] : this.#complete(this.#hold.number, text)),
    })
    this.#deadline = new DeadlineWatch(
      () => client.call({ type: 'holds' }),
      (text) => this.#say('time', text),
    )
    for (const hold of client.hello.holds) this.#waiting.set(hold.number, hold)
    void this.#next()
  }

  notice(notice: Notice): void {
    if (this.#done || notice.event === 'bye') return
    const { hold } = notice
    const isOurs = hold.number === this.#hold?.number
    if (notice.event === 'released') {
      this.#waiting.delete(hold.number)
      // What runs here tells it itself.
      if (!isOurs || this.#running !== undefined) return
      this.#say(
        'released',
        `${sentence(hold)} was let go by ${notice.by}${notice.how === 'continue' ? '' : ` (${notice.how})`}`,
      )
      this.#hold = undefined
      this.#editor.stop()
      void this.#next()
      return
    }
    const isNew = notice.event === 'held'
    if (isNew || this.#waiting.has(hold.number)) this.#waiting.set(hold.number, hold)
    if (isNew && this.#hold === undefined && this.#running === undefined) {
      this.#editor.stop()
      void this.#next()
    } else if (isNew) this.#say(`${this.#waiting.size - 1} more waiting`, sentence(hold))
    else if (notice.event === 'counted') this.#say('again', `${sentence(hold)}  counted, and not held`)
    else if (isOurs)
      this.#say('client left', 'nobody waits for the answer any more; the variables are still here')
  }

  /** The other process is gone. */
  closed(reason: string): void {
    if (this.#done) return
    const { pid } = this.#client.hello.process
    this.#editor.stop()
    this.#editor.print(
      this.#paint.warn(
        reason === ended ? `The process ${pid} has ended.` : `The process ${pid} has hung up: ${reason}.`,
      ),
    )
    this.#end(1)
  }

  /** On to the oldest that waits, or the wait for one. */
  async #next(): Promise<void> {
    this.#deadline.stop()
    const [first] = this.#waiting.keys()
    if (first !== undefined) return this.#open(first)
    this.#hold = undefined
    this.#prompt = 'waiting'
    const text = this.#told ? 'No request waits.' : waitingText(this.#client.hello.process)
    this.#told = true
    this.#editor.print(this.#paint.dim(text))
    this.#ask()
  }

  async #open(number: number): Promise<void> {
    const running = new AbortController()
    this.#running = running
    try {
      const view = this.#terminal.view
      const { reply, prompt, hold } = await this.#client.call({ type: 'greet', hold: number, view })
      this.#hold = hold
      this.#prompt = prompt
      this.#show(reply, '\n')
      this.#tellOthers(hold)
      this.#deadline.watch(number, hold.left)
    } catch (error) {
      this.#waiting.delete(number)
      this.#editor.print(this.#paint.warn(messageOf(error)))
    }
    this.#running = undefined
    if (this.#done) return
    if (this.#hold === undefined || !this.#waiting.has(this.#hold.number)) {
      this.#hold = undefined
      void this.#next()
    } else this.#ask()
  }

  #tellOthers({ others, left }: HoldLine): void {
    if (others > 0) {
      const who = others === 1 ? 'Somebody else looks' : `${others} others look`
      this.#editor.print(this.#paint.dim(`${who} at it too: who acts first owns it.`))
    }
    if (left !== null) this.#editor.print(this.#paint.dim(`It goes on by itself in ${duration(left)}.`))
  }

  async #line(text: string): Promise<void> {
    this.#interrupts = 0
    this.#history.add(text)
    const command = text.trim().replace(/^\./, '')
    if (command === 'detach') return this.#detach()
    const hold = this.#hold
    const running = new AbortController()
    this.#running = running
    let reply: Reply | undefined
    try {
      if (hold === undefined) reply = await this.#whileWaiting(command)
      else {
        const call = { type: 'execute', hold: hold.number, line: text, view: this.#terminal.view } as const
        const answer = await Promise.race([
          this.#client.call<'execute'>(call, running.signal),
          afterAbort(running.signal),
        ])
        if (answer === undefined) throw new Error('Given up; the program does not answer.')
        ;({ reply } = answer)
        this.#prompt = answer.prompt
        this.#deadline.watch(hold.number, answer.left)
      }
    } catch (error) {
      if (!this.#done) this.#editor.print(this.#paint.warn(messageOf(error)))
    }
    this.#running = undefined
    if (this.#done) return
    if (reply !== undefined) this.#show(reply)
    const { action } = reply ?? {}
    if (action?.kind === 'switch') {
      this.#hold = undefined
      void this.#open(action.hold)
    } else if (hold !== undefined && (action?.kind === 'released' || !this.#waiting.has(hold.number))) {
      this.#waiting.delete(hold.number)
      this.#hold = undefined
      void this.#next()
    } else if (hold === undefined && this.#waiting.size > 0) void this.#next()
    else this.#ask()
  }

  /** No hold: there are no variables to look at, and few commands. */
  async #whileWaiting(command: string): Promise<Reply> {
    switch (command) {
      case '':
        return { text: '', data: null }
      case 'requests':
      case 'rq':
        return this.#client.call({ type: 'requests', view: this.#terminal.view })
      case 'sessions':
      case 'ss':
        return { text: 'No request waits.', data: [] }
      case 'quit':
      case 'q':
      case 'exit':
        this.#detach()
        return { text: '', data: null }
      default:
        return { text: waitingHelp, data: null }
    }
  }

  async #complete(hold: number, line: string): Promise<readonly string[]> {
    return this.#client.call({ type: 'complete', hold, line })
  }

  #interrupt(busy: boolean): void {
    if (busy) {
      this.#terminal.write('^C\n')
      this.#running?.abort()
      return
    }
    this.#interrupts += 1
    if (this.#interrupts > 1) return this.#detach()
    const what = this.#hold === undefined ? '' : 'continue lets the request go on; '
    this.#editor.print(this.#paint.dim(`${what}Ctrl-D or Ctrl-C once more detaches, and the server goes on`))
  }

  #detach(): void {
    const { graceMs } = this.#client.hello
    this.#editor.stop()
    const waits = this.#waiting.size
    const stay =
      waits === 0
        ? 'The server goes on.'
        : `${waits === 1 ? 'The request waits' : `${waits} requests wait`} for others; ` +
          `when nobody is left, ${waits === 1 ? 'it goes' : 'they go'} on after ${duration(graceMs)}.`
    this.#editor.print(this.#paint.dim(`Detached. ${stay}`))
    this.#end(0)
  }

  #end(code: Ended): void {
    if (this.#done) return
    this.#done = true
    this.#deadline.stop()
    this.#editor.close()
    this.#terminal.close()
    this.#client.close()
    this.#resolve(code)
  }

  #suspend(): void {
    this.#editor.stop()
    this.#terminal.suspend()
  }

  #back(): void {
    if (this.#done) return
    this.#terminal.take()
    if (this.#running === undefined) this.#ask()
  }

  #ask(): void {
    if (this.#done) return
    const paint = this.#paint
    this.#editor.ask(`${paint.strong(paint.place(`(${this.#prompt})`))} `)
  }

  #show(reply: Reply, before = ''): void {
    if (reply.text !== '') this.#editor.print(before + reply.text.replace(/\n$/, ''))
  }

  #say(what: string, text: string): void {
    this.#editor.print(`${this.#paint.warn(`[${what}]`)} ${text}`)
  }

  get #paint(): Paint {
    return paintFor(this.#terminal.view.colors)
  }
}

/** Some time after the signal. */
function afterAbort(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => later(abortMs, () => resolve(undefined)), { once: true })
  })
}

function sentence({ request, error }: HoldLine): string {
  return request === '' ? error : `${request}  ${error}`
}

function messageOf(error: unknown): string {
  return String((error as Error | null)?.message ?? error)
}
