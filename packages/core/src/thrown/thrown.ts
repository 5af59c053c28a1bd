import type { Cause, ErrorInfo, Limits } from '@throwpoint/protocol'
import { isNativeError, safeGet } from '../primordials.ts'
import type { Redactor } from '../redact/redactor.ts'
import type { ValueReader } from '../value/read-value.ts'

/** A thrown value as the report shows it, and the text its frames are made from. */
export interface DescribedThrown {
  readonly error: ErrorInfo
  /** `error.stack`; empty when there is none. */
  readonly stackText: string
  readonly causes: readonly DescribedCause[]
}

/** A cause without its frames. */
export interface DescribedCause extends Omit<Cause, 'frames'> {
  readonly thrown: unknown
  readonly stackText: string
}

export interface ThrownOptions {
  readonly limits: Limits
  readonly redactor: Redactor
}

/** Describes what was thrown, its causes and the errors it aggregates. Runs no code of the application. */
export function describeThrown(
  thrown: unknown,
  reader: ValueReader,
  options: ThrownOptions,
): DescribedThrown {
  const text = (name: string): string => {
    const { value } = safeGet(thrown, name)
    return typeof value === 'string' ? value : ''
  }
  const isError = isNativeError(thrown)
  const stackText = text('stack')
  const { redactor } = options
  const error: ErrorInfo = {
    name: isError ? text('name') : typeof thrown,
    message: isError ? redactor.text(text('message')) : reader.read(thrown).description,
    stack: redactor.text(stackText),
    isError,
    ...(isError ? {} : { value: reader.read(thrown) }),
    properties: {},
  }
  return { error, stackText, causes: [] }
}
