import type { Cause } from '@throwpoint/protocol'
import { isArray, isObject, isProxy, safeGet } from '../primordials.ts'
import { classNameOf } from '../value/class-name.ts'
import { readOwn } from '../value/contents.ts'
import { isErrorObject, lengthOf } from '../value/identify.ts'
import { append } from '../value/intrinsics.ts'

/** An error behind another. */
export interface Link {
  readonly thrown: unknown
  readonly relation: Cause['relation']
  readonly index: number | undefined
}

export interface Links {
  readonly links: readonly Link[]
  /** Further items of `errors`. */
  readonly unlisted: number
}

const none: Links = { links: [], unlisted: 0 }

/** Items of `errors` that are looked at to tell whether they are errors. */
const tried = 100

/** What an error names as its cause, and the errors it stands for. Getters are not called, proxies not opened. */
export function linksOf(error: unknown, most: number): Links {
  if (!isErrorObject(error)) return none
  const links: Link[] = []
  const { value: cause } = safeGet(error, 'cause')
  // Some libraries have a method of this name.
  if (cause !== undefined && cause !== null && typeof cause !== 'function') {
    append(links, { thrown: cause, relation: 'cause', index: undefined })
  }
  const errors = errorsOf(error)
  if (errors === undefined) return { links: withSuppressed(error, links), unlisted: 0 }
  const length = lengthOf(errors)
  let at = 0
  for (; at < length && at < most; at++) {
    const { value: item, unavailable } = readOwn(errors, at)
    if (unavailable === undefined) append(links, { thrown: item, relation: 'aggregate', index: at })
  }
  return { links, unlisted: length - at }
}

/**
 * The array `errors` of an AggregateError, or of another error if errors are in it. A list of plain objects, as
 * validation libraries have it, is an ordinary property.
 */
export function errorsOf(error: object): object | undefined {
  const { value: errors } = safeGet(error, 'errors')
  if (!isObject(errors) || isProxy(errors) || !isArray(errors)) return undefined
  const length = lengthOf(errors)
  if (length === 0) return undefined
  if (classNameOf(error) === 'AggregateError') return errors
  for (let at = 0; at < length && at < tried; at++) {
    if (isErrorObject(readOwn(errors, at).value)) return errors
  }
  return undefined
}

/** A SuppressedError (`using`): the later error, and the one it hides. */
function withSuppressed(error: object, links: Link[]): Link[] {
  if (safeGet(error, 'name').value !== 'SuppressedError') return links
  for (let at = 0; at < 2; at++) {
    const { value } = safeGet(error, at === 0 ? 'error' : 'suppressed')
    if (value !== undefined) append(links, { thrown: value, relation: 'aggregate', index: at })
  }
  return links
}
