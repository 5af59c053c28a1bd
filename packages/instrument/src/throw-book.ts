import { AsyncResource } from 'node:async_hooks'
import { types } from 'node:util'
import type { Accessor, ModuleState } from './runtime.ts'
import { Stamp } from './stamp.ts'

/** What one function told when a thrown value passed it. */
export interface Activation {
  readonly module: ModuleState
  /** Index in the table of the module. */
  readonly id: number
  readonly how: 'thrown' | 'born' | 'handed'
  readonly values: readonly unknown[] | 0 | undefined
  readonly live: Accessor | 0 | undefined
  readonly kept: Accessor | 0 | undefined
  readonly superAccess: ((key: string) => unknown) | 0 | undefined
  /** The block whose names `kept` reads, where that is not the function itself. */
  readonly block: number | undefined
  /** The asynchronous context it ran in, with what the program keeps in its AsyncLocalStorage; none without stack. */
  context?: AsyncResource | undefined
}

/** So many frames from the throw on are kept, and so many before the boundary; deep recursion has more. */
const mostFirst = 150
const mostLast = 50
/** A value that is caught and thrown again by helpers: so many journeys are kept for the one who rethrows. */
const mostPrevious = 4

/** One journey of one thrown value. */
export class ThrowRecord {
  readonly #first: Activation[] = []
  #last: Activation[] | undefined
  #count = 0
  /** A `catch` clause has taken the value. If that clause throws it again, the journey goes on. */
  isCaught = false
  isTaken = false
  previous: ThrowRecord | undefined

  get count(): number {
    return this.#count
  }

  /** How many frames in the middle are not there. */
  get dropped(): number {
    return this.#count - this.#first.length - (this.#last?.length ?? 0)
  }

  push(activation: Activation): void {
    if (this.#first.length < mostFirst) this.#first.push(activation)
    else (this.#last ??= [])[(this.#count - mostFirst) % mostLast] = activation
    this.#count++
  }

  activations(): readonly Activation[] {
    const last = this.#last
    if (last === undefined) return this.#first
    const start = last.length < mostLast ? 0 : (this.#count - mostFirst) % mostLast
    return [...this.#first, ...last.slice(start), ...last.slice(0, start)]
  }
}

/** The journeys of one object; nearly always there is one. */
interface Journeys {
  context: object | undefined
  /** The stack of an error tells of this one. */
  readonly first: ThrowRecord
  last: ThrowRecord
  others: WeakMap<object, ThrowRecord> | undefined
}

/**
 * Remembers who has passed which thrown value. Reads no property of it, for that could run a getter or a proxy, and
 * holds it weakly.
 */
export class ThrowBook {
  context: (() => object | undefined) | undefined
  /** The last primitive thrown in each context; primitives cannot be keys of a weak map. */
  readonly #primitives = new WeakMap<object, { value: unknown; record: ThrowRecord }>()
  readonly #nowhere: object = {}
  /** The last journey: a throw is noted by many functions in a row, and a weak map is slow. */
  #lastThrown: unknown
  #lastContext: object | undefined
  #last: ThrowRecord | undefined
  #forgetting = false

  add(thrown: unknown, activation: Activation, caught: ThrowRecord | 0 | undefined): void {
    const context = this.context?.()
    let record = this.#find(thrown, context)
    if (record === undefined || record.isTaken) record = this.#open(thrown, context, undefined)
    else if (record.isCaught) {
      if (caught === record) record.isCaught = false
      else record = this.#open(thrown, context, record)
    }
    // A helper that was given the value threw it; now the clause that had caught it lets it out
    else if (caught !== undefined && caught !== 0 && caught !== record)
      record = this.#join(thrown, context, record, caught)
    record.push(activation)
    // Last, for it needs the most stack; 0.1 µs, where a snapshot of AsyncLocalStorage takes 3
    activation.context = new AsyncResource('throwpoint')
  }

  caught(thrown: unknown): ThrowRecord | undefined {
    const record = this.#find(thrown, this.context?.())
    if (record !== undefined) record.isCaught = true
    return record
  }

  fresh(thrown: unknown): void {
    const record = this.#find(thrown, this.context?.())
    if (record !== undefined) record.isCaught = true
  }

  /** Whether a value given to a callback may be a failure: `next(error)` is, `next(row)` is not. */
  isHanded(value: unknown): boolean {
    return types.isNativeError(value)
  }

  peek(thrown: unknown, context: object | undefined): ThrowRecord | undefined {
    return this.#find(thrown, context ?? this.context?.()) ?? this.#any(thrown)
  }

  take(thrown: unknown, context: object | undefined): ThrowRecord | undefined {
    const record = this.peek(thrown, context)
    if (record !== undefined) record.isTaken = true
    return record
  }

  /** The journeys before the one that `peek` gives: those of its context, the latest first, and the very first. */
  before(thrown: unknown, context: object | undefined): readonly ThrowRecord[] {
    const current = this.peek(thrown, context)
    const records: ThrowRecord[] = []
    for (let record = current?.previous; record !== undefined; record = record.previous) records.push(record)
    const first = isObject(thrown) ? Stamp.get<Journeys>(thrown)?.first : undefined
    if (first !== undefined && first !== current && !records.includes(first)) records.push(first)
    return records
  }

  escapedFalsy(context: object | undefined): { readonly value: unknown } | undefined {
    const current = this.#primitives.get(context ?? this.context?.() ?? this.#nowhere)
    if (
      current === undefined ||
      Boolean(current.value) ||
      current.record.isCaught ||
      current.record.isTaken
    ) {
      return undefined
    }
    return { value: current.value }
  }

  #find(thrown: unknown, context: object | undefined): ThrowRecord | undefined {
    if (this.#last !== undefined && this.#lastContext === context && Object.is(this.#lastThrown, thrown)) {
      return this.#last
    }
    if (isObject(thrown)) {
      const journeys = Stamp.get<Journeys>(thrown)
      if (journeys === undefined) return undefined
      return journeys.context === context ? journeys.last : journeys.others?.get(context ?? this.#nowhere)
    }
    const current = this.#primitives.get(context ?? this.#nowhere)
    return current !== undefined && Object.is(current.value, thrown) ? current.record : undefined
  }

  #any(thrown: unknown): ThrowRecord | undefined {
    if (isObject(thrown)) return Stamp.get<Journeys>(thrown)?.last
    const current = this.#primitives.get(this.#nowhere)
    return current !== undefined && Object.is(current.value, thrown) ? current.record : undefined
  }

  #open(thrown: unknown, context: object | undefined, previous: ThrowRecord | undefined): ThrowRecord {
    const record = new ThrowRecord()
    record.previous = previous
    let oldest = record
    for (let depth = 0; depth < mostPrevious && oldest.previous !== undefined; depth++)
      oldest = oldest.previous
    oldest.previous = undefined
    this.#set(thrown, context, record)
    return record
  }

  #join(thrown: unknown, context: object | undefined, record: ThrowRecord, caught: ThrowRecord): ThrowRecord {
    let earlier = record.previous
    while (earlier !== undefined && earlier !== caught) earlier = earlier.previous
    if (earlier === undefined) return record
    for (const activation of record.activations()) caught.push(activation)
    caught.isCaught = false
    this.#set(thrown, context, caught)
    return caught
  }

  /** A shortcut must not hold for long what nobody else holds. */
  #forget(): void {
    if (this.#forgetting) return
    this.#forgetting = true
    setTimeout(() => {
      this.#forgetting = false
      this.#last = undefined
      this.#lastThrown = undefined
      this.#lastContext = undefined
    }, 1_000).unref()
  }

  #set(thrown: unknown, context: object | undefined, record: ThrowRecord): void {
    this.#last = record
    this.#lastThrown = thrown
    this.#lastContext = context
    this.#forget()
    if (!isObject(thrown)) {
      this.#primitives.set(context ?? this.#nowhere, { value: thrown, record })
      return
    }
    const journeys = Stamp.get<Journeys>(thrown)
    if (journeys === undefined) {
      Stamp.set<Journeys>(thrown, { context, first: record, last: record, others: undefined })
      return
    }
    if (journeys.context !== context) {
      journeys.others ??= new WeakMap()
      journeys.others.set(journeys.context ?? this.#nowhere, journeys.last)
      journeys.context = context
    }
    journeys.last = record
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
