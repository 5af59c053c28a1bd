import type { Property, UnavailableReason, ValueSubtype, ValueType } from '@throwpoint/protocol'

/** A Value that is being made. Without a prototype, so that no setter on Object.prototype gets in the way. */
export interface Draft {
  type: ValueType
  description: string
  subtype?: ValueSubtype
  className?: string
  value?: string | number | boolean | null
  unserializableValue?: string
  preview?: string
  children?: Property[]
  size?: number
  refId?: number
  ref?: number
  unavailable?: UnavailableReason
}

/** A copy without a prototype. */
export function bare<Item extends object>(item: Item): Item {
  return { __proto__: null, ...item } as Item
}

/** A value nothing more is said of. */
export function closed(type: ValueType, description: string, unavailable?: UnavailableReason): Draft {
  return bare(unavailable === undefined ? { type, description } : { type, description, unavailable })
}

/** What redaction leaves of a value. */
export function hidden(value: unknown): Draft {
  return closed(typeof value, '[redacted]', 'redacted')
}
