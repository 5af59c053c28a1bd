import type { Limits, Value } from '@throwpoint/protocol'
import { now } from '../primordials.ts'
import { Redaction, type RedactOptions, type ReportRedaction } from '../redact/redaction.ts'
import { stringSlice } from '../value/intrinsics.ts'
import { ValueReader } from '../value/read-value.ts'
import { longestText } from '../value/text.ts'
import type { Debuggee, DescribeOptions, LiveScope } from './debuggee.ts'

/** Frames whose variables are looked through for secrets, and milliseconds of that. */
const mostFrames = 20
const patience = 1000
/** Secrets that are remembered; more are hidden by their names and shapes alone. */
const mostSecrets = 100

/** Pictures of values for one session: what its report hides is hidden in them too. */
export class Describer {
  readonly #limits: Limits
  readonly #redaction: Redaction
  readonly #debuggee: Pick<Debuggee, 'report' | 'scopes' | 'objects'>
  #secrets: readonly string[] | undefined

  constructor(
    options: { readonly limits: Limits; readonly redact?: RedactOptions | undefined },
    debuggee: Pick<Debuggee, 'report' | 'scopes' | 'objects'>,
  ) {
    this.#limits = options.limits
    this.#redaction = new Redaction(options.redact)
    this.#debuggee = debuggee
  }

  describe(value: unknown, { depth = this.#limits.depth, name }: DescribeOptions): Value {
    const redactor = this.#redaction.forReport()
    this.#secrets ??= this.#findSecrets()
    for (const secret of this.#secrets) redactor.remember(secret)
    const limits = { ...this.#limits, depth }
    const reader = new ValueReader({ limits, redactor, deadline: now() + Math.max(200, limits.budgetMs) })
    if (typeof value !== 'string' || value.length <= longestText)
      return redactor.finish({ value: reader.read(value, name) }).value
    // The reader does not open it, for it may have to be put together first; here somebody has asked for it.
    const start = reader.read(stringSlice(value, 0, longestText), name)
    const whole = { size: value.length, unavailable: 'string-length' } as const
    return redactor.finish({ value: start.unavailable === 'redacted' ? start : { ...start, ...whole } }).value
  }

  /** What is hidden under its name anywhere in the capture: copies of it are hidden wherever they are looked at. */
  #findSecrets(): string[] {
    const secrets: string[] = []
    const redactor = collecting(this.#redaction.forReport(), secrets)
    const { report, objects } = this.#debuggee
    const raw = (objects?.req as { rawHeaders?: unknown } | undefined)?.rawHeaders
    if (Array.isArray(raw)) {
      for (let at = 0; at + 1 < raw.length; at += 2) {
        if (typeof raw[at] === 'string' && typeof raw[at + 1] === 'string')
          redactor.header(raw[at] as string, raw[at + 1] as string)
      }
    }
    const limits = { ...this.#limits, depth: Math.min(3, this.#limits.depth) }
    const reader = new ValueReader({ limits, redactor, deadline: now() + patience, closedStreams: true })
    const seen: unknown[] = []
    for (let index = 0; index < Math.min(report.frames.length, mostFrames); index++) {
      for (const scope of this.#debuggee.scopes(index) ?? []) {
        if (scope.type === 'module') continue
        for (const name of scope.names) seen.push(readVariable(reader, scope, name))
      }
    }
    // What only the whole shows, as in a report.
    redactor.finish({ seen })
    return [...new Set(secrets)].slice(0, mostSecrets)
  }
}

function readVariable(reader: ValueReader, scope: LiveScope, name: string): Value | undefined {
  try {
    const reading = scope.read(name)
    return 'value' in reading ? reader.read(reading.value, name) : undefined
  } catch {
    // What cannot be read cannot be shown either.
    return undefined
  }
}

/** Tells what is remembered. */
function collecting(redactor: ReportRedaction, secrets: string[]): ReportRedaction {
  const remember = redactor.remember.bind(redactor)
  redactor.remember = (secret) => {
    secrets.push(secret)
    remember(secret)
  }
  return redactor
}
