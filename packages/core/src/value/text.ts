import type { Redactor } from '../redact/redactor.ts'
import { charCodeAt, fromJson, stringSlice, toJson } from './intrinsics.ts'

/** More than the limit is looked at, so that a secret that crosses it is recognised as a whole: a key in PEM, say. */
const slack = 4096

export interface CutText {
  readonly text: string
  /** Length of the whole, where it was cut. */
  readonly size: number | undefined
}

/**
 * Longer texts are not opened: where they were put together from parts, the first look at them makes V8 copy the whole,
 * and nothing tells beforehand whether it will.
 */
export const longestText: number = 2 ** 21

/** Shorter parts are copies anyway. */
const shortestSlice = 13

/** At most `length` characters of a text, without what redaction hides. Throws when the redactor does. */
export function shownText(text: string, length: number, redactor: Redactor): CutText {
  const size = text.length
  if (size > longestText) return { text: unopened(text), size: undefined }
  if (size <= length) return { text: copied(redactor.text(text)), size: undefined }
  const safe = redactor.text(stringSlice(text, 0, length + slack))
  return { text: cutAt(safe, length), size }
}

/** The first characters, as a copy. Tears no surrogate pair apart. */
export function cutAt(text: string, length: number): string {
  if (text.length <= length) return text
  if (text.length > longestText) return unopened(text)
  const last = charCodeAt(text, length - 1)
  return copied(stringSlice(text, 0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length))
}

/** A part of a text, ours or the application's, keeps the whole of it alive; a copy does not. */
function copied(text: string): string {
  return text.length < shortestSlice ? text : fromJson(toJson(text))
}

/** As `cutAt`, with an ellipsis where something is missing. */
export function fitted(text: string, length: number): string {
  return text.length <= length ? text : `${cutAt(text, length)}…`
}

/** A text in double quotes on one line. */
export function quoted(text: string, length: number): string {
  return text.length <= length ? toJson(text) : `${toJson(cutAt(text, length))}…`
}

function unopened(text: string): string {
  return `[${text.length} characters]`
}
