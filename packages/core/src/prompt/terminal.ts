import tty from 'node:tty'
import { later } from '../later.ts'
import { guard } from '../recorder/guard.ts'
import type { View } from '../session/reply.ts'
import { isDumb } from './dumb-line.ts'
import { openStreams, stopReading, writeLater } from './terminal-streams.ts'
import { inForeground } from './terminal-facts.ts'

const pasteOn = '\u001b[?2004h'
const pasteOff = '\u001b[?2004l'

/** Milliseconds between two tries to close a terminal that is not ours at the moment. */
const disposeAgain = 1000

/** Milliseconds in which the SIGHUP of a terminal that is gone still comes. */
const hangUpMs = 1000

/**
 * Signals that end a process without Node's putting the terminal back. It does at SIGINT and SIGTERM, where a standard
 * stream is a terminal; who listens to them himself cannot be killed by them while the event loop is blocked.
 */
function deadly(): readonly NodeJS.Signals[] {
  return [0, 1, 2].some((fd) => tty.isatty(fd))
    ? ['SIGHUP', 'SIGQUIT']
    : ['SIGHUP', 'SIGQUIT', 'SIGINT', 'SIGTERM']
}

/**
 * A terminal, opened by ourselves: two descriptors and streams of our own, so that nothing an application did to
 * `process.stdin` and `process.stdout` matters, and nothing of ours reaches them. While it is open keys come one by
 * one (raw mode); however the process ends, short of SIGKILL, the terminal is put back.
 */
export class Terminal {
  /** Its streams, and those of any other terminal that is open: they are no readers of the application's. */
  static readonly streams: Set<unknown> = new Set()
  readonly #input: tty.ReadStream
  readonly #output: tty.WriteStream
  readonly #onKeys: (chunk: Buffer) => void
  readonly #onBack: () => void
  readonly #onGone: () => void
  readonly #deadly = deadly()
  readonly #foreign: boolean
  #raw = false
  #closed = false

  private constructor(device: string, listeners: TerminalListeners) {
    this.#onKeys = listeners.keys
    this.#onBack = listeners.back
    this.#onGone = listeners.gone
    this.#foreign = device.startsWith('/') && device !== '/dev/tty'
    const [input, output] = openStreams(device)
    this.#input = input
    this.#output = output
    writeLater(output)
    Terminal.streams.add(input)
    input.on('data', this.#onKeys)
    input.on('end', this.#gone)
    input.on('error', this.#gone)
    output.on('error', this.#gone)
    process.on('exit', this.#putBack)
    process.on('SIGCONT', this.#continued)
    this.#watchStops(true)
    process.on('SIGWINCH', this.#resized)
    for (const signal of this.#deadly) process.on(signal, this.#dying)
  }

  /**
   * Opens a terminal and takes its keys. Only for a process in its foreground.
   *
   * @param device a path, or `stdin`: the terminal that descriptor 0 is
   * @throws what the system says when it cannot be opened
   */
  static open(device: string, listeners: TerminalListeners): Terminal {
    const terminal = new Terminal(device, listeners)
    terminal.take()
    return terminal
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Whether it may be touched: from the background that would stop the process. Nobody is behind another terminal. */
  get inFront(): boolean {
    return this.#foreign || inForeground()
  }

  /** The stream a line editor draws on. */
  get output(): tty.WriteStream {
    return this.#output
  }

  get view(): View {
    let colors = false
    guard(() => {
      colors = this.#output.hasColors()
    })
    return { colors, columns: Math.max(20, this.#output.columns || 80) }
  }

  write(text: string): void {
    if (!this.#closed) this.#output.write(text)
  }

  /** Takes the keys. */
  take(): void {
    if (this.#closed || this.#raw) return
    this.#raw = true
    // Given back from the background, the terminal was left alone: without this the modes would seem to be set.
    if (this.#input.isRaw) this.#input.setRawMode(false)
    this.#input.setRawMode(true)
    if (!isDumb()) this.#output.write(pasteOn)
    this.#input.ref()
    this.#input.resume()
  }

  /** Gives the keys back, and leaves the terminal as it was found. It stays open for writing. */
  give(): void {
    if (this.#closed || !this.#raw) return
    this.#raw = false
    stopReading(this.#input)
    this.#input.unref()
    // From the background this would stop the process; whoever is in front has set it as he likes.
    if (!this.inFront) return
    if (!isDumb()) guard(() => this.#output.write(pasteOff))
    guard(() => this.#input.setRawMode(false))
  }

  /** What Ctrl-Z does where keys make signals: the whole job stops, up to `fg`. */
  suspend(): void {
    // Nobody could continue it from there.
    if (this.#foreign) return this.#onBack()
    this.give()
    this.#watchStops(false)
    guard(() => process.kill(0, 'SIGTSTP'))
    this.#expectBack()
  }

  close(): void {
    if (this.#closed) return
    this.#end()
    this.#ignoreDeath()
  }

  #end(): void {
    this.give()
    this.#closed = true
    process.off('exit', this.#putBack)
    process.off('SIGCONT', this.#continued)
    this.#watchStops(false)
    process.off('SIGWINCH', this.#resized)
    this.#input.off('data', this.#onKeys)
    this.#dispose()
    // What is not written yet still leaves.
    this.#output.end(() => this.#output.destroy())
    guard(() => this.#output.unref())
  }

  /** Newer versions of libuv put a raw terminal back when it is closed; from the background that would stop the process. */
  #dispose(): void {
    if (this.#input.isRaw && !this.inFront) {
      later(disposeAgain, () => this.#dispose())
      return
    }
    if (this.#input.isRaw) guard(() => this.#input.setRawMode(false))
    Terminal.streams.delete(this.#input)
    this.#input.destroy()
  }

  readonly #putBack = (): void => {
    guard(() => this.give())
  }

  readonly #gone = (): void => {
    if (this.#closed) return
    this.#end()
    // Its signal may be on the way already: libuv drops one for which nobody listens any more.
    later(hangUpMs, () => this.#ignoreDeath())
    this.#onGone()
  }

  #ignoreDeath(): void {
    for (const signal of this.#deadly) process.off(signal, this.#dying)
  }

  /** From outside: `kill -TSTP`. */
  readonly #stopped = (): void => guard(() => this.#stop())

  #stop(): void {
    // The application has its own idea of it.
    if (process.listenerCount('SIGTSTP') > 1) return
    this.give()
    this.#watchStops(false)
    process.kill(process.pid, 'SIGTSTP')
    this.#expectBack()
  }

  /** A process that nobody can continue does not stop at all: then there is no SIGCONT either. */
  #expectBack(): void {
    later(100, () => {
      if (!this.#closed && !this.#raw) this.#continued()
    })
  }

  readonly #continued = (): void => guard(() => this.#goOn())

  #goOn(): void {
    if (this.#closed) return
    this.#watchStops(true)
    // Whoever stopped us may have changed the modes, and `bg` leaves us where no key may be read.
    this.give()
    this.#onBack()
  }

  #watchStops(on: boolean): void {
    process.off('SIGTSTP', this.#stopped)
    if (on) process.on('SIGTSTP', this.#stopped)
  }

  readonly #resized = (): void => {
    guard(() => (this.#output as unknown as { _refreshSize(): void })._refreshSize())
  }

  readonly #dying = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) > 1) return
    this.close()
    this.#ignoreDeath()
    process.kill(process.pid, signal)
  }
}

export interface TerminalListeners {
  keys(chunk: Buffer): void
  /** The process was stopped and goes on, in front or in the background; the keys are not taken. */
  back(): void
  /** The terminal is gone: a closed window. It is closed. */
  gone(): void
}
