import type { Node } from './node.ts'

export function hasPrivateNames(node: Node): boolean {
  return (node['body'].body as Node[]).some((member) => member['key']?.type === 'PrivateIdentifier')
}

/** Fields, or parameters that are fields, for which a compiler puts assignments into the constructor. */
export function hasCompiledFields(owner: Node, constructor: Node): boolean {
  const fields = (owner['body'].body as Node[]).some(
    (member) => member.type === 'PropertyDefinition' && member['value'] != null,
  )
  return (
    fields || (constructor['params'] as Node[]).some((parameter) => parameter.type === 'TSParameterProperty')
  )
}
