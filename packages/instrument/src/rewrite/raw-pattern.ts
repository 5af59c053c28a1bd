import { bytes, nameOf, nodeAt, refer, words } from './raw-view.ts'
import { readKey, visit } from './raw-visit.ts'
import type { BindingDetails, BindingKind, Scope } from './scope.ts'

/** The names a pattern declares; defaults and computed keys in it are code. */
export function declarePattern(
  reference: number,
  kind: BindingKind,
  scope: Scope,
  details: BindingDetails | undefined,
): void {
  const node = nodeAt(reference)
  switch (bytes[reference]) {
    case 0:
      return scope.declare(nameOf(node), kind, details)
    case 1: {
      let entry = words[(node + 16) >> 2]!
      const end = entry + words[(node + 24) >> 2]! * 48
      for (; entry !== end; entry += 48) {
        readKey(entry + 16, bytes[entry + 13]!, scope)
        declarePattern(entry + 32, kind, scope, details)
      }
      return declareRest(words[(node + 40) >> 2]!, kind, scope, details)
    }
    case 2: {
      let entry = words[(node + 16) >> 2]!
      const end = entry + (words[(node + 24) >> 2]! << 4)
      for (; entry !== end; entry += 16) {
        if (bytes[entry] !== 255) declarePattern(entry, kind, scope, details)
      }
      return declareRest(words[(node + 40) >> 2]!, kind, scope, details)
    }
    case 3:
      declarePattern(node + 16, kind, scope, details)
      return visit.expression(node + 32, scope)
  }
  throw new Error(`a pattern of kind ${bytes[reference]}`)
}

function declareRest(
  rest: number,
  kind: BindingKind,
  scope: Scope,
  details: BindingDetails | undefined,
): void {
  if (rest !== 0) declarePattern(rest + 16, kind, scope, details)
}

/** The target of an assignment: names in it are written. */
export function assignTarget(reference: number, scope: Scope): void {
  const node = nodeAt(reference)
  switch (bytes[reference]) {
    case 0:
      return refer(node, scope, true)
    case 1:
    case 2:
    case 3:
      return assignInner(node + 16, scope)
    case 4:
      return assignInner(node + 32, scope)
    case 8: {
      let entry = words[(node + 16) >> 2]!
      const end = entry + (words[(node + 24) >> 2]! << 4)
      for (; entry !== end; entry += 16) if (bytes[entry] !== 255) assignTarget(entry, scope)
      return assignRest(words[(node + 40) >> 2]!, scope)
    }
    case 9: {
      let entry = words[(node + 16) >> 2]!
      const end = entry + (words[(node + 24) >> 2]! << 4)
      for (; entry !== end; entry += 16) assignProperty(entry, scope)
      return assignRest(words[(node + 40) >> 2]!, scope)
    }
    // With a default
    case 16:
      assignTarget(node + 16, scope)
      return visit.expression(node + 32, scope)
    default:
      return visit.expression(reference, scope)
  }
}

/** An expression that is assigned to, in type operators. */
function assignInner(reference: number, scope: Scope): void {
  const node = nodeAt(reference)
  switch (bytes[reference]) {
    case 7:
      return refer(node, scope, true)
    case 23:
    case 35:
    case 36:
    case 38:
      return assignInner(node + 16, scope)
    case 37:
      return assignInner(node + 32, scope)
    default:
      return visit.expression(reference, scope)
  }
}

function assignProperty(reference: number, scope: Scope): void {
  const node = nodeAt(reference)
  if (bytes[reference] === 0) {
    refer(node + 16, scope, true)
    if (bytes[node + 48] !== 255) visit.expression(node + 48, scope)
  } else {
    readKey(node + 16, bytes[node + 12]!, scope)
    assignTarget(node + 32, scope)
  }
}

function assignRest(rest: number, scope: Scope): void {
  if (rest !== 0) assignTarget(rest + 16, scope)
}
