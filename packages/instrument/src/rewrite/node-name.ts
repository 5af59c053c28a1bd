import type { Node } from './node.ts'

/** Without the parentheses and the type operators around it. */
export function strip(node: Node): Node {
  let inner = node
  while (
    inner.type === 'ParenthesizedExpression' ||
    inner.type === 'TSAsExpression' ||
    inner.type === 'TSSatisfiesExpression' ||
    inner.type === 'TSNonNullExpression' ||
    inner.type === 'TSTypeAssertion'
  ) {
    inner = inner['expression']
  }
  return inner
}

/** What a name, a key or the last part of a path is called; empty for what has no name. */
export function nameOf(node: Node): string {
  switch (node.type) {
    case 'Identifier':
      return node['name']
    case 'PrivateIdentifier':
      return `#${node['name']}`
    case 'Literal':
      return String(node['value'])
    case 'MemberExpression':
      return node['computed'] === true ? '' : nameOf(node['property'])
    default:
      return ''
  }
}
