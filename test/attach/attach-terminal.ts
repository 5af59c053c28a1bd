import { stripVTControlCharacters } from 'node:util'
import pty from 'node-pty'

/** A command in a pseudo-terminal. */
export class AttachTerminal {
  readonly #pty: pty.IPty
  raw = ''
  #seen = 0
  /** Its exit code. */
  readonly ended: Promise<number>

  constructor([file, ...args]: readonly string[], env: Readonly<Record<string, string>>) {
    this.#pty = pty.spawn(file!, args, {
      cols: 110,
      rows: 40,
      env: { PATH: process.env['PATH']!, TERM: 'xterm-256color', NO_COLOR: '1', ...env },
    })
    this.#pty.onData((data) => (this.raw += data))
    this.ended = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)))
  }

  get text(): string {
    return stripVTControlCharacters(this.raw)
  }

  write(keys: string): void {
    this.#pty.write(keys)
  }

  /** Waits for what is shown behind what was waited for last. */
  async shows(pattern: RegExp): Promise<void> {
    const deadline = Date.now() + 100_000
    for (;;) {
      const { text } = this
      const found = pattern.exec(text.slice(this.#seen))
      if (found !== null) {
        this.#seen += found.index + found[0].length
        return
      }
      if (Date.now() > deadline) throw new Error(`${pattern} was not shown\n${text}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async type(keys: string, pattern: RegExp): Promise<void> {
    this.write(keys)
    await this.shows(pattern)
  }

  stop(): void {
    try {
      this.#pty.kill('SIGKILL')
    } catch {
      // It has ended.
    }
  }
}
