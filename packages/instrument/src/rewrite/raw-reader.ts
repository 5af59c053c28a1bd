import type { Beginning } from './header-place.ts'
import type { SourceKind } from './node.ts'
import { directivesEnd, hasDirectiveIn } from './raw-function.ts'
import type { RawTree } from './raw-memory.ts'
import { readExpression } from './raw-expression.ts'
import { readStatements } from './raw-statement.ts'
import { bytes, found, leave, nodeAt, spanOf, startOf, view, words } from './raw-view.ts'
import { visit } from './raw-visit.ts'
import { Fn, Scope } from './scope.ts'
import type { Analysis } from './site.ts'

visit.expression = readExpression
visit.statements = readStatements

export interface RawReading {
  readonly analysis: Analysis
  readonly beginning: Beginning
}

/**
 * Reads a module where the parser has left it, and finds what {@link analyse} finds in a tree of objects, except what
 * only tables tell: what functions are called.
 *
 * @throws Error where there is something in it that is not known here
 */
export function readRaw(
  tree: RawTree,
  source: string,
  kind: SourceKind,
  options: { readonly requests: boolean; readonly typescript: boolean },
): RawReading {
  view(tree, source, options.requests, options.typescript)
  try {
    const { root } = tree
    const strict = kind === 'module' || hasDirectiveIn(root + 88, 'use strict')
    const module = new Fn('module', spanOf(root), undefined, strict)
    module.scope = new Scope('function', module, undefined, module)
    readStatements(root + 112, module.scope)
    const { functions, sites, names } = found
    names.resolve()
    return { analysis: { module, functions, sites, names }, beginning: beginningAt(root) }
  } finally {
    leave()
  }
}

function beginningAt(root: number): Beginning {
  let entry = words[(root + 112) >> 2]!
  const end = entry + (words[(root + 120) >> 2]! << 4)
  const hasImports = entry !== end && isImport(entry)
  while (entry !== end && isImport(entry)) entry += 16
  return {
    directivesEnd: directivesEnd(root + 88),
    hasImports,
    firstOther: entry === end ? undefined : beginOf(entry),
  }
}

/** An import, or an export of what another module has. */
function isImport(statement: number): boolean {
  const type = bytes[statement]
  return type === 64 || type === 65 || type === 69
}

/** Where a statement begins, decorators included. */
function beginOf(statement: number): number {
  const node = nodeAt(statement)
  const { start } = spanOf(node)
  const type = bytes[statement]
  const isExport = (type === 66 && bytes[node + 16] === 65) || (type === 67 && bytes[node + 16] === 34)
  const owner = isExport ? nodeAt(node + 16) : type === 34 ? node : 0
  if (owner === 0 || words[(owner + 24) >> 2] === 0) return start
  return Math.min(start, startOf(words[(owner + 16) >> 2]!))
}
