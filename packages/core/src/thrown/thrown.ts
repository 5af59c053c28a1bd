import type { Cause, ErrorInfo } from '@throwpoint/protocol'
import { isObject } from '../primordials.ts'
import { append, ObjectMap } from '../value/intrinsics.ts'
import { isErrorObject } from '../value/identify.ts'
import type { ValueReader } from '../value/read-value.ts'
import { errorsOf, type Link, linksOf } from './causes.ts'
import { type Description, Describer, type ThrownOptions } from './error-info.ts'

/** A thrown value as the report shows it, and the text its frames are made from. */
export interface DescribedThrown extends Description {
  /** The errors behind it: breadth first, the cause of each before its aggregated errors. */
  readonly causes: readonly DescribedCause[]
}

/** A cause without its frames. */
export interface DescribedCause extends Omit<Cause, 'frames'>, Description {
  readonly thrown: unknown
}

/** Causes that are only counted, at most. */
const counted = 1000

/**
 * Describes what was thrown, its causes and the errors it aggregates. Runs no code of the application, apart from an
 * `Error.prepareStackTrace` of its own. Never throws.
 */
export function describeThrown(
  thrown: unknown,
  reader: ValueReader,
  { limits }: ThrownOptions,
): DescribedThrown {
  const describer = new Describer(reader, limits)
  try {
    // The budget is for the error itself first.
    const description = describer.describe(thrown, hasErrors(thrown))
    return { ...description, causes: describeCauses(thrown, describer, limits.causes) }
  } catch {
    return { error: unreadable(thrown), stackText: '', causes: [] }
  }
}

function unreadable(thrown: unknown): ErrorInfo {
  const message = '[unreadable]'
  return {
    name: typeof thrown,
    message,
    stack: '',
    isError: false,
    properties: {},
    unavailable: 'it could not be read',
  }
}

function hasErrors(thrown: unknown): boolean {
  return isErrorObject(thrown) && errorsOf(thrown) !== undefined
}

interface Waiting extends Link {
  /** Position of the error it belongs to; -1 is the thrown value. */
  readonly parent: number
  next: Waiting | undefined
}

/** A walk by a queue, not by recursion: chains may be as long as memory allows, and cyclic. */
class CauseWalk {
  readonly #most: number
  readonly #seen: ObjectMap<number> = new ObjectMap()
  #first: Waiting | undefined
  #last: Waiting | undefined
  unlisted = 0

  constructor(thrown: unknown, most: number) {
    this.#most = most
    this.mark(thrown, -1)
    this.follow(thrown, -1)
  }

  mark(thrown: unknown, position: number): void {
    if (isObject(thrown)) this.#seen.set(thrown, position)
  }

  positionOf(thrown: unknown): number | undefined {
    return isObject(thrown) ? this.#seen.get(thrown) : undefined
  }

  follow(error: unknown, position: number): void {
    const { links, unlisted } = linksOf(error, this.#most)
    this.unlisted += unlisted
    for (let at = 0; at < links.length; at++) {
      const { thrown, relation, index } = links[at]!
      const waiting: Waiting = { thrown, relation, index, parent: position, next: undefined }
      if (this.#last === undefined || this.#first === undefined) this.#first = waiting
      else this.#last.next = waiting
      this.#last = waiting
    }
  }

  next(): Waiting | undefined {
    const first = this.#first
    this.#first = first?.next
    return first
  }

  /** How many more there are, as far as that is found out. */
  countRest(): number {
    let count = this.unlisted
    for (let steps = 0, waiting = this.next(); waiting !== undefined; steps++, waiting = this.next()) {
      count++
      if (steps >= counted || this.positionOf(waiting.thrown) !== undefined) continue
      this.mark(waiting.thrown, this.#most)
      const before = this.unlisted
      this.follow(waiting.thrown, this.#most)
      count += this.unlisted - before
    }
    return count
  }
}

function describeCauses(thrown: unknown, describer: Describer, most: number): DescribedCause[] {
  const walk = new CauseWalk(thrown, most)
  const causes: DescribedCause[] = []
  for (let position = 0; position < most; position++) {
    const waiting = walk.next()
    if (waiting === undefined) return causes
    append(causes, describeLink(waiting, position, walk, describer))
  }
  const omitted = walk.countRest()
  const last = causes[causes.length - 1]
  if (omitted > 0 && last !== undefined) causes[causes.length - 1] = { ...last, omitted }
  return causes
}

function describeLink(
  link: Waiting,
  position: number,
  walk: CauseWalk,
  describer: Describer,
): DescribedCause {
  const { thrown, relation, index, parent } = link
  const base = {
    relation,
    ...(index === undefined ? undefined : { index }),
    ...(parent === -1 ? undefined : { parent }),
    thrown,
  }
  const ref = walk.positionOf(thrown)
  if (ref !== undefined) return { ...base, error: describer.mention(thrown), stackText: '', ref }
  walk.mark(thrown, position)
  walk.follow(thrown, position)
  return { ...base, ...describer.describe(thrown, hasErrors(thrown)) }
}
