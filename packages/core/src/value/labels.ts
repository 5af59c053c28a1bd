import { isArray, isObject, isProxy } from '../primordials.ts'
import { ownData } from './class-name.ts'
import { readOwn, type Slot } from './contents.ts'
import type { Kind } from './identify.ts'
import { stringSlice } from './intrinsics.ts'

/** How the items of an array that looks like a list of names and values are labelled. */
export type Pairing = 'none' | 'pair' | 'flat'

/** The object a slot is in. */
export interface Holder {
  readonly object: object
  readonly kind: Kind
  readonly pairing: Pairing
}

/** The name under which a value is kept, also where it is a value beside the name. */
export function labelIn(slot: Slot, { object, kind, pairing }: Holder): string | undefined {
  const { label } = slot
  if (label === undefined) {
    if (pairing === 'none' || kind !== 'array') return undefined
    const at = +stringSlice(slot.name, 1, -1)
    return at % 2 === 1 ? textIn(object, at - 1) : undefined
  }
  if (label !== 'value' || kind !== 'plain') return label
  return textIn(object, 'name') ?? textIn(object, 'key') ?? label
}

function textIn(object: object, key: PropertyKey): string | undefined {
  const { value } = readOwn(object, key)
  return typeof value === 'string' ? value : undefined
}

/** An array in an array may be a name and a value; `rawHeaders` is a flat list of both. */
export function pairingOf(slot: Slot, { kind }: Holder): Pairing {
  const { value } = slot
  if (!isObject(value) || isProxy(value) || !isArray(value)) return 'none'
  if (slot.label === 'rawHeaders' || slot.label === 'rawTrailers') return 'flat'
  const listed = kind === 'array' || kind === 'set'
  return listed && value.length === 2 && typeof ownData(value, 0) === 'string' ? 'pair' : 'none'
}
