import { codeKeys, type Node } from './node.ts'

const harmless = new Set([
  'ArrowFunctionExpression',
  'FunctionExpression',
  'FunctionDeclaration',
  'BlockStatement',
  'BreakStatement',
  'ConditionalExpression',
  'ContinueStatement',
  'EmptyStatement',
  'ExpressionStatement',
  'IfStatement',
  'Literal',
  'LogicalExpression',
  'ParenthesizedExpression',
  'ReturnStatement',
  'SequenceExpression',
  'ThisExpression',
])

/** Code so plain that nothing in it can throw; wrapping it would only make the module longer. */
export function cannotThrow(code: Node | readonly Node[]): boolean {
  if (Array.isArray(code)) return (code as readonly Node[]).every(cannotThrow)
  const node = code as Node
  if (!harmless.has(node.type)) return false
  if (/Function/.test(node.type)) return true
  for (const key of codeKeys(node.type)) {
    const value = node[key] as Node | (Node | null)[] | null | undefined
    if (value == null || key === 'label') continue
    if (
      Array.isArray(value)
        ? !value.every((entry) => entry === null || cannotThrow(entry))
        : !cannotThrow(value)
    ) {
      return false
    }
  }
  return true
}
