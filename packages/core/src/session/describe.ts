import { types } from 'node:util'
import type { Limits, Value } from '@throwpoint/protocol'
import { getOwnPropertyDescriptor, now } from '../primordials.ts'
import { Redaction, type RedactOptions, type ReportRedaction } from '../redact/redaction.ts'
import { ValueReader } from '../value/read-value.ts'
import type { Debuggee, DescribeOptions } from './debuggee.ts'

/** Secrets of a capture that are looked up; more are hidden by their names and shapes alone. */
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
    return redactor.finish({ value: reader.read(value, name) }).value
  }

  /** The texts the report hides: the same values are hidden when they are looked at from elsewhere. */
  #findSecrets(): string[] {
    const secrets: string[] = []
    const { report, objects } = this.#debuggee
    const redactor = this.#redaction.forReport()
    const collector = collecting(redactor, secrets)
    const req = objects?.req as { rawHeaders?: unknown } | undefined
    const raw = req?.rawHeaders
    if (Array.isArray(raw)) {
      for (let at = 0; at + 1 < raw.length; at += 2) {
        if (typeof raw[at] === 'string' && typeof raw[at + 1] === 'string')
          collector.header(raw[at] as string, raw[at + 1] as string)
      }
    }
    report.frames.forEach((frame, index) => {
      const hides = frame.scopes.some(({ variables }) => variables.some(({ value }) => hasHidden(value, 0)))
      const scopes = hides ? this.#debuggee.scopes(index) : undefined
      if (scopes === undefined) return
      const names = frame.scopes.flatMap(({ variables }) => variables)
      for (const scope of scopes) {
        for (const { name, value } of names) {
          if (!hasHidden(value, 0) || !scope.names.includes(name)) continue
          try {
            const reading = scope.read(name)
            if ('value' in reading) collect(value, reading.value, secrets, 0)
          } catch {
            // What cannot be read cannot be shown either.
          }
        }
      }
    })
    return secrets.slice(0, mostSecrets)
  }
}

/** Headers are hidden in part: the redactor says what of them. */
function collecting(redactor: ReportRedaction, secrets: string[]): ReportRedaction {
  const remember = redactor.remember.bind(redactor)
  redactor.remember = (secret) => {
    secrets.push(secret)
    remember(secret)
  }
  return redactor
}

function hasHidden(value: Value, depth: number): boolean {
  if (value.unavailable === 'redacted') return true
  if (depth > 8) return false
  return value.children?.some((child) => hasHidden(child.value, depth + 1)) ?? false
}

/** Walks a value beside its picture, through plain data properties alone. */
function collect(shown: Value, real: unknown, secrets: string[], depth: number): void {
  if (secrets.length >= mostSecrets) return
  if (shown.unavailable === 'redacted') {
    if (typeof real === 'string') secrets.push(real)
    return
  }
  if (depth > 8 || typeof real !== 'object' || real === null || types.isProxy(real)) return
  for (const { name, kind, value } of shown.children ?? []) {
    if (kind !== 'data' || !hasHidden(value, 0)) continue
    const descriptor = getOwnPropertyDescriptor(real, name.replace(/^\[(\d+)\]$/, '$1'))
    if (descriptor !== undefined && 'value' in descriptor)
      collect(value, descriptor.value, secrets, depth + 1)
  }
}
