import type { Report } from '@throwpoint/protocol'
import { debugLog } from '../debug-log.ts'
import { redactSource } from '../redact/redaction.ts'
import { jsonText } from '../report/json-text.ts'
import { dumpFault } from './dump-fault.ts'
import { dumpNameOf, isDumpName, isExchangeName } from './dump-file.ts'
import { KeptFiles } from './kept-files.ts'

// Held from the start: an application may replace it.
const toBytes: (text: string) => Buffer = Buffer.from.bind(Buffer)

const log = debugLog('throwpoint:dump')

export interface DumpOptions {
  /** An absolute path. It is made when the first report is written. */
  readonly directory: string
  /** Dumps that are kept. @default 100 */
  readonly count?: number
  /** Bytes of all dumps. @default 256 MiB */
  readonly bytes?: number
}

export type DumpWritten =
  | { readonly file: string }
  /** One sentence: what failed, and what to do. */
  | { readonly error: string }

/** Writes reports to files, one each. Of its own files the oldest go when there are too many. */
export class DumpWriter {
  readonly #files: KeptFiles
  readonly #bytes: number
  readonly #safeSources = new SafeSources()

  constructor({ directory, count = 100, bytes = 256 * 1024 * 1024 }: DumpOptions) {
    this.#bytes = bytes
    this.#files = new KeptFiles({ directory, count, bytes, isKept: isDumpName, isOurs: isExchangeName })
  }

  /** Never throws. `sources`: the whole text of files the report shows, by their names. */
  write(report: Report, sources: Readonly<Record<string, string>>): DumpWritten {
    try {
      const bytes = toBytes(jsonText({ ...report, sources: this.#safeSources.of(sources) }))
      if (bytes.byteLength > this.#bytes) {
        return {
          error: `the report is larger than all dumps together may be (${this.#bytes} bytes).`,
        }
      }
      return { file: this.#files.put(dumpNameOf(report), bytes) }
    } catch (error) {
      const { code, stack } = error as { code?: unknown; stack?: unknown }
      log(String(stack))
      return { error: dumpFault(this.#files.directory, typeof code === 'string' ? code : undefined) }
    }
  }
}

/** Files are redacted once, as long as their text stays the same. */
class SafeSources {
  #known: Record<string, { readonly text: string; readonly safe: string }> = Object.create(null) as never
  #size = 0

  of(sources: Readonly<Record<string, string>>): Record<string, string> {
    const result = Object.create(null) as Record<string, string>
    const files = Object.keys(sources)
    for (let at = 0; at < files.length; at++)
      result[files[at]!] = this.#safe(files[at]!, sources[files[at]!]!)
    return result
  }

  #safe(file: string, text: string): string {
    const known = this.#known[file]
    if (known?.text === text) return known.safe
    const safe = redactSource(text)
    if (known === undefined && ++this.#size > 100) {
      this.#known = Object.create(null) as never
      this.#size = 1
    }
    this.#known[file] = { text, safe }
    return safe
  }
}
