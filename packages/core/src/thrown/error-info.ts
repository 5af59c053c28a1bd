import type { ErrorInfo, Limits } from '@throwpoint/protocol'
import { isObject, isProxy, safeGet } from '../primordials.ts'
import type { Redactor } from '../redact/redactor.ts'
import { classNameOf } from '../value/class-name.ts'
import { isErrorObject } from '../value/identify.ts'
import type { ValueReader } from '../value/read-value.ts'
import { stringSlice } from '../value/intrinsics.ts'
import { cutAt, longestText } from '../value/text.ts'
import { errorProperties } from './error-properties.ts'

export interface Description {
  readonly error: ErrorInfo
  /** `error.stack` as it is, neither redacted nor shown; empty when there is none. */
  readonly stackText: string
}

export interface ThrownOptions {
  readonly limits: Limits
  readonly redactor: Redactor
}

/** Characters at the end of a `stack` that are looked at: some thousand frames. */
const stackLength = 300_000
/** Characters at its start, where the message is. */
const headLength = 20_000
/** Characters that the report keeps of it where nothing better was made of it. */
const shownStackLength = 50_000
const nameLength = 200

/** Describes one thrown value or cause, without what is behind it. */
export class Describer {
  readonly #reader: ValueReader
  readonly #limits: Limits

  constructor(reader: ValueReader, limits: Limits) {
    this.#reader = reader
    this.#limits = limits
  }

  /** @param hasErrors whether the items of `errors` are shown as errors of their own */
  describe(thrown: unknown, hasErrors: boolean): Description {
    const stack = isObject(thrown) && !isProxy(thrown) ? safeGet(thrown, 'stack') : { value: undefined }
    const stackText = typeof stack.value === 'string' ? stackTextOf(stack.value) : ''
    const error = isErrorObject(thrown)
      ? this.#errorInfo(thrown, stackText, hasErrors)
      : this.#valueInfo(thrown, stackText)
    return { error, stackText }
  }

  /** What was described already. */
  mention(thrown: unknown): ErrorInfo {
    if (!isErrorObject(thrown)) return this.#valueInfo(thrown, '')
    const faults = new Faults()
    const name = this.#nameOf(thrown, faults)
    return { name, message: this.#messageOf(thrown, faults), stack: '', isError: true, properties: {} }
  }

  #errorInfo(error: object, stackText: string, hasErrors: boolean): ErrorInfo {
    const faults = new Faults()
    const name = this.#nameOf(error, faults)
    const message = this.#messageOf(error, faults)
    const code = this.#codeOf(error)
    if (stackText === '') faults.note('stack', safeGet(error, 'stack').unavailable)
    faults.note('cause', safeGet(error, 'cause').unavailable)
    const own = errorProperties(error, this.#reader, this.#limits, (key) => {
      return shownElsewhere(key) || (key === 'code' && code !== undefined) || (key === 'errors' && hasErrors)
    })
    if (own.size !== undefined)
      faults.add(`only ${this.#limits.properties} of ${own.size} properties are shown`)
    const { text } = faults
    return {
      name,
      message,
      ...(code === undefined ? undefined : { code }),
      stack: this.#reader.text(stackText, shownStackLength),
      isError: true,
      properties: own.properties,
      ...(text === '' ? undefined : { unavailable: text }),
    }
  }

  #valueInfo(thrown: unknown, stackText: string): ErrorInfo {
    const value = this.#reader.read(thrown)
    const message = typeof value.value === 'string' ? value.value : (value.preview ?? value.description)
    return {
      name: thrown === null ? 'null' : typeof thrown,
      message,
      stack: this.#reader.text(stackText, shownStackLength),
      isError: false,
      value,
      properties: {},
    }
  }

  #nameOf(error: object, faults: Faults): string {
    const { value, unavailable } = safeGet(error, 'name')
    if (typeof value === 'string' && value !== '') return this.#reader.text(value, nameLength)
    faults.note('name', unavailable)
    return classNameOf(error) ?? 'Error'
  }

  #messageOf(error: object, faults: Faults): string {
    const { value, unavailable } = safeGet(error, 'message')
    faults.note('message', unavailable)
    if (value === undefined) return ''
    if (typeof value !== 'string') return this.#reader.read(value).description
    const { stringLength } = this.#limits
    if (value.length > stringLength) faults.add(`the message has ${value.length} characters`)
    return this.#reader.text(value, stringLength)
  }

  #codeOf(error: object): string | number | undefined {
    const { value } = safeGet(error, 'code')
    if (typeof value === 'string') return this.#reader.text(value, nameLength)
    // JSON has no NaN and no Infinity.
    return typeof value === 'number' && value - value === 0 ? value : undefined
  }
}

/** A long one begins with a long message; the frames are at its end. */
function stackTextOf(stack: string): string {
  if (stack.length <= headLength + stackLength) return stack
  if (stack.length > longestText) return ''
  return `${cutAt(stack, headLength)}…\n${stringSlice(stack, -stackLength)}`
}

function shownElsewhere(name: string): boolean {
  return name === 'name' || name === 'message' || name === 'stack' || name === 'cause'
}

/** What could not be read, as one sentence. */
class Faults {
  text = ''

  note(name: string, unavailable: string | undefined): void {
    if (unavailable === undefined) return
    this.add(
      unavailable === 'getter' ? `${name} is a getter, which was not called` : `${name} could not be read`,
    )
  }

  add(text: string): void {
    this.text += `${this.text === '' ? '' : '; '}${text}`
  }
}
