/* oxlint-disable typescript/unbound-method -- methods are taken from their prototypes on purpose here */
import type { Report } from '@throwpoint/protocol'
import { now, uncurry } from '../primordials.ts'
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
  readonly id: string
  readonly json: Buffer
  readonly time: number
}

// Held from the start: an application may replace them.
const { parse } = JSON
const toBytes: (text: string) => Buffer = Buffer.from.bind(Buffer)
const toText = uncurry(Buffer.prototype.toString) as (bytes: Buffer) => string
const slice = uncurry(Array.prototype.slice) as <Item>(list: Item[], from: number) => Item[]

/**
 * The reports of this process, within limits; the oldest go first. They are kept as JSON, whose size is known exactly
 * and which nobody can change.
 */
export class ReportStore {
  readonly #limits: StoreLimits
  readonly #now: () => number
  /** In the order in which they came. */
  #entries: Entry[] = []
  #evicted: string[] = []
  #bytes = 0

  /** @param clock milliseconds */
  constructor(limits: Partial<StoreLimits> = {}, clock: () => number = now) {
    this.#limits = { count: 50, bytes: 64 * 1024 * 1024, age: 60 * 60 * 1000, evicted: 1000, ...limits }
    this.#now = clock
  }

  get size(): number {
    this.#evict()
    return this.#entries.length
  }

  /** Bytes of JSON that are kept. */
  get bytes(): number {
    return this.#bytes
  }

  add(report: Report): void {
    const { id } = report
    const json = toBytes(jsonText(report))
    this.#remove(id)
    // No reason to give up all the others.
    if (json.byteLength > this.#limits.bytes) {
      this.#evicted[this.#evicted.length] = id
    } else {
      this.#entries[this.#entries.length] = { id, json, time: this.#now() }
      this.#bytes += json.byteLength
    }
    this.#evict()
  }

  get(id: string): StoredReport {
    this.#evict()
    for (let at = 0; at < this.#entries.length; at++) {
      const { id: known, json } = this.#entries[at]!
      if (known === id) return { state: 'found', report: parse(toText(json)) as Report }
    }
    for (let at = 0; at < this.#evicted.length; at++)
      if (this.#evicted[at] === id) return { state: 'evicted' }
    return { state: 'unknown' }
  }

  #evict(): void {
    const { count, bytes, age, evicted } = this.#limits
    const oldest = this.#now() - age
    let gone = 0
    for (; gone < this.#entries.length; gone++) {
      const { id, time, json } = this.#entries[gone]!
      if (time >= oldest && this.#entries.length - gone <= count && this.#bytes <= bytes) break
      this.#bytes -= json.byteLength
      this.#evicted[this.#evicted.length] = id
    }
    if (gone > 0) this.#entries = slice(this.#entries, gone)
    const tooMany = this.#evicted.length - evicted
    if (tooMany > 0) this.#evicted = slice(this.#evicted, tooMany)
  }

  #remove(id: string): void {
    const kept: Entry[] = []
    for (let at = 0; at < this.#entries.length; at++) {
      const entry = this.#entries[at]!
      if (entry.id === id) this.#bytes -= entry.json.byteLength
      else kept[kept.length] = entry
    }
    this.#entries = kept
  }
}
