import { EventEmitter } from 'node:events'

/** What a line editor needs of `readline.Interface`, some of it older than its documentation. */
export interface EditedLine {
  line: string
  readonly cursor: number
  prevRows: number
  history: string[]
  setPrompt(prompt: string): void
  prompt(preserveCursor?: boolean): void
  /** Types, or does what a key does. */
  write(text: string | null, key?: { readonly ctrl: boolean; readonly name: string }): void
  getCursorPos(): { readonly rows: number }
  on(event: 'line', listener: (line: string) => void): unknown
  close(): void
}

/** Keys that send several characters: arrows, Delete. */
// oxlint-disable-next-line no-control-regex -- they begin with one
const sequence = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|O.)?/g

/** Whether the terminal moves its cursor only forwards: an editor's shell window. */
export function isDumb(): boolean {
  return process.env['TERM'] === 'dumb'
}

/**
 * A line on a dumb terminal. `node:readline` knows no key there but Enter: Backspace would be a character of the line.
 */
export class DumbLine extends EventEmitter implements EditedLine {
  line = ''
  prevRows = 0
  history: string[] = []
  readonly #write: (text: string) => void
  readonly #input: EventEmitter
  /** A character may come in parts. */
  readonly #decoder = new TextDecoder()
  #prompt = ''

  constructor(input: EventEmitter, write: (text: string) => void) {
    super()
    this.#input = input
    this.#write = write
    input.on('data', this.#keys)
  }

  get cursor(): number {
    return this.line.length
  }

  setPrompt(prompt: string): void {
    this.#prompt = prompt
  }

  prompt(): void {
    this.#write(this.#prompt + this.line)
  }

  write(text: string | null, key?: { readonly ctrl: boolean; readonly name: string }): void {
    if (text !== null) this.#type(text)
    else if (key?.name === 'u' && this.line !== '') {
      this.line = ''
      this.prompt()
    }
  }

  getCursorPos(): { readonly rows: number } {
    return { rows: 0 }
  }

  close(): void {
    this.#input.off('data', this.#keys)
  }

  readonly #keys = (bytes: Buffer): void => {
    const text = this.#decoder.decode(bytes, { stream: true }).replace(sequence, '')
    for (const character of text) this.#key(character)
  }

  #key(character: string): void {
    if (character === '\r' || character === '\n') {
      const { line } = this
      this.line = ''
      this.#write('\n')
      this.emit('line', line)
    } else if (character === '\u007f' || character === '\b') {
      const last = /[^]$/u.exec(this.line)?.[0]
      if (last === undefined) return
      this.line = this.line.slice(0, -last.length)
      this.#write('\b \b')
    } else if (character === '\u0015') {
      this.line = ''
      this.#write(`\n${this.#prompt}`)
    } else if (character >= ' ') this.#type(character)
  }

  #type(text: string): void {
    this.line += text
    this.#write(text)
  }
}
