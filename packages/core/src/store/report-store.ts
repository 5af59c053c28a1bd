import type { Report } from '@throwpoint/protocol'
import { jsonText } from '../report/json-text.ts'

export interface StoreLimits {
  /** Reports. @default 50 */
  readonly count: number
  /** Bytes of all reports as JSON. @default 64 MiB */
  readonly bytes: number
  /** Milliseconds. @default 1 h */
  readonly age: number
  /** Ids of evicted reports that are remembered. @default 1000 */
  readonly evicted: number
}

export type StoredReport =
  | { readonly state: 'found'; readonly report: Report }
  /** It was here; there was no room for it any more, or it was too old. */
  | { readonly state: 'evicted' }
  | { readonly state: 'unknown' }

interface Entry {
  readonly json: Buffer
  readonly time: number
}

const clock = performance.now.bind(performance)

/**
 * The reports of this process, within limits; the oldest go first. They are kept as JSON, whose size is known exactly
 * and which nobody can change.
 */
export class ReportStore {
  readonly #limits: StoreLimits
  readonly #now: () => number
  readonly #entries = new Map<string, Entry>()
  readonly #evicted = new Set<string>()
  #bytes = 0

  constructor(limits: Partial<StoreLimits> = {}, now: () => number = clock) {
    this.#limits = { count: 50, bytes: 64 * 1024 * 1024, age: 60 * 60 * 1000, evicted: 1000, ...limits }
    this.#now = now
  }

  get size(): number {
    this.#evict()
    return this.#entries.size
  }

  /** Bytes of JSON that are kept. */
  get bytes(): number {
    return this.#bytes
  }

  add(report: Report): void {
    const json = Buffer.from(jsonText(report))
    this.#forget(report.id)
    this.#evicted.delete(report.id)
    this.#entries.set(report.id, { json, time: this.#now() })
    this.#bytes += json.byteLength
    this.#evict()
  }

  get(id: string): StoredReport {
    this.#evict()
    const entry = this.#entries.get(id)
    if (entry !== undefined) return { state: 'found', report: JSON.parse(entry.json.toString()) as Report }
    return { state: this.#evicted.has(id) ? 'evicted' : 'unknown' }
  }

  #evict(): void {
    const { count, bytes, age, evicted } = this.#limits
    const oldest = this.#now() - age
    // In the order in which they came.
    for (const [id, { time }] of this.#entries) {
      if (time >= oldest && this.#entries.size <= count && this.#bytes <= bytes) break
      this.#forget(id)
      this.#evicted.add(id)
    }
    for (const id of this.#evicted) {
      if (this.#evicted.size <= evicted) break
      this.#evicted.delete(id)
    }
  }

  #forget(id: string): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    this.#bytes -= entry.json.byteLength
  }
}
