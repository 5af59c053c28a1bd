import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import * as pty from 'node-pty'
import { screen } from './screen.ts'

/** Milliseconds a wait may take; the machine may be slow. */
const patience = 60_000

export interface TerminalOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly columns?: number
}

/** A program in a pseudo-terminal, as somebody sits before it. */
export class InTerminal {
  readonly #pty: pty.IPty
  readonly #columns: number
  #text = ''
  #seen = 0
  #wake: Array<() => void> = []
  exit: { exitCode: number; signal: number | undefined } | undefined

  constructor(file: string, args: readonly string[], options: TerminalOptions = {}) {
    const {
      NODE_OPTIONS: _options,
      VITEST: _vitest,
      FORCE_COLOR: _color,
      NO_COLOR: _none,
      CI: _ci,
      ...env
    } = process.env
    this.#columns = options.columns ?? 100
    this.#pty = pty.spawn(file, [...args], {
      cwd: options.cwd ?? process.cwd(),
      cols: this.#columns,
      rows: 40,
      name: 'xterm-256color',
      env: { ...env, NODE_ENV: 'development', ...options.env } as Record<string, string>,
    })
    this.#pty.onData((data) => {
      this.#text += data
      this.#woken()
    })
    this.#pty.onExit(({ exitCode, signal }) => {
      this.exit = { exitCode, signal }
      this.#woken()
    })
  }

  get pid(): number {
    return this.#pty.pid
  }

  /** Everything that came, raw. */
  get text(): string {
    return this.#text
  }

  /** What is to be seen. */
  get screen(): string {
    return screen(this.#text, this.#columns)
  }

  /** Types; Enter is `\r`. */
  type(text: string): void {
    this.#pty.write(text)
  }

  resize(columns: number, rows: number): void {
    this.#pty.resize(columns, rows)
  }

  /** Waits for a text behind the last one that was waited for. */
  async until(expected: string | RegExp): Promise<RegExpExecArray> {
    const pattern =
      typeof expected === 'string' ? new RegExp(expected.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : expected
    return this.#wait(String(expected), () => {
      const match = pattern.exec(this.#text.slice(this.#seen))
      if (match !== null) this.#seen += match.index + match[0].length
      return match
    })
  }

  /** Waits for a text to be on the screen. */
  shown(expected: string | RegExp): Promise<true> {
    return this.#wait(String(expected), () => {
      const { screen: now } = this
      return (typeof expected === 'string' ? now.includes(expected) : expected.test(now)) || null
    })
  }

  /** Waits for something that no text tells. */
  when(what: string, look: () => boolean): Promise<true> {
    return this.#wait(what, () => look() || null)
  }

  /** Waits for the end of the program. */
  ended(): Promise<{ exitCode: number; signal: number | undefined }> {
    return this.#wait('the end', () => this.exit ?? null)
  }

  /** The modes of the terminal, as `stty` says them. */
  modes(): string {
    const path = (this.#pty as unknown as { _pty: string })._pty
    return execFileSync('stty', ['-a', '-F', path], { encoding: 'utf8' }).replace(
      /rows \d+; columns \d+; /,
      '',
    )
  }

  /** Closes the window: the system tells the programs in it, and nobody else does. */
  hangUp(): void {
    ;(this.#pty as unknown as { _socket: { destroy(): void } })._socket.destroy()
  }

  kill(): void {
    try {
      this.#pty.kill('SIGKILL')
    } catch {
      // It has ended.
    }
  }

  async #wait<T>(what: string, look: () => T | null): Promise<T> {
    const end = Date.now() + patience
    for (;;) {
      const found = look()
      if (found !== null) return found
      const left = end - Date.now()
      if (
        left <= 0 ||
        (this.exit !== undefined && what !== 'the end' && (await this.#settled(look)) === null)
      ) {
        throw new Error(`${what} did not come. On the terminal:\n${this.screen}`)
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 250))
        this.#wake.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  /** After the end of a program its last words may still be on their way. */
  async #settled<T>(look: () => T | null): Promise<T | null> {
    await new Promise((resolve) => setTimeout(resolve, 500))
    return look()
  }

  #woken(): void {
    const wake = this.#wake
    this.#wake = []
    for (const one of wake) one()
  }
}

/** The state of a process: `R`, `S`, … `T` is stopped. */
export function stateOf(pid: number): string {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3)
}
