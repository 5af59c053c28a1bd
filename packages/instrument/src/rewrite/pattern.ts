import type { Node } from './node.ts'
import type { Reader } from './reader.ts'
import type { BindingDetails, BindingKind, Scope } from './scope.ts'

const noDetails: BindingDetails = {}

/** The names a pattern declares; defaults and computed keys in it are code. */
export function declarePattern(
  reader: Reader,
  pattern: Node,
  kind: BindingKind,
  scope: Scope,
  details: BindingDetails = noDetails,
): void {
  switch (pattern.type) {
    case 'Identifier':
      if (pattern['name'] !== 'this') reader.declare(pattern['name'], kind, scope, details)
      break
    case 'ObjectPattern':
      for (const property of pattern['properties'] as Node[]) {
        if (property.type === 'RestElement')
          declarePattern(reader, property['argument'], kind, scope, details)
        else {
          if (property['computed'] === true) reader.visit(property['key'], scope)
          declarePattern(reader, property['value'], kind, scope, details)
        }
      }
      break
    case 'ArrayPattern':
      for (const element of pattern['elements'] as (Node | null)[]) {
        if (element !== null) declarePattern(reader, element, kind, scope, details)
      }
      break
    case 'AssignmentPattern':
      declarePattern(reader, pattern['left'], kind, scope, details)
      reader.hint(pattern['right'], pattern['left'])
      reader.visit(pattern['right'], scope)
      break
    case 'RestElement':
      declarePattern(reader, pattern['argument'], kind, scope, details)
      break
    case 'TSParameterProperty':
      reader.visitAll(pattern['decorators'] ?? [], scope)
      declarePattern(reader, pattern['parameter'], kind, scope, details)
      break
  }
  if (pattern['decorators']?.length > 0) reader.visitAll(pattern['decorators'], scope)
}

/** The target of an assignment: names in it are written. */
export function assignTarget(reader: Reader, target: Node, scope: Scope): void {
  switch (target.type) {
    case 'Identifier':
      reader.refer(target['name'], target.start, scope, true)
      break
    case 'ObjectPattern':
      for (const property of target['properties'] as Node[]) {
        if (property.type === 'RestElement') assignTarget(reader, property['argument'], scope)
        else {
          if (property['computed'] === true) reader.visit(property['key'], scope)
          assignTarget(reader, property['value'], scope)
        }
      }
      break
    case 'ArrayPattern':
      for (const element of target['elements'] as (Node | null)[]) {
        if (element !== null) assignTarget(reader, element, scope)
      }
      break
    case 'AssignmentPattern':
      assignTarget(reader, target['left'], scope)
      reader.hint(target['right'], target['left'])
      reader.visit(target['right'], scope)
      break
    case 'RestElement':
      assignTarget(reader, target['argument'], scope)
      break
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
      assignTarget(reader, target['expression'], scope)
      break
    default:
      reader.visit(target, scope)
  }
}
