import { defaultLimits } from '../packages/protocol/src/limits.ts'
import type { Limits } from '../packages/protocol/src/limits.ts'
import type { Report } from '../packages/protocol/src/report.ts'
import type { Value } from '../packages/protocol/src/value.ts'
import type { Redactor } from '../packages/core/src/redact/redactor.ts'
import { describeThrown } from '../packages/core/src/thrown/thrown.ts'
import { ValueReader } from '../packages/core/src/value/read-value.ts'
import { handlerReport } from './report-samples.ts'

/** A redactor that hides nothing and calls no built-in. */
export const openRedactor: Redactor = {
  hides: () => false,
  text: (text) => text,
  header: (_name, value) => value,
}

export interface ReadOptions {
  readonly limits?: Partial<Limits>
  readonly redactor?: Redactor
  /** Milliseconds. @default no limit */
  readonly budgetMs?: number
}

export function readerWith({
  limits,
  redactor = openRedactor,
  budgetMs = 1e9,
}: ReadOptions = {}): ValueReader {
  const deadline = performance.now() + budgetMs
  return new ValueReader({ limits: { ...defaultLimits, ...limits }, redactor, deadline })
}

/** Reads one value with a reader of its own. */
export function readValue(value: unknown, options: ReadOptions = {}): Value {
  return readerWith(options).read(value)
}

/** A report that holds one value and nothing else of interest. */
export function reportWith(value: Value): Report {
  const error = { name: 'object', message: '', stack: '', isError: false, properties: {}, value }
  return { ...handlerReport, error }
}

/** A report of a thrown value, without frames. */
export function reportOfThrown(thrown: unknown, options: ReadOptions = {}): Report {
  const limits = { ...defaultLimits, ...options.limits }
  const redactor = options.redactor ?? openRedactor
  const { error, causes } = describeThrown(thrown, readerWith(options), { limits, redactor })
  const shown = causes.map(({ thrown: _thrown, stackText: _text, ...rest }) => ({ ...rest, frames: [] }))
  return { ...handlerReport, error, causes: shown }
}
