import type { Node } from './node.ts'

/**
 * Where the header stands: after a hash-bang line, the directives and the imports, which run before it wherever they
 * stand and whose lines Node prints when they fail. Undefined where nothing else is left.
 */
export function headerPlace(
  program: Node,
  source: string,
): { position: number; afterDirective: boolean } | undefined {
  const body = program['body'] as Node[]
  let position = source.charCodeAt(0) === 0xfeff ? 1 : 0
  let afterDirective = false
  if (source.startsWith('#!', position)) {
    const end = source.slice(position).search(/[\n\r\u2028\u2029]/)
    position = end === -1 ? source.length : position + end + 1
  }
  const directives = body.findIndex((statement) => typeof statement['directive'] !== 'string')
  const last = directives === -1 ? body.at(-1) : body[directives - 1]
  if (last !== undefined) {
    position = last.end
    afterDirective = true
  }
  if (directives === -1 || !isImport(body[directives]!)) return { position, afterDirective }
  const first = body.slice(directives).find((statement) => !isImport(statement))
  if (first === undefined) return undefined
  const decorators = (first['declaration'] ?? first)['decorators'] as Node[] | undefined
  return { position: Math.min(first.start, decorators?.[0]?.start ?? first.start), afterDirective: false }
}

function isImport(node: Node): boolean {
  return (
    node.type === 'ImportDeclaration' ||
    node.type === 'ExportAllDeclaration' ||
    (node.type === 'ExportNamedDeclaration' && node['source'] != null)
  )
}
