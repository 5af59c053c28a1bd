import { EventEmitter } from 'node:events'
import readline from 'node:readline'
import { cancel, later } from '../later.ts'
import { fault } from '../recorder/guard.ts'
import { DumbLine, type EditedLine, isDumb } from './dumb-line.ts'
import { type Key, Keys } from './keys.ts'
import type { Terminal } from './terminal.ts'

/** Entries that are remembered in the process. */
const historySize = 1000
/** Milliseconds a completion may take. */
const completionTime = 1500
/**
 * Stands for a line feed where a block is recalled: versions of `node:readline` disagree about lines with line feeds, and
 * some hand them over backwards.
 */
const lineFeed = '\u23ce'
/** Keys that wait while a command runs, at most. */
const ahead = 1000

export interface EditorListeners {
  /** A whole line, or several that belong together. */
  line(text: string): void
  /** Ctrl-C where there is nothing to clear; `busy`: while a command runs. */
  interrupt(busy: boolean): void
  /** Ctrl-D on an empty line. */
  end(): void
  /** Ctrl-Z */
  suspend(): void
  isComplete(text: string): boolean
  complete(text: string): Promise<readonly string[]>
}

/** Edits lines on a terminal of ours, with `node:readline`; between two questions keys wait. */
export class LineEditor {
  readonly #terminal: Terminal
  readonly #listeners: EditorListeners
  readonly #keys = new Keys()
  readonly #input: EventEmitter & { resume(): void; pause(): void }
  readonly #readline: EditedLine
  readonly #dumb = isDumb()
  #prompt = ''
  /** The lines before the one being typed. */
  #block: string[] = []
  #asking = false
  /** Keys behind a Tab wait for what it brings. */
  #completing = false
  #waiting: Key[] = []

  constructor(terminal: Terminal, history: readonly string[], listeners: EditorListeners) {
    this.#terminal = terminal
    this.#listeners = listeners
    const nothing = (): void => {}
    // What readline needs of a stream. The terminal's modes are not its business.
    this.#input = Object.assign(new EventEmitter(), { resume: nothing, pause: nothing })
    this.#readline = this.#dumb
      ? new DumbLine(this.#input, (text) => terminal.write(text))
      : this.#withReadline(history)
    this.#readline.on('line', this.#line)
  }

  #withReadline(history: readonly string[]): EditedLine {
    return readline.createInterface({
      input: this.#input as unknown as NodeJS.ReadableStream,
      output: this.#terminal.output,
      terminal: true,
      history: history.map(folded).reverse(),
      historySize,
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, result: readline.CompleterResult) => void) => {
        this.#completed(line, (result) => done(null, result)).catch(fault)
      },
    }) as unknown as EditedLine
  }

  /** Asks for a line. What was typed meanwhile is taken first. */
  ask(prompt: string): void {
    this.#prompt = prompt
    this.#asking = true
    this.#readline.setPrompt(this.#shownPrompt())
    this.#readline.prevRows = 0
    this.#readline.prompt(true)
    this.#drain()
  }

  #drain(): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#take(waiting)
  }

  /** Bytes of the terminal. */
  readonly read = (chunk: Buffer): void => {
    this.#take(this.#keys.read(chunk))
    this.redraw()
  }

  /** Prints above the line being typed. */
  print(text: string): void {
    if (!this.#asking) {
      this.#terminal.write(`${text}\n`)
      return
    }
    this.#wipe()
    this.#terminal.write(`${text}\n`)
    this.#readline.prompt(true)
  }

  /** Draws the line anew: the application may have printed over it. */
  redraw(): void {
    if (!this.#asking || this.#terminal.closed || this.#dumb) return
    // Text that came in one piece may have begun new rows unnoticed.
    this.#readline.prevRows = this.#readline.getCursorPos().rows
    this.#readline.prompt(true)
  }

  /** Forgets what is being typed, and asks no more. */
  stop(): void {
    if (this.#asking) this.#wipe()
    this.#asking = false
  }

  close(): void {
    this.#asking = false
    this.#readline.close()
  }

  #take(keys: readonly Key[]): void {
    for (const key of keys) {
      if (this.#asking && !this.#completing) this.#key(key)
      else if (!this.#asking && key.kind === 'interrupt') {
        this.#waiting = []
        this.#listeners.interrupt(true)
      } else if (!this.#asking && key.kind === 'suspend') this.#listeners.suspend()
      else if (this.#waiting.length < ahead) this.#waiting.push(key)
    }
  }

  #key(key: Key): void {
    switch (key.kind) {
      case 'tab':
        this.#input.emit('data', Buffer.from('\t'))
        break
      case 'text':
        this.#text(key.bytes)
        break
      case 'enter':
        this.#input.emit('data', Buffer.from('\r'))
        break
      case 'paste':
        this.#paste(key.text.split('\n'))
        break
      case 'interrupt':
        this.#interrupt()
        break
      case 'end':
        if (this.#readline.line === '' && this.#block.length === 0) {
          this.#asking = false
          this.#terminal.write('\n')
          this.#listeners.end()
        } else this.#input.emit('data', Buffer.from([0x04]))
        break
      case 'suspend':
        this.#listeners.suspend()
        break
    }
  }

  /** One by one: Node 20 takes several keys at once for a paste, and does not look for Ctrl-A in it. */
  #text(bytes: Buffer): void {
    if (bytes.length > 64 || this.#dumb) this.#input.emit('data', bytes)
    else for (let at = 0; at < bytes.length; at++) this.#input.emit('data', bytes.subarray(at, at + 1))
  }

  #interrupt(): void {
    const empty = this.#readline.line === '' && this.#block.length === 0
    this.#block = []
    this.#terminal.write(`${this.#toEnd()}^C\n`)
    this.#readline.prevRows = 0
    this.#readline.setPrompt(this.#shownPrompt())
    this.#empty()
    if (empty) this.#listeners.interrupt(false)
  }

  readonly #line = (line: string): void => {
    this.#block.push(unfolded(line))
    const text = this.#block.join('\n')
    this.#readline.prevRows = 0
    if (text.trim() !== '' && !this.#listeners.isComplete(text)) {
      this.#readline.setPrompt(this.#shownPrompt())
      this.#readline.prompt(true)
      return
    }
    this.#remember(text)
    this.#block = []
    this.#asking = false
    this.#listeners.line(text)
  }

  /** All lines but the last are done with; the last one can be edited, and Enter runs them all. */
  #paste(lines: string[]): void {
    const editor = this.#readline
    if (lines.length === 1) {
      editor.write(lines[0]!)
      return
    }
    const rest = editor.line.slice(editor.cursor)
    const first = editor.line.slice(0, editor.cursor)
    this.#empty()
    const last = lines.pop()!
    for (const [index, line] of lines.entries()) {
      const whole = index === 0 ? first + line : line
      editor.write(whole)
      this.#terminal.write('\n')
      this.#block.push(whole)
      editor.prevRows = 0
      editor.setPrompt(this.#shownPrompt())
      this.#empty()
    }
    editor.write(last + rest)
  }

  /** The lines of a block are one entry. */
  #remember(text: string): void {
    if (this.#block.length < 2) return
    const { history } = this.#readline
    while (history.length > 0 && this.#block.includes(history[0]!)) history.shift()
    history.unshift(folded(text))
  }

  async #completed(line: string, show: (result: readline.CompleterResult) => void): Promise<void> {
    this.#completing = true
    const result = await this.#complete(line)
    this.#completing = false
    show(result)
    this.#drain()
  }

  async #complete(line: string): Promise<readline.CompleterResult> {
    const text = [...this.#block, unfolded(line)].join('\n')
    let step: NodeJS.Timeout | undefined
    try {
      const none = new Promise<readonly string[]>((resolve) => {
        step = later(completionTime, () => resolve([]))
      })
      const hits = await Promise.race([this.#listeners.complete(text), none])
      return [[...hits], commonEnd(line, hits)]
    } catch {
      return [[], line]
    } finally {
      cancel(step)
    }
  }

  #shownPrompt(): string {
    if (this.#block.length === 0) return this.#prompt
    return '... '
  }

  #empty(): void {
    this.#readline.write(null, { ctrl: true, name: 'e' })
    this.#readline.write(null, { ctrl: true, name: 'u' })
  }

  /** Removes the line being typed from the screen. */
  #wipe(): void {
    const { rows } = this.#readline.getCursorPos()
    if (this.#dumb) this.#terminal.write('\n')
    else this.#terminal.write(`${rows > 0 ? `\u001b[${rows}A` : ''}\r\u001b[J`)
    this.#readline.prevRows = 0
  }

  #toEnd(): string {
    this.#readline.write(null, { ctrl: true, name: 'e' })
    return ''
  }
}

function folded(text: string): string {
  return text.replaceAll('\n', lineFeed)
}

function unfolded(line: string): string {
  return line.replaceAll(lineFeed, '\n')
}

/** The end of the line that all completions begin with: what they replace. */
function commonEnd(line: string, hits: readonly string[]): string {
  for (let at = Math.max(0, line.length - 200); at < line.length; at++) {
    const end = line.slice(at)
    if (hits.every((hit) => hit.startsWith(end))) return end
  }
  return ''
}
