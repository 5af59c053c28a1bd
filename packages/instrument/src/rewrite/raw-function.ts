import { declarePattern } from './raw-pattern.ts'
import { bytes, endOf, found, nameOf, nodeAt, spanOf, startOf, stringAt, words } from './raw-view.ts'
import { readDecorators, readKey, readOptional, visit } from './raw-visit.ts'
import { Fn, Scope, type Body } from './scope.ts'
import { StatementRuns } from './statement-runs.ts'

export function readArrow(node: number, scope: Scope): void {
  const { fn: parent } = scope
  const body = node + 40
  const block = bytes[body] === 64 ? nodeAt(body) : undefined
  const strict = parent.strict || (block !== undefined && hasDirective(block, 'use strict'))
  const fn = new Fn('arrow', spanOf(node), parent, strict)
  fn.async = bytes[node + 56] === 1
  fn.scope = new Scope('function', fn, scope, fn)
  fn.privateClass = found.privateClass
  found.functions.push(fn)
  found.sites.push({ type: 'function', fn })
  // What a function can do is not done by making it
  const { risks } = found
  readParameters(words[(node + 24) >> 2]!, fn.scope)
  fn.body = readBody(fn, block, body, arrowFrom(node))
  found.risks = risks
}

/** Where only the `=>` is left. */
function arrowFrom(node: number): number {
  const returnType = words[(node + 32) >> 2]!
  if (returnType !== 0) return endOf(returnType)
  const parameters = words[(node + 24) >> 2]!
  const rest = words[(parameters + 40) >> 2]!
  if (rest !== 0) {
    const type = words[(rest + 72) >> 2]!
    return endOf(type === 0 ? rest + 40 : type)
  }
  const count = words[(parameters + 24) >> 2]!
  if (count === 0) {
    const types = words[(node + 16) >> 2]!
    return types === 0 ? startOf(node) : endOf(types)
  }
  const last = words[(parameters + 16) >> 2]! + (count - 1) * 72
  // What stands for itself in the tree: offsets of other parts are not those in the text
  if (words[(last + 64) >> 2] !== 0) return endOf(last)
  const type = words[(last + 56) >> 2]!
  return endOf(type === 0 ? nodeAt(last + 40) : type)
}

export function readFunction(
  node: number,
  scope: Scope,
  derived: boolean,
  untouched: string | undefined,
): void {
  const block = words[(node + 80) >> 2]!
  if (block === 0) return
  const { fn: parent } = scope
  const strict = parent.strict || hasDirective(block, 'use strict')
  const fn = new Fn('function', spanOf(node), parent, strict)
  fn.async = bytes[node + 90] === 1
  fn.generator = bytes[node + 89] === 1
  fn.derived = derived
  fn.untouched = untouched
  let outer = scope
  if (words[(node + 32) >> 2] !== 0) {
    fn.name = nameOf(node + 16)
    if (bytes[node + 88] === 0) fn.home = scope
    else {
      outer = new Scope('self', fn, scope, parent)
      outer.declare(fn.name, 'self')
    }
  }
  fn.privateClass = found.privateClass
  fn.scope = new Scope('function', fn, outer, fn)
  if (hasDirective(block, 'use asm')) fn.untouched = 'use asm'
  found.functions.push(fn)
  found.sites.push({ type: 'function', fn })
  const { risks } = found
  readParameters(words[(node + 64) >> 2]!, fn.scope)
  fn.body = readBody(fn, block, 0, 0)
  found.risks = risks
}

/** A declaration; its name is known in the scope it stands in. */
export function readFunctionDeclaration(node: number, scope: Scope): void {
  const isReal = bytes[node + 88] === 0 && words[(node + 80) >> 2] !== 0 && bytes[node + 91] !== 1
  if (isReal && words[(node + 32) >> 2] !== 0) scope.declare(nameOf(node + 16), 'function')
  readFunction(node, scope, false, undefined)
}

function readParameters(node: number, scope: Scope): void {
  let entry = words[(node + 16) >> 2]!
  const end = entry + words[(node + 24) >> 2]! * 72
  for (; entry !== end; entry += 72) {
    declarePattern(entry + 40, 'param', scope, undefined)
    const value = words[(entry + 64) >> 2]!
    if (value !== 0) visit.expression(value, scope)
    readDecorators(entry + 16, scope)
  }
  const rest = words[(node + 40) >> 2]!
  if (rest !== 0) {
    declarePattern(rest + 56, 'param', scope, undefined)
    readDecorators(rest + 16, scope)
  }
}

function readBody(fn: Fn, block: number | undefined, expression: number, arrowFrom: number): Body {
  const { risks } = found
  const runs = new StatementRuns()
  let declared: readonly string[] = []
  const node = block ?? nodeAt(expression)
  if (block === undefined) visit.expression(expression, fn.scope)
  else declared = visit.statements(block + 40, fn.scope, runs)
  const isHarmless = found.risks === risks
  return {
    start: startOf(node),
    end: endOf(node),
    isExpression: block === undefined,
    arrowFrom,
    isHarmless,
    directivesEnd: block === undefined ? undefined : directivesEnd(block + 16),
    hasStatements: runs.hasStatements,
    runs: runs.runs,
    declared,
  }
}

export function hasDirective(block: number, text: string): boolean {
  return hasDirectiveIn(block + 16, text)
}

export function hasDirectiveIn(list: number, text: string): boolean {
  let entry = words[list >> 2]!
  for (let count = words[(list >> 2) + 2]!; count > 0; count--, entry += 80) {
    if (stringAt(entry + 64) === text) return true
  }
  return false
}

export function directivesEnd(list: number): number | undefined {
  const count = words[(list >> 2) + 2]!
  return count === 0 ? undefined : endOf(words[list >> 2]! + (count - 1) * 80)
}

export function readClass(node: number, scope: Scope): void {
  if (bytes[node + 138] === 1) return
  readDecorators(node + 16, scope)
  const { start, end } = spanOf(node)
  const name = words[(node + 56) >> 2] === 0 ? undefined : nameOf(node + 40)
  if (name !== undefined && bytes[node + 136] === 0) {
    scope.declare(name, 'class', { initialisedAt: end, declaration: { start, end, kindLength: 0 } })
  }
  const inner = new Scope('class', { start, end }, scope, scope.fn)
  if (name !== undefined) inner.declare(name, 'self')
  const body = words[(node + 128) >> 2]!
  const isPrivate = hasPrivateNames(body)
  if (isPrivate) found.sites.push({ type: 'class', start, bodyStart: startOf(body) })
  readOptional(node + 80, inner)
  const before = found.privateClass
  if (isPrivate) found.privateClass = start
  const isDerived = bytes[node + 80] !== 255
  const hasFields = isDerived && found.typescript && hasValues(body)
  let entry = words[(body + 16) >> 2]!
  const last = entry + (words[(body + 24) >> 2]! << 4)
  for (; entry !== last; entry += 16) readMember(entry, isDerived, hasFields, inner)
  found.privateClass = before
}

/** Its key is a private name. */
function isPrivateMember(reference: number): boolean {
  const type = bytes[reference]!
  return type >= 1 && type <= 3 && bytes[nodeAt(reference) + 40] === 65
}

function hasPrivateNames(body: number): boolean {
  let entry = words[(body + 16) >> 2]!
  for (let count = words[(body + 24) >> 2]!; count > 0; count--, entry += 16) {
    if (isPrivateMember(entry)) return true
  }
  return false
}

/** It has fields with values, for which a compiler puts assignments into the constructor. */
function hasValues(body: number): boolean {
  let entry = words[(body + 16) >> 2]!
  for (let count = words[(body + 24) >> 2]!; count > 0; count--, entry += 16) {
    const node = nodeAt(entry)
    if (bytes[entry] === 2 && bytes[node + 12] === 0 && bytes[node + 64] !== 255) return true
  }
  return false
}

/** Parameters that are fields. */
function hasFieldParameters(method: number): boolean {
  const node = words[(method + 64) >> 2]!
  let entry = words[(node + 16) >> 2]!
  for (let count = words[(node + 24) >> 2]!; count > 0; count--, entry += 72) {
    // Accessibility, `readonly` or `override`
    if (bytes[entry + 13] !== 255 || bytes[entry + 14] === 1 || bytes[entry + 15] === 1) return true
  }
  return false
}

function readMember(reference: number, isDerived: boolean, hasFields: boolean, scope: Scope): void {
  const node = nodeAt(reference)
  switch (bytes[reference]) {
    case 0: {
      const fn = new Fn('static', spanOf(node), scope.fn, true)
      fn.privateClass = found.privateClass
      fn.scope = new Scope('function', fn, scope, fn)
      found.functions.push(fn)
      found.sites.push({ type: 'function', fn })
      const risks = found.risks
      const runs = new StatementRuns()
      const declared = visit.statements(node + 16, fn.scope, runs)
      fn.body = {
        start: fn.start,
        end: fn.end,
        isExpression: false,
        arrowFrom: 0,
        isHarmless: found.risks === risks,
        directivesEnd: undefined,
        hasStatements: runs.hasStatements,
        runs: runs.runs,
        declared,
      }
      return
    }
    case 1: {
      readDecorators(node + 16, scope)
      readKey(node + 40, bytes[node + 14]!, scope)
      const derived = isDerived && bytes[node + 13] === 0
      const method = words[(node + 56) >> 2]!
      // Compilers put the fields of a class right behind `super()` and want to find it at the top of the body
      const isCompiled = derived && found.typescript && (hasFields || hasFieldParameters(method))
      const reason = isCompiled ? 'TypeScript constructor of a derived class with fields' : undefined
      return readFunction(method, scope, derived, reason)
    }
    case 2:
    case 3: {
      readDecorators(node + 16, scope)
      readKey(node + 40, bytes[node + 13]!, scope)
      const isAbstract = bytes[node + 12] === 1
      if (isAbstract || bytes[node + 64] === 255) return
      const fn = new Fn('field', spanOf(node), scope.fn, true)
      fn.scope = new Scope('function', fn, scope, fn)
      found.functions.push(fn)
      return visit.expression(node + 64, fn.scope)
    }
  }
}
