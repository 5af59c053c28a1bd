import { readExpression, unbound } from './raw-expression.ts'
import { readClass, readFunction, readFunctionDeclaration } from './raw-function.ts'
import { assignTarget, declarePattern } from './raw-pattern.ts'
import {
  bytes,
  calledAt,
  endOf,
  found,
  isCalled,
  kind,
  mark,
  nameOf,
  nodeAt,
  spanOf,
  startOf,
  strip,
  words,
} from './raw-view.ts'
import { readList, readOptional } from './raw-visit.ts'
import { Fn, noDetails, Scope, type BindingKind, type Declaration, type Span } from './scope.ts'
import type { StatementRuns } from './statement-runs.ts'

const none: readonly string[] = []

/** @returns the names of the function declarations, if somebody asks for their places */
export function readStatements(list: number, scope: Scope, runs?: StatementRuns): readonly string[] {
  let entry = words[list >> 2]!
  const end = entry + (words[(list >> 2) + 2]! << 4)
  let declared: string[] | undefined
  for (; entry !== end; entry += 16) {
    if (runs !== undefined) {
      const node = nodeAt(entry)
      const type = bytes[entry] === 33 ? bytes[node + 88] : undefined
      if (type === 0) (declared ??= []).push(nameOf(node + 16))
      runs.add(startOf(node), endOf(node), type === 0 || type === 2)
    }
    readStatement(entry, scope)
  }
  return declared ?? none
}

/** Reads a statement; see `node-readers.ts` for what is made of it. */
export function readStatement(reference: number, scope: Scope): void {
  const node = words[(reference + 8) >> 2]!
  switch (bytes[reference]) {
    case 0:
      return readBlock(node, scope, [])
    // break, continue, nothing
    case 1:
    case 2:
    case 5:
      return
    case 6:
      return readExpressionStatement(node, scope)
    case 10:
      readExpression(node + 16, scope)
      readBranch(node + 32, scope)
      if (bytes[node + 48] !== 255) readBranch(node + 48, scope)
      return
    case 12:
      return readOptional(node + 16, scope)
    case 33:
      return readFunctionDeclaration(node, scope)
  }
  found.risks++
  switch (bytes[reference]) {
    // debugger; types
    case 3:
    case 35:
    case 36:
      return
    case 4: {
      const inner = new Scope('loop', spanOf(node), scope, scope.fn, true)
      readStatement(node + 16, inner)
      return readExpression(node + 32, inner)
    }
    case 7:
      return readForEach(node, false, scope)
    case 8:
      return readForEach(node, bytes[node + 64] === 1, scope)
    case 9:
      return readFor(node, scope)
    // A label
    case 11:
      return readStatement(node + 48, scope)
    case 13:
      return readSwitch(node, scope)
    case 14:
      return readThrow(node, scope)
    case 15:
      return readTry(node, scope)
    case 16: {
      const inner = new Scope('loop', spanOf(node), scope, scope.fn, true)
      readExpression(node + 16, inner)
      return readStatement(node + 32, inner)
    }
    // with
    case 17:
      readExpression(node + 16, scope)
      return readStatement(node + 32, scope)
    case 32:
      return readDeclaration(node, scope)
    case 34:
      return readClass(node, scope)
    case 37:
      return readEnum(node, scope)
    // import =
    case 41:
      return scope.declare(nameOf(node + 16), 'import')
    case 64:
      return readImports(node, scope)
    case 66:
      return readDefault(node + 16, scope)
    case 67:
      return readStatement(node + 16, scope)
    // Exports of what stands elsewhere
    case 65:
    case 68:
    case 69:
    case 71:
      return
    // export =
    case 70:
      return readExpression(node + 16, scope)
  }
  throw new Error(`a statement of kind ${bytes[reference]}`)
}

function readBlock(node: number, scope: Scope, heads: readonly Scope[]): void {
  const { start, end } = spanOf(node)
  const inner = new Scope('block', { start, end }, scope, scope.fn)
  const isEmpty = words[(node + 24) >> 2] === 0
  found.sites.push({ type: 'block', start, end, scopes: [...heads, inner], hasBraces: true, isEmpty })
  readStatements(node + 16, inner)
}

/** Sloppy code may declare a function there, as if it stood in a block of its own. */
function readBranch(reference: number, scope: Scope): void {
  const isFunction = bytes[reference] === 33
  readStatement(
    reference,
    isFunction ? new Scope('block', spanOf(nodeAt(reference)), scope, scope.fn) : scope,
  )
}

function readLoopBody(reference: number, head: Scope): void {
  const node = nodeAt(reference)
  if (bytes[reference] === 0) return readBlock(node, head, [head])
  const { start, end } = spanOf(node)
  const isEmpty = bytes[reference] === 5
  found.sites.push({ type: 'block', start, end, scopes: [head], hasBraces: false, isEmpty })
  readStatement(reference, head)
}

function readExpressionStatement(node: number, scope: Scope): void {
  const start = startOf(node)
  if (found.breakpoints) {
    const callee = breakpointCallee(node + 16)
    if (callee !== undefined) found.sites.push({ type: 'stop', start, callee })
  }
  const { sites } = found
  const before = sites.length
  readExpression(node + 16, scope)
  // A parenthesis at the start of a statement would call the line above where it has no semicolon
  for (let index = before; index < sites.length; index++) {
    const site = sites[index]!
    if (site.type === 'birth' && site.start === start) sites.splice(index--, 1)
  }
}

/** Of `breakpoint()`, `await breakpoint()` or `void breakpoint()`, and nothing else. */
function breakpointCallee(reference: number): Span | undefined {
  let inner = strip(reference)
  const isVoid = bytes[inner] === kind.unary && bytes[nodeAt(inner) + 12] === 5
  if (isVoid || bytes[inner] === kind.await) inner = strip(nodeAt(inner) + 16)
  const node = nodeAt(inner)
  if (bytes[inner] !== kind.call || bytes[node + 12] === 1) return undefined
  const callee = unbound(node + 16)
  if (!isPlainName(callee) || !isCalled(calledAt(callee), 'breakpoint')) return undefined
  return spanOf(nodeAt(node + 16))
}

/** `name` or `module.name`: to look at it twice does nothing. */
function isPlainName(reference: number): boolean {
  if (bytes[reference] === kind.identifier) return true
  const node = nodeAt(reference)
  return bytes[reference] === kind.member && bytes[node + 12] !== 1 && bytes[node + 16] === kind.identifier
}

const kinds: readonly BindingKind[] = ['var', 'let', 'const', 'using', 'using']
/** Characters of the word. */
const kindLengths = [3, 3, 5, 5, 11]

function declarationAt(node: number): Declaration {
  return { start: startOf(node), end: endOf(node), kindLength: kindLengths[bytes[node + 12]!]! }
}

/** There is one, and it is no function. */
const something: Span = { start: -1, end: -1 }

function initialiserAt(reference: number): Span | undefined {
  if (bytes[reference] === 255) return undefined
  const inner = strip(reference)
  return bytes[inner] === kind.arrow || bytes[inner] === kind.function ? spanOf(nodeAt(inner)) : something
}

function readDeclaration(node: number, scope: Scope): void {
  if (bytes[node + 13] === 1) return
  const type = bytes[node + 12]!
  const declaration = type === 0 ? undefined : declarationAt(node)
  if (scope.kind === 'for') scope.head ??= declaration
  let entry = words[(node + 16) >> 2]!
  const end = entry + words[(node + 24) >> 2]! * 56
  for (; entry !== end; entry += 56) {
    const init = entry + 40
    const isBare = bytes[init] === 255 && bytes[entry + 16] === 0 && bytes[entry + 12] !== 1
    const initialisedAt = endOf(entry)
    const details =
      declaration === undefined
        ? noDetails
        : {
            declaration,
            initialisedAt,
            bareEnd: isBare ? initialisedAt : undefined,
            initialiser: initialiserAt(init),
          }
    declarePattern(entry + 16, kinds[type]!, scope, details)
    readOptional(init, scope)
  }
}

function readFor(node: number, scope: Scope): void {
  const head = new Scope('for', spanOf(node), scope, scope.fn, true)
  head.isPlain = true
  if (bytes[node + 16] === 64) {
    found.risks++
    readDeclaration(nodeAt(node + 16), head)
  } else readOptional(node + 16, head)
  readOptional(node + 32, head)
  readOptional(node + 48, head)
  readLoopBody(node + 64, head)
}

function readForEach(node: number, isAwait: boolean, scope: Scope): void {
  const head = new Scope('for', spanOf(node), scope, scope.fn, true)
  const left = node + 16
  const right = node + 32
  if (bytes[left] === 16) {
    const statement = nodeAt(left)
    const declaration = declarationAt(statement)
    head.head = declaration
    const details = { declaration, initialisedAt: endOf(nodeAt(right)) }
    const type = kinds[bytes[statement + 12]!]!
    let entry = words[(statement + 16) >> 2]!
    for (let count = words[(statement + 24) >> 2]!; count > 0; count--, entry += 56) {
      declarePattern(entry + 16, type, head, details)
      readOptional(entry + 40, head)
    }
  } else assignTarget(left, head)
  if (isAwait && found.requests) {
    found.sites.push({ type: 'await', start: startOf(node), operand: spanOf(nodeAt(right)), fn: scope.fn })
  }
  readExpression(right, head)
  readLoopBody(node + 48, head)
}

function readSwitch(node: number, scope: Scope): void {
  readExpression(node + 16, scope)
  const inner = new Scope('switch', spanOf(node), scope, scope.fn)
  let entry = words[(node + 32) >> 2]!
  for (let count = words[(node + 40) >> 2]!; count > 0; count--, entry += 56) {
    inner.region = spanOf(entry)
    readOptional(entry + 16, inner)
    readStatements(entry + 32, inner)
  }
}

function readThrow(node: number, scope: Scope): void {
  const argument = node + 16
  const type = bytes[argument]!
  if (type <= kind.identifier || (type >= kind.computedMember && type <= kind.privateMember)) {
    mark('throw', argument, scope)
  }
  if (type === kind.new) {
    const made = nodeAt(argument)
    readExpression(made + 16, scope)
    readList(made + 40, scope)
  } else readExpression(argument, scope)
}

function readTry(node: number, scope: Scope): void {
  readBlock(words[(node + 16) >> 2]!, scope, [])
  const handler = words[(node + 24) >> 2]!
  if (handler !== 0) readCatch(handler, scope)
  const finalizer = words[(node + 32) >> 2]!
  if (finalizer !== 0) readBlock(finalizer, scope, [])
}

function readCatch(node: number, scope: Scope): void {
  const inner = new Scope('catch', spanOf(node), scope, scope.fn)
  scope.fn.hasCatch = true
  const pattern = node + 32
  const hasParameter = bytes[pattern] !== 255
  let parameter: (Span & { readonly name: string | undefined }) | undefined
  if (hasParameter) {
    const place = nodeAt(pattern)
    const { start, end } = spanOf(place)
    declarePattern(pattern, 'catch', inner, { initialisedAt: end })
    inner.isPlain = bytes[pattern] === 0
    parameter = { start, end, name: inner.isPlain ? nameOf(place) : undefined }
  }
  const body = words[(node + 56) >> 2]!
  const isEmpty = words[(body + 24) >> 2] === 0
  found.sites.push({ type: 'catch', scope: inner, parameter, body: spanOf(body), isEmpty })
  readBlock(body, inner, [inner])
}

function readImports(node: number, scope: Scope): void {
  let entry = words[(node + 16) >> 2]!
  if (entry === 0) return
  for (let count = words[(node + 24) >> 2]!; count > 0; count--, entry += 16) {
    const specifier = nodeAt(entry)
    scope.declare(nameOf(specifier + (bytes[entry] === 0 ? 72 : 16)), 'import')
  }
}

function readDefault(reference: number, scope: Scope): void {
  const node = nodeAt(reference)
  switch (bytes[reference]) {
    case 64:
      return bytes[node + 88] === 0
        ? readFunctionDeclaration(node, scope)
        : readFunction(node, scope, false, undefined)
    case 65:
      return readClass(node, scope)
    // An interface
    case 66:
      return
    default:
      return readExpression(reference, scope)
  }
}

function readEnum(node: number, scope: Scope): void {
  if (bytes[node + 13] === 1) return
  scope.declare(nameOf(node + 16), 'enum')
  const fn = new Fn('opaque', spanOf(node), scope.fn, scope.fn.strict)
  fn.scope = new Scope('function', fn, scope, fn)
  found.functions.push(fn)
  let entry = words[(node + 64) >> 2]!
  for (let count = words[(node + 72) >> 2]!; count > 0; count--, entry += 48) {
    readOptional(entry + 32, fn.scope)
  }
}
