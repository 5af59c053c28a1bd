import { readArrow, readClass, readFunction } from './raw-function.ts'
import { readJsx, readJsxFragment } from './raw-jsx.ts'
import { assignTarget } from './raw-pattern.ts'
import {
  bytes,
  calledAt,
  endOf,
  found,
  isCalled,
  kind,
  mark,
  nodeAt,
  refer,
  spanOf,
  startOf,
  stringAt,
  strip,
  words,
} from './raw-view.ts'
import { readKey, readList, readOptional } from './raw-visit.ts'
import type { Scope } from './scope.ts'

/** Reads an expression; see `node-readers.ts` for what is made of it. */
export function readExpression(reference: number, scope: Scope): void {
  const node = words[(reference + 8) >> 2]!
  switch (bytes[reference]) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
      return
    case 7:
      found.risks++
      if (words[(node >> 2) + 6] === 9 && isCalled(node + 16, 'arguments')) scope.fn.says('usesArguments')
      return refer(node, scope, false)
    case 26:
      return scope.fn.says('usesThis')
    case 10:
      return readArrow(node, scope)
    case 18:
      return readFunction(node, scope, false, undefined)
    // Parentheses
    case 23:
      return readExpression(node + 16, scope)
    case 17:
      readExpression(node + 16, scope)
      readExpression(node + 32, scope)
      return readExpression(node + 48, scope)
    // Logical
    case 20:
      readExpression(node + 16, scope)
      return readExpression(node + 32, scope)
    case 24:
      return readList(node + 16, scope)
  }
  found.risks++
  switch (bytes[reference]) {
    case 6:
      return readList(node + 40, scope)
    case 8:
      return scope.fn.says('usesSuper')
    case 9:
      return readList(node + 16, scope)
    case 11:
      assignTarget(node + 16, scope)
      return readExpression(node + 32, scope)
    case 12:
      if (found.requests) {
        const operand = spanOf(nodeAt(node + 16))
        found.sites.push({ type: 'await', start: startOf(node), operand, fn: scope.fn })
      }
      return readExpression(node + 16, scope)
    // Binary
    case 13:
      readExpression(node + 16, scope)
      return readExpression(node + 32, scope)
    case 14:
      return readCall(node, scope)
    case 15:
      return readChain(node + 16, scope)
    case 16:
      return readClass(node, scope)
    // import()
    case 19:
      readExpression(node + 16, scope)
      return readOptional(node + 32, scope)
    case 21:
      return readNew(node, scope)
    case 22:
      return readObject(node + 16, scope)
    // Tagged template
    case 25:
      readExpression(node + 16, scope)
      return readList(node + 80, scope)
    // Unary
    case 27:
      return readExpression(node + 16, scope)
    case 28:
      return assignTarget(node + 16, scope)
    case 29:
      return readOptional(node + 16, scope)
    // #name in
    case 30:
      return readExpression(node + 48, scope)
    // import.meta, new.target
    case 31:
    case 32:
      return
    case 33:
      return readJsx(node, scope)
    case 34:
      return readJsxFragment(node, scope)
    case 35:
    case 36:
    case 38:
    case 39:
      return readExpression(node + 16, scope)
    case 37:
      return readExpression(node + 32, scope)
    case 48:
      readExpression(node + 16, scope)
      return readExpression(node + 32, scope)
    case 49:
    case 50:
      return readExpression(node + 16, scope)
    // Spread, in a list
    case 64:
      return readExpression(node + 16, scope)
    // A hole, in a list
    case 65:
      return
  }
  throw new Error(`an expression of kind ${bytes[reference]}`)
}

function readObject(list: number, scope: Scope): void {
  let entry = words[list >> 2]!
  const end = entry + (words[(list >> 2) + 2]! << 4)
  for (; entry !== end; entry += 16) {
    const node = words[(entry + 8) >> 2]!
    if (bytes[entry] === 0) {
      readKey(node + 16, bytes[node + 15]!, scope)
      readExpression(node + 32, scope)
    } else readExpression(node + 16, scope)
  }
}

function readChain(reference: number, scope: Scope): void {
  const node = nodeAt(reference)
  switch (bytes[reference]) {
    case 0:
      found.risks++
      return readCall(node, scope)
    case 1:
      return readExpression(node + 16, scope)
    default:
      return readExpression(reference, scope)
  }
}

/** Compilers write `(0, module.name)()` for a call of what was imported. */
export function unbound(callee: number): number {
  const inner = strip(callee)
  if (bytes[inner] !== kind.sequence) return inner
  const list = (nodeAt(inner) + 16) >> 2
  return words[list]! + ((words[list + 2]! - 1) << 4)
}

function readCall(node: number, scope: Scope): void {
  const callee = node + 16
  const list = (node + 40) >> 2
  const first = words[list]!
  const count = words[list + 2]!
  const called = calledAt(callee)
  if (bytes[callee] === kind.identifier && isCalled(called, 'eval')) scope.fn.callsEval()
  if (found.breakpoints && isCalled(calledAt(unbound(callee)), 'breakpoint')) {
    const argumentsEnd = count === 0 ? undefined : endOf(nodeAt(first + ((count - 1) << 4)))
    found.sites.push({ type: 'breakpoint', scope, start: startOf(node), end: endOf(node), argumentsEnd })
  }
  readExpression(callee, scope)
  if (count !== 0 && called !== 0 && isHandedOver(first)) {
    const length = words[(called >> 2) + 2]!
    if (length <= 8 && takesErrors(stringAt(called)) && !isCalled(calledAt(first), 'undefined')) {
      mark('handed', first, scope)
    }
  }
  readList(node + 40, scope)
}

function takesErrors(name: string): boolean {
  return name === 'next' || name === 'done' || name === 'cb' || name === 'callback' || name === 'reject'
}

function isHandedOver(reference: number): boolean {
  switch (bytes[reference]) {
    case kind.identifier:
    case kind.computedMember:
    case kind.member:
    case kind.privateMember:
    case kind.call:
    case kind.await:
    case kind.conditional:
    case kind.logical:
      return true
    default:
      return false
  }
}

function readNew(node: number, scope: Scope): void {
  const callee = node + 16
  const called = bytes[callee] === kind.privateMember ? nodeAt(callee) + 48 : calledAt(callee)
  if (called !== 0) {
    const last = bytes[words[called >> 2]! + words[(called >> 2) + 2]! - 1]
    // What ends in `r` or `n`
    if ((last === 114 || last === 110) && /(?:Error|Exception)$/.test(stringAt(called))) {
      found.sites.push({ type: 'birth', scope, start: startOf(node), end: endOf(node), name: undefined })
    }
  }
  readMade(node, scope)
}

/** The parts of a `new` expression. */
function readMade(node: number, scope: Scope): void {
  const callee = strip(node + 16)
  // `new (new XError())()`: what stands in front of the parentheses must stay a name
  if (bytes[callee] === kind.new) {
    found.risks++
    const inner = nodeAt(callee)
    readExpression(inner + 16, scope)
    readList(inner + 40, scope)
  } else readExpression(callee, scope)
  readList(node + 40, scope)
}
