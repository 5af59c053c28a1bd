import { bytes, nodeAt, refer, words } from './raw-view.ts'
import { visit } from './raw-visit.ts'
import type { Scope } from './scope.ts'

export function readJsx(node: number, scope: Scope): void {
  const opening = words[(node + 16) >> 2]!
  readName(opening + 16, scope)
  let entry = words[(opening + 40) >> 2]!
  const end = entry + (words[(opening + 48) >> 2]! << 4)
  for (; entry !== end; entry += 16) readAttribute(entry, scope)
  readChildren(node + 24, scope)
}

export function readJsxFragment(node: number, scope: Scope): void {
  readChildren(node + 32, scope)
}

function readName(reference: number, scope: Scope): void {
  const node = nodeAt(reference)
  switch (bytes[reference]) {
    case 0:
    case 1:
      return refer(node, scope, false)
    case 3:
      return readObjectName(node + 16, scope)
    case 4:
      return scope.fn.says('usesThis')
  }
}

function readObjectName(reference: number, scope: Scope): void {
  const node = nodeAt(reference)
  switch (bytes[reference]) {
    case 0:
      return refer(node, scope, false)
    case 1:
      return readObjectName(node + 16, scope)
    default:
      return scope.fn.says('usesThis')
  }
}

function readAttribute(reference: number, scope: Scope): void {
  const node = nodeAt(reference)
  if (bytes[reference] === 1) return visit.expression(node + 16, scope)
  const value = nodeAt(node + 32)
  switch (bytes[node + 32]) {
    case 1:
      return readContainer(value, scope)
    case 2:
      return readJsx(value, scope)
    case 3:
      return readJsxFragment(value, scope)
  }
}

function readContainer(node: number, scope: Scope): void {
  const isEmpty = bytes[node + 16] === 64
  if (!isEmpty) visit.expression(node + 16, scope)
}

function readChildren(list: number, scope: Scope): void {
  let entry = words[list >> 2]!
  const end = entry + (words[(list >> 2) + 2]! << 4)
  for (; entry !== end; entry += 16) {
    const node = nodeAt(entry)
    switch (bytes[entry]) {
      case 1:
        readJsx(node, scope)
        break
      case 2:
        readJsxFragment(node, scope)
        break
      case 3:
        readContainer(node, scope)
        break
      case 4:
        visit.expression(node + 16, scope)
        break
    }
  }
}
