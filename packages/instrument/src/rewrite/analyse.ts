import type { Node, SourceKind } from './node.ts'
import { Reader } from './reader.ts'
import type { Analysis } from './site.ts'

/** Reads a module once: scopes, names, who refers to whom, and the places to edit. */
export function analyse(program: Node, kind: SourceKind, typescript: boolean): Analysis {
  return new Reader(kind, typescript).read(program)
}
