import type { Limits, Property, UnavailableReason, Value } from '@throwpoint/protocol'
import { isObject, now, safeGet } from '../primordials.ts'
import type { Redactor } from '../redact/redactor.ts'
import { bytesAsText, firstBytes, shownBytes } from './bytes.ts'
import { type Extent, type Slot, visitContents } from './contents.ts'
import { bare, closed, type Draft, hidden } from './draft.ts'
import { identify, type Identity, type Kind } from './identify.ts'
import { append, ObjectMap } from './intrinsics.ts'
import { labelIn, type Pairing, pairingOf } from './labels.ts'
import { Preview } from './preview.ts'
import { describePrimitive } from './primitive.ts'
import { type CutText, shownText } from './text.ts'

export interface ReaderOptions {
  readonly limits: Limits
  readonly redactor: Redactor
  /** When to stop reading, in milliseconds as `performance.now()` counts them. */
  readonly deadline: number
  /** Names streams and does not open them. @default false */
  readonly closedStreams?: boolean
}

/** An object whose contents are still to be read. */
interface Task {
  readonly object: object
  readonly draft: Draft
  readonly kind: Kind
  readonly depth: number
  readonly pairing: Pairing
  next: Task | undefined
}

/** Levels of objects that are opened at most, whatever the limits say. */
const mostLevels = 100
const descriptionLength = 500
/** Of an object that was opened, so many are read also when listing its keys took all the time there was. */
const freeChildren = 20
/** JSON of one value without its texts, in bytes. */
const overhead = 90

/**
 * Reads values for one report: bounded, redacted, without running any code of the application. Never throws. Objects
 * are read breadth first, so that what is cut by the budget is what lies deepest; one that was shown before in the same
 * report is referred to.
 */
export class ValueReader {
  readonly #limits: Limits
  readonly #redactor: Redactor
  #deadline: number
  readonly #closedStreams: boolean
  readonly #seen: ObjectMap<Draft> = new ObjectMap()
  #refs = 0
  /** Bytes of JSON that may still be filled, roughly. */
  #room: number
  #first: Task | undefined
  #last: Task | undefined

  constructor(options: ReaderOptions) {
    this.#limits = options.limits
    this.#redactor = options.redactor
    this.#deadline = options.deadline
    this.#closedStreams = options.closedStreams === true
    // The rest is for frames, sources and headers.
    this.#room = options.limits.reportBytes * 0.7
  }

  /**
   * @param value anything
   * @param name of the variable or property that holds it, for redaction
   * @param levels of nested objects, where fewer than the limit are enough
   */
  read(value: unknown, name?: string, levels: number = this.#limits.depth): Value {
    try {
      const depth = levels < this.#limits.depth ? this.#limits.depth - levels : 0
      const draft =
        name !== undefined && this.#hides(name, value) ? hidden(value) : this.#describe(value, depth, 'none')
      this.#readTasks()
      return draft
    } catch {
      this.#first = this.#last = undefined
      return closed(typeof value, '[unreadable]', 'unreadable')
    }
  }

  /** It may read no more; what it is asked for now it only names. */
  get isLate(): boolean {
    return now() > this.#deadline
  }

  /**
   * Time that went into something other than reading does not count: the first report of a process parses the files of
   * its frames.
   * @param duration milliseconds
   */
  excuse(duration: number): void {
    this.#deadline += duration
  }

  /**
   * A reader with the same deadline for the properties of an error: it opens less, and no streams.
   * @param self is referred to as 0 where it occurs in its own properties
   */
  brief(self: object): ValueReader {
    const { depth, items } = this.#limits
    const limits = {
      ...this.#limits,
      depth: depth < 3 ? depth : 3,
      items: items < 30 ? items : 30,
      reportBytes: this.#limits.reportBytes / 16,
    }
    const redactor = this.#redactor
    const reader = new ValueReader({ limits, redactor, deadline: this.#deadline, closedStreams: true })
    const draft = closed('object', '[Circular]')
    draft.refId = 0
    reader.#seen.set(self, draft)
    return reader
  }

  /** A text as it may be shown, at most `length` characters of it. */
  text(text: string, length: number = this.#limits.stringLength): string {
    const shown = this.#text(text, length)
    return shown.size === undefined ? shown.text : `${shown.text}…`
  }

  /** What is hidden by a fault of the redactor is hidden. */
  #hides(name: string, value: unknown): boolean {
    try {
      return this.#redactor.hides(name, value)
    } catch {
      return true
    }
  }

  #text(text: string, length: number): CutText {
    try {
      return shownText(text, length, this.#redactor)
    } catch {
      return { text: '[redacted]', size: undefined }
    }
  }

  /** The head of a value; what is inside an object comes later. */
  #describe(value: unknown, depth: number, pairing: Pairing): Draft {
    const draft = isObject(value)
      ? this.#describeObject(value, depth, pairing)
      : describePrimitive(value, this.#limits.stringLength, (text, length) => this.#text(text, length))
    this.#room -= overhead + draft.description.length
    if (typeof draft.value === 'string') this.#room -= draft.value.length
    return draft
  }

  #describeObject(object: object, depth: number, pairing: Pairing): Draft {
    const identity = this.#closedStreams && isStream(object) ? streamIdentity : identify(object)
    const draft = this.#draftOf(identity)
    if (identity.kind === 'closed') return draft
    const shown = this.#seen.get(object)
    if (shown !== undefined) {
      shown.refId ??= ++this.#refs
      draft.ref = shown.refId
      return draft
    }
    if (identity.kind === 'bytes') return this.#describeBytes(object, draft)
    if (depth >= this.#limits.depth || depth >= mostLevels) {
      // Nothing of a function is missing until somebody asks for its properties.
      if (identity.kind !== 'function') draft.unavailable = 'depth'
      return draft
    }
    this.#seen.set(object, draft)
    this.#enqueue({ object, draft, kind: identity.kind, depth, pairing, next: undefined })
    return draft
  }

  #draftOf(identity: Identity): Draft {
    const description = this.#text(identity.description, descriptionLength)
    const draft: Draft = closed(
      identity.type,
      description.size === undefined ? description.text : `${description.text}…`,
    )
    if (identity.subtype !== undefined) draft.subtype = identity.subtype
    if (identity.className !== undefined) draft.className = identity.className
    if (identity.unavailable !== undefined) draft.unavailable = identity.unavailable
    return draft
  }

  #describeBytes(object: object, draft: Draft): Draft {
    const first = firstBytes(object)
    if (first === undefined) {
      draft.unavailable = 'detached'
      return draft
    }
    const { hex, text } = bytesAsText(first.bytes, first.length)
    if (this.#text(text, shownBytes).text !== text) {
      draft.unavailable = 'redacted'
      return draft
    }
    draft.preview = `<${hex}${first.size > shownBytes ? ' …' : ''}>`
    if (first.size > shownBytes) {
      draft.size = first.size
      draft.unavailable = 'bytes'
    }
    return draft
  }

  #enqueue(task: Task): void {
    if (this.#last === undefined) this.#first = task
    else this.#last.next = task
    this.#last = task
  }

  #readTasks(): void {
    for (let task = this.#first; task !== undefined; task = task.next) {
      const stop = this.#stop()
      if (stop !== undefined) task.draft.unavailable = stop
      else this.#readContents(task)
    }
    this.#first = this.#last = undefined
  }

  /** Why no more may be read. */
  #stop(): UnavailableReason | undefined {
    if (this.#room < 0) return 'bytes'
    return now() > this.#deadline ? 'budget' : undefined
  }

  #readContents(task: Task): void {
    const { draft, object, kind } = task
    const children: Property[] = []
    const preview = new Preview(kind)
    let stop: UnavailableReason | undefined
    let extent: Extent | undefined
    try {
      extent = visitContents(object, kind, this.#limits, (slot) => {
        stop = this.#room < 0 || children.length >= freeChildren ? this.#stop() : undefined
        if (stop !== undefined) return false
        const property = this.#property(slot, task)
        append(children, property)
        preview.add(property)
        return true
      })
    } catch {
      stop = 'unreadable'
    }
    const empty = children.length === 0
    if (!empty || isContainer(draft)) draft.children = children
    const reason = stop ?? extent?.reason
    if (reason !== undefined) draft.unavailable = reason
    if (extent !== undefined) draft.size = extent.size
    if (empty && !isContainer(draft)) return
    const text = preview.text(reason !== undefined)
    draft.preview = text
    this.#room -= text.length
  }

  #property(slot: Slot, task: Task): Property {
    const name = this.#nameOf(slot)
    this.#room -= name.length + 40
    let value: Draft
    try {
      value = this.#slotValue(slot, task)
    } catch {
      value = closed(typeof slot.value, '[unreadable]', 'unreadable')
    }
    const property: { name: string; kind: Property['kind']; value: Value; key?: Value } = bare({
      name,
      kind: slot.kind,
      value,
    })
    if (slot.key !== undefined) property.key = this.#describe(slot.key.value, task.depth + 1, 'none')
    return property
  }

  /** A name may be a secret too: an object by tokens. */
  #nameOf({ name, kind }: Slot): string {
    return kind === 'data' && name.length > 15 ? this.#text(name, name.length).text : name
  }

  #slotValue(slot: Slot, task: Task): Draft {
    const { value } = slot
    if (slot.holes > 0) return closed('undefined', slot.holes === 1 ? 'empty' : `empty × ${slot.holes}`)
    if (slot.unavailable === 'getter') return closed('undefined', '[getter]', 'getter')
    if (slot.unavailable !== undefined) return closed('undefined', `[${slot.unavailable}]`, slot.unavailable)
    if (task.kind === 'environment' && slot.kind === 'data') return hidden(value)
    const label = labelIn(slot, task)
    if (label !== undefined) {
      if (task.pairing === 'flat' && typeof value === 'string') return this.#header(label, value)
      if (this.#hides(label, value)) return hidden(value)
    }
    return this.#describe(value, task.depth + 1, pairingOf(slot, task))
  }

  #header(name: string, value: string): Draft {
    let shown = '[redacted]'
    try {
      shown = this.#redactor.header(name, value)
    } catch {
      // Hidden.
    }
    return this.#describe(shown, 0, 'none')
  }
}

/** Whether that it is empty is worth saying. */
function isContainer({ type, subtype }: Draft): boolean {
  if (type === 'function') return false
  return subtype === undefined || subtype === 'array' || subtype === 'map' || subtype === 'set'
}

const streamIdentity: Identity = {
  kind: 'closed',
  type: 'object',
  subtype: undefined,
  className: undefined,
  description: '[object Stream]',
  unavailable: undefined,
}

function isStream(object: object): boolean {
  return (
    typeof safeGet(object, 'pipe').value === 'function' && typeof safeGet(object, 'on').value === 'function'
  )
}
