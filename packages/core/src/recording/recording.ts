import type { Report } from '@throwpoint/protocol'
import { debugLog } from '../debug-log.ts'
import { dumpFault } from '../dump/dump-fault.ts'
import { exchangeNameOf, isDumpName, isExchangeName } from '../dump/dump-file.ts'
import { KeptFiles } from '../dump/kept-files.ts'
import { soon } from '../later.ts'
import { guard } from '../recorder/guard.ts'
import type { Redaction } from '../redact/redaction.ts'
import { jsonText } from '../report/json-text.ts'
import type { Exchange } from '../scope/exchange.ts'
import { noteArrival } from './arrivals.ts'
import { Ring } from './ring.ts'
import { recordedExchange } from './tape-file.ts'
import { Tape, type TapeEnd } from './tape.ts'
import { watchRequestBody, watchResponseBody } from './watch-bodies.ts'

// Held from the start: an application may replace it.
const toBytes: (text: string) => Buffer = Buffer.from.bind(Buffer)

const log = debugLog('throwpoint:recording')

/** Bytes of each body that are kept, unless `limits.bodyBytes` says more. */
export const recordedBodyBytes: number = 1024 * 1024

export interface RecordingOptions {
  /** An absolute path; false: only the last exchanges are kept, in memory. */
  readonly directory: string | false
  /** undefined: nothing is hidden in the files. */
  readonly redaction: Redaction | undefined
  readonly bodyBytes: number
  /** Files that are kept. @default 1000 */
  readonly count?: number
  /** Bytes of all files. @default 256 MiB */
  readonly bytes?: number
  /** Told once why nothing can be written. */
  readonly onFault: (sentence: string) => void
}

/** Of this process: names of its files shall differ, whatever writes them. */
let serials = 0
const open = new Set<Tape>()
let listens = false

/**
 * Keeps exchanges: each as a file when its response is closed, and once more when something is thrown behind it. The
 * last ones stay in memory too, to be sent again.
 */
export class Recording implements TapeEnd {
  readonly ring: Ring = new Ring()
  readonly #files: KeptFiles | undefined
  readonly #options: RecordingOptions
  #faulty = false

  constructor(options: RecordingOptions) {
    this.#options = options
    const { directory, count = 1000, bytes = 256 * 1024 * 1024 } = options
    if (directory === false) return
    this.#files = new KeptFiles({
      directory,
      count,
      bytes,
      isKept: isExchangeName,
      isOurs: isDumpName,
      tidyEvery: 50,
    })
    if (listens) return
    listens = true
    // What is still open then has not been written.
    process.on('exit', () => {
      for (const tape of open) guard(() => (tape.end as Recording).write(tape, true))
    })
  }

  /** Begins with one exchange; nothing of its request has been read yet, unless a middleware in front of ours did. */
  begin(exchange: Exchange): void {
    const { req, res } = exchange
    noteArrival(exchange)
    exchange.tape = new Tape(exchange, this, Math.max(this.#options.bodyBytes, recordedBodyBytes))
    watchRequestBody(req)
    watchResponseBody(res)
    if (this.#files !== undefined) open.add(exchange.tape)
  }

  /** The report of an exchange is made. */
  reported(tape: Tape, report: Report, crashes: boolean): void {
    if (tape.exceptions.some((known) => known.report === report.id)) return
    const { boundary: phase, id, error, fingerprint } = report
    tape.exceptions.push({ phase, report: id, name: error.name, message: error.message, fingerprint })
    if (crashes || tape.serial !== undefined) this.write(tape, crashes)
  }

  closed(tape: Tape): void {
    tape.closedAt ??= performance.now()
    // Its exceptions are reported in a moment, in the same way.
    soon(() => {
      this.ring.add(tape)
      this.write(tape, false)
      open.delete(tape)
    })
  }

  /** @param lasting the process may be dying */
  write(tape: Tape, lasting: boolean): void {
    const files = this.#files
    if (files === undefined) return
    const first = tape.serial === undefined
    tape.serial ??= ++serials
    try {
      const recorded = recordedExchange(tape, this.#options.redaction)
      const name = exchangeNameOf(recorded.time, tape.serial)
      files.put(name, toBytes(jsonText(recorded)), { replace: !first, lasting })
      this.#faulty = false
    } catch (error) {
      const { code, stack } = error as { code?: unknown; stack?: unknown }
      log(String(stack))
      if (this.#faulty) return
      this.#faulty = true
      const why = dumpFault(files.directory, typeof code === 'string' ? code : undefined, 'record')
      this.#options.onFault(`Requests are not recorded: ${why}`)
    }
  }
}
