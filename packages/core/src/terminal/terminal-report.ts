import type { Report } from '@throwpoint/protocol'
import { later } from '../later.ts'
import { fit, head } from '../report/columns.ts'
import { coloured, plain } from '../report/paint.ts'
import { errorLine, placeOf, requestLine } from '../report/sentences.ts'
import { renderText } from '../report/text.ts'
import { oneLine, visible } from '../report/visible.ts'
import { Repeats } from './repeats.ts'
import { StderrWriter } from './stderr-writer.ts'

export interface TerminalOptions {
  /** @default to descriptor 2 */
  readonly write?: (text: string) => void
  /** @default what `process.stderr.hasColors()` says, which knows NO_COLOR and FORCE_COLOR */
  readonly color?: boolean
  /** @default those of the terminal; 80 without one */
  readonly columns?: number
  /** Milliseconds. @default performance.now */
  readonly now?: () => number
}

// Held from the start: fake timers of an application are not ours.
const clock = performance.now.bind(performance)

/** What the terminal says beside the report. */
export interface TerminalExtra {
  readonly link?: string
  readonly dumpFile?: string
  readonly dumpError?: string
  /** Why the client did not get the page. */
  readonly withheld?: string
}

/** An error that is an answer. */
export interface ExpectedLine {
  readonly method: string
  readonly url: string
  /** 0 where there is none. */
  readonly status: number
  readonly name: string
  readonly message: string
}

/**
 * What Throwpoint prints: each failure once, whole, to stderr; its repeats as a count. stdout belongs to the
 * application, and stdin is never read. No method throws.
 */
export class TerminalReport {
  readonly #options: TerminalOptions
  readonly #write: (text: string) => void
  readonly #failures: Repeats
  readonly #expected: Repeats
  readonly #now: () => number
  #second = 0
  #inSecond = 0
  #unprinted = 0
  #timer: NodeJS.Timeout | undefined
  /** Why there are no variables, as said last: once is enough. */
  #told: string | null | undefined

  constructor(options: TerminalOptions = {}) {
    this.#options = options
    this.#write = options.write ?? new StderrWriter().write
    this.#now = options.now ?? clock
    const print = (text: string): void => this.#print(text)
    this.#failures = new Repeats({ print, now: this.#now })
    this.#expected = new Repeats({ print, now: this.#now })
  }

  /** Prints a report; if the same failure was printed before, a line that counts it. */
  report(report: Report, extra: TerminalExtra): void {
    guarded(() => {
      const line = repeatLine(report, extra, this.#color())
      if (!this.#failures.isNew(report.fingerprint, line)) return
      const room = this.#room()
      if (room === 'whole') {
        const { reason } = report.engine
        const options = {
          ...extra,
          color: this.#color(),
          width: this.#columns(),
          told: reason === this.#told,
        }
        this.#print(`\n${renderText(report, options)}\n`)
        this.#told = reason
      } else if (room === 'line') {
        this.#print(line(1))
      }
    })
  }

  /** Prints one line for an error that the application's own answer takes care of. */
  expected(line: ExpectedLine): void {
    guarded(() => {
      const width = Math.max(60, this.#columns())
      const paint = this.#color() ? coloured : plain
      const status = line.status === 0 ? '' : `${line.status} `
      const request = `${cut(line.method, 40)} ${cut(line.url, 300)}`
      const sentence =
        line.message === '' ? cut(line.name, 100) : `${cut(line.name, 100)}: ${cut(line.message, 200)}`
      const text = (count: number): string => {
        const times = count === 1 ? '' : ` (${count} times)`
        const body = fit(`${status}${request}  ${sentence}`, width - times.length)
        return `${paint.dim(body)}${times}\n`
      }
      const key = `${line.status} ${request} ${line.name}`
      if (this.#expected.isNew(key, text) && this.#room() !== 'none') this.#print(text(1))
    })
  }

  /** Prints one line of Throwpoint's own. */
  notice(text: string): void {
    guarded(() => {
      const paint = this.#color() ? coloured : plain
      this.#print(`${paint.warn('Throwpoint:')} ${visible(head(text, 2000).text)}\n`)
    })
  }

  /** Prints lines that were asked for. */
  print(text: string): void {
    this.#print(`${text}\n`)
  }

  #print(text: string): void {
    guarded(() => this.#write(text))
  }

  /** A thousand different failures a second must not drown the terminal: ten are printed whole, then fifty as a line. */
  #room(): 'whole' | 'line' | 'none' {
    const second = Math.floor(this.#now() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#inSecond = 0
      this.#tellUnprinted()
    }
    this.#inSecond += 1
    if (this.#inSecond <= 10) return 'whole'
    if (this.#inSecond <= 60) return 'line'
    this.#unprinted += 1
    if (this.#timer !== undefined) return 'none'
    this.#timer = later(1000, () => {
      this.#timer = undefined
      this.#tellUnprinted()
    })
    return 'none'
  }

  #tellUnprinted(): void {
    if (this.#unprinted === 0) return
    const failures = this.#unprinted
    this.#unprinted = 0
    this.notice(`${failures} more failures were not printed: more than 60 different ones in a second`)
  }

  #color(): boolean {
    if (this.#options.color !== undefined) return this.#options.color
    try {
      return process.stderr.hasColors?.() === true
    } catch {
      return false
    }
  }

  #columns(): number {
    if (this.#options.columns !== undefined) return this.#options.columns
    try {
      return process.stderr.columns || 80
    } catch {
      return 80
    }
  }
}

/** The report itself is not kept for it: it may be large. */
function repeatLine(report: Report, extra: TerminalExtra, color: boolean): (count: number) => string {
  const paint = color ? coloured : plain
  const location = (report.frames.find(({ kind }) => kind === 'app') ?? report.frames[0])?.location
  const parts = [paint.strong(errorLine(report.error, 160))]
  if (report.request !== null) parts.push(requestLine(report))
  if (location) parts.push(paint.place(placeOf(location, report.process.cwd)))
  if (extra.withheld !== undefined) parts.push(paint.warn(`page withheld: ${cut(extra.withheld, 200)}`))
  if (extra.dumpError !== undefined) parts.push(paint.warn(`no dump: ${cut(extra.dumpError, 200)}`))
  const target = extra.link ?? extra.dumpFile
  if (target !== undefined) parts.push(paint.dim(oneLine(target)))
  const text = parts.join('  ')
  return (count) => `${count === 1 ? '' : `${paint.error(`${count} times`)} `}${text}\n`
}

function cut(text: string, length: number): string {
  const { text: kept, omitted } = head(text, length)
  return `${oneLine(kept)}${omitted === 0 ? '' : '…'}`
}

function guarded(action: () => void): void {
  try {
    action()
  } catch {
    // What cannot be printed must not become the application's problem.
  }
}
