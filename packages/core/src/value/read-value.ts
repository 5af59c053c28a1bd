import type { Limits, Value } from '@throwpoint/protocol'
import type { Redactor } from '../redact/redactor.ts'

export interface ReaderOptions {
  readonly limits: Limits
  readonly redactor: Redactor
  /** When to stop reading, in milliseconds as `performance.now()` counts them. */
  readonly deadline: number
}

/** Reads values for one report. Runs no code of the application and never throws. */
export class ValueReader {
  readonly #options: ReaderOptions

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  read(value: unknown): Value {
    const { limits, redactor } = this.#options
    if (value === null) return { type: 'object', subtype: 'null', description: 'null', value }
    if (typeof value === 'string') {
      const text = redactor.text(value.slice(0, limits.stringLength))
      return { type: 'string', description: JSON.stringify(text), value: text }
    }
    if (typeof value === 'boolean') return { type: 'boolean', description: `${value}`, value }
    if (typeof value === 'object') return { type: 'object', description: 'Object', unavailable: 'depth' }
    return { type: typeof value, description: typeof value }
  }
}
