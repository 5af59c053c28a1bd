import type { Node } from './node.ts'

/** How a module begins. */
export interface Beginning {
  /** Where its directives end. */
  readonly directivesEnd: number | undefined
  /** What comes first, or after the directives, is imported. */
  readonly hasImports: boolean
  /** The first statement that is no import, with its decorators; undefined where nothing else is left. */
  readonly firstOther: number | undefined
}

/**
 * Where the header stands: after a hash-bang line, the directives and the imports, which run before it wherever they
 * stand and whose lines Node prints when they fail. Undefined where nothing else is left.
 */
export function headerPlace(
  { directivesEnd, hasImports, firstOther }: Beginning,
  source: string,
): { position: number; afterDirective: boolean } | undefined {
  if (hasImports) {
    return firstOther === undefined ? undefined : { position: firstOther, afterDirective: false }
  }
  if (directivesEnd !== undefined) return { position: directivesEnd, afterDirective: true }
  let position = source.charCodeAt(0) === 0xfeff ? 1 : 0
  if (source.startsWith('#!', position)) {
    const end = source.slice(position).search(/[\n\r\u2028\u2029]/)
    position = end === -1 ? source.length : position + end + 1
  }
  return { position, afterDirective: false }
}

export function beginningOf(program: Node): Beginning {
  const body = program['body'] as Node[]
  const statements = body.filter((statement) => typeof statement['directive'] !== 'string')
  const first = statements.find((statement) => !isImport(statement))
  const decorators = (first?.['declaration'] ?? first)?.['decorators'] as Node[] | undefined
  return {
    directivesEnd: body.findLast((statement) => typeof statement['directive'] === 'string')?.end,
    hasImports: statements[0] !== undefined && isImport(statements[0]),
    firstOther:
      first === undefined ? undefined : Math.min(first.start, decorators?.[0]?.start ?? first.start),
  }
}

function isImport(node: Node): boolean {
  return (
    node.type === 'ImportDeclaration' ||
    node.type === 'ExportAllDeclaration' ||
    (node.type === 'ExportNamedDeclaration' && node['source'] != null)
  )
}
