import type { RawTree } from './raw-memory.ts'
import { NamesUsed } from './names-used.ts'
import type { Fn, Scope, Span } from './scope.ts'
import type { MarkSite, Site } from './site.ts'

/*
 * The tree the readers of this folder stand in: one at a time, in variables of the module, for they are looked at
 * millions of times. A place is the offset of a node; nodes begin with their two offsets in the text. A reference to
 * a node of several kinds is sixteen bytes: the kind, and at eight where it stands. A list is where it stands, and at
 * eight how many it has.
 */

export let bytes: Uint8Array = new Uint8Array(0)
export let words: Int32Array = new Int32Array(0)
let source = ''
let isAscii = true

/** What has been found so far. */
export let found: Found

interface Found {
  readonly functions: Fn[]
  readonly sites: Site[]
  readonly names: NamesUsed
  /** Somebody wants to know where functions wait. */
  readonly requests: boolean
  readonly typescript: boolean
  /** The word `breakpoint` is somewhere in the text. */
  readonly breakpoints: boolean
  /** So many things that can throw. */
  risks: number
  privateClass: number | undefined
}

export function view(tree: RawTree, text: string, requests: boolean, typescript: boolean): void {
  bytes = tree.bytes
  words = tree.words
  isAscii = tree.isAscii
  source = text
  found = {
    functions: [],
    sites: [],
    names: new NamesUsed(),
    requests,
    typescript,
    breakpoints: text.includes('breakpoint'),
    risks: 0,
    privateClass: undefined,
  }
}

export function leave(): void {
  bytes = new Uint8Array(0)
  words = new Int32Array(0)
  source = ''
}

/** The kinds of an expression; others that can stand in its place have other numbers. */
export const kind = {
  /** Up to this: literals. */
  lastLiteral: 5,
  template: 6,
  identifier: 7,
  arrow: 10,
  await: 12,
  call: 14,
  conditional: 17,
  function: 18,
  logical: 20,
  new: 21,
  parenthesized: 23,
  sequence: 24,
  unary: 27,
  as: 35,
  satisfies: 36,
  assertion: 37,
  nonNull: 38,
  computedMember: 48,
  member: 49,
  privateMember: 50,
} as const

/** The node a reference of several kinds leads to. */
export function nodeAt(reference: number): number {
  return words[(reference + 8) >> 2]!
}

export function startOf(node: number): number {
  return words[node >> 2]!
}

export function endOf(node: number): number {
  return words[(node >> 2) + 1]!
}

export function spanOf(node: number): Span {
  const at = node >> 2
  return { start: words[at]!, end: words[at + 1]! }
}

/** A string of the tree. */
export function stringAt(place: number): string {
  const start = words[place >> 2]!
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, words[(place >> 2) + 2]!).toString()
}

/** The name of an identifier. */
export function nameOf(node: number): string {
  const at = node >> 2
  const start = words[at]!
  const end = words[at + 1]!
  // As long as in the text: no escapes in it
  if (words[at + 6] === end - start && (isAscii || isAsciiString(node + 16))) return source.slice(start, end)
  return stringAt(node + 16)
}

function isAsciiString(place: number): boolean {
  const start = words[place >> 2]!
  const end = start + words[(place >> 2) + 2]!
  for (let index = start; index < end; index++) if (bytes[index]! >= 128) return false
  return true
}

/** Without the parentheses and the type operators around an expression. */
export function strip(reference: number): number {
  let inner = reference
  for (;;) {
    switch (bytes[inner]) {
      case kind.parenthesized:
      case kind.as:
      case kind.satisfies:
      case kind.nonNull:
        inner = nodeAt(inner) + 16
        break
      case kind.assertion:
        inner = nodeAt(inner) + 32
        break
      default:
        return inner
    }
  }
}

/** Where the string is that an expression is called by: a name, or the last of a path that is not private; or zero. */
export function calledAt(reference: number): number {
  switch (bytes[reference]) {
    case kind.identifier:
      return nodeAt(reference) + 16
    case kind.member:
      return nodeAt(reference) + 48
    default:
      return 0
  }
}

export function isCalled(place: number, name: string): boolean {
  return place !== 0 && words[(place >> 2) + 2] === name.length && stringAt(place) === name
}

export function refer(identifier: number, scope: Scope, write: boolean): void {
  found.names.add(nameOf(identifier), words[identifier >> 2]!, scope, write)
}

export function mark(type: MarkSite['type'], reference: number, scope: Scope): void {
  const node = nodeAt(reference)
  const name = bytes[reference] === kind.identifier ? nameOf(node) : undefined
  found.sites.push({ type, scope, start: startOf(node), end: endOf(node), name })
}
