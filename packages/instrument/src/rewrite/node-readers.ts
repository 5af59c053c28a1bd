import type { Node } from './node.ts'
import { nameOf, strip } from './node-name.ts'
import { assignTarget, declarePattern } from './pattern.ts'
import type { Reader } from './reader.ts'
import { Fn, Scope, type BindingKind, type Declaration } from './scope.ts'
import type { MarkSite } from './site.ts'

const handOver = new Set(['next', 'done', 'cb', 'callback', 'reject'])
const handed = new Set([
  'Identifier',
  'MemberExpression',
  'CallExpression',
  'AwaitExpression',
  'ConditionalExpression',
  'LogicalExpression',
])

export type Read = (reader: Reader, node: Node, scope: Scope) => void

const skip: Read = () => {}
const expressionOnly: Read = (reader, node, scope) => reader.visit(node['expression'], scope)
const functionLike: Read = (reader, node, scope) => {
  if (
    node.type === 'FunctionDeclaration' &&
    node['id'] != null &&
    node['body'] != null &&
    node['declare'] !== true
  ) {
    reader.declare(node['id'].name, 'function', scope)
  }
  reader.function(node, scope)
}
const classLike: Read = (reader, node, scope) => reader.class(node, scope)

const forEach: Read = (reader, node, scope) => {
  const head = new Scope('for', node, scope, scope.fn, true)
  const left = node['left'] as Node
  if (left.type === 'VariableDeclaration') {
    const kind = left['kind'] as BindingKind
    const usable = kind === 'let' || kind === 'const' || kind === 'var'
    const declaration = declarationOf(left)
    head.head = declaration
    for (const declarator of left['declarations'] as Node[]) {
      declarePattern(reader, declarator['id'], usable ? kind : 'using', head, {
        declaration,
        initialisedAt: node['right'].end,
      })
      reader.visit(declarator['init'], head)
    }
  } else assignTarget(reader, left, head)
  if (node['await'] === true) {
    reader.sites.push({ type: 'await', start: node.start, operand: node['right'], fn: scope.fn })
  }
  reader.visit(node['right'], head)
  reader.loopBody(node['body'], head)
}

/** How each kind of node is read; the others are read child by child. */
export const readers: Record<string, Read> = {
  FunctionDeclaration: functionLike,
  FunctionExpression: functionLike,
  ArrowFunctionExpression: functionLike,
  ClassDeclaration: classLike,
  ClassExpression: classLike,
  Identifier(reader, node, scope) {
    const name = node['name'] as string
    if (name === 'arguments') scope.fn.says('usesArguments')
    reader.refer(name, node.start, scope)
  },
  ThisExpression: (_reader, _node, scope) => scope.fn.says('usesThis'),
  Super: (_reader, _node, scope) => scope.fn.says('usesSuper'),
  MetaProperty: skip,
  PrivateIdentifier: skip,
  BreakStatement: skip,
  ContinueStatement: skip,
  LabeledStatement: (reader, node, scope) => reader.visit(node['body'], scope),
  ImportDeclaration(reader, node, scope) {
    for (const specifier of node['specifiers'] as Node[]) {
      reader.declare(specifier['local'].name, 'import', scope)
    }
  },
  ExportAllDeclaration: skip,
  ExportNamedDeclaration: (reader, node, scope) => reader.visit(node['declaration'], scope),
  ExportDefaultDeclaration(reader, node, scope) {
    reader.hint(node['declaration'], 'default')
    reader.visit(node['declaration'], scope)
  },
  MemberExpression(reader, node, scope) {
    reader.visit(node['object'], scope)
    if (node['computed'] === true) reader.visit(node['property'], scope)
  },
  Property(reader, node, scope) {
    if (node['computed'] === true) reader.visit(node['key'], scope)
    else {
      const prefix = node['kind'] === 'get' || node['kind'] === 'set' ? `${node['kind']} ` : ''
      reader.hint(node['value'], prefix + nameOf(node['key']))
    }
    reader.visit(node['value'], scope)
  },
  VariableDeclaration(reader, node, scope) {
    if (node['declare'] === true) return
    const kind = node['kind'] as BindingKind
    const usable = kind === 'let' || kind === 'const' || kind === 'var'
    const declaration = declarationOf(node)
    if (scope.kind === 'for') scope.head ??= declaration
    for (const declarator of node['declarations'] as Node[]) {
      const init = declarator['init'] as Node | null
      const bare = init === null && declarator['id'].type === 'Identifier' && declarator['definite'] !== true
      declarePattern(reader, declarator['id'], usable ? kind : 'using', scope, {
        declaration,
        initialisedAt: declarator.end,
        bareEnd: bare ? declarator.end : undefined,
        initialiser: init === null ? undefined : strip(init),
      })
      reader.hint(init, declarator['id'])
      reader.visit(init, scope)
    }
  },
  AssignmentExpression(reader, node, scope) {
    assignTarget(reader, node['left'], scope)
    reader.hint(node['right'], node['left'])
    reader.visit(node['right'], scope)
  },
  AwaitExpression(reader, node, scope) {
    const operand = node['argument'] as Node
    reader.sites.push({ type: 'await', start: node.start, operand, fn: scope.fn })
    reader.visit(operand, scope)
  },
  UpdateExpression: (reader, node, scope) => assignTarget(reader, node['argument'], scope),
  ForStatement(reader, node, scope) {
    const head = new Scope('for', node, scope, scope.fn, true)
    head.isPlain = true
    reader.visit(node['init'], head)
    reader.visit(node['test'], head)
    reader.visit(node['update'], head)
    reader.loopBody(node['body'], head)
  },
  ForInStatement: forEach,
  ForOfStatement: forEach,
  WhileStatement(reader, node, scope) {
    const inner = new Scope('loop', node, scope, scope.fn, true)
    reader.visit(node['test'], inner)
    reader.visit(node['body'], inner)
  },
  DoWhileStatement(reader, node, scope) {
    const inner = new Scope('loop', node, scope, scope.fn, true)
    reader.visit(node['body'], inner)
    reader.visit(node['test'], inner)
  },
  BlockStatement: (reader, node, scope) => reader.block(node, scope),
  IfStatement(reader, node, scope) {
    reader.visit(node['test'], scope)
    for (const branch of [node['consequent'], node['alternate']] as (Node | null)[]) {
      // Sloppy code may declare a function there, as if it stood in a block of its own
      const isFunction = branch?.type === 'FunctionDeclaration'
      reader.visit(branch, isFunction ? new Scope('block', branch, scope, scope.fn, false) : scope)
    }
  },
  SwitchStatement(reader, node, scope) {
    reader.visit(node['discriminant'], scope)
    const inner = new Scope('switch', node, scope, scope.fn, false)
    for (const entry of node['cases'] as Node[]) {
      inner.region = entry
      reader.visit(entry['test'], inner)
      reader.visitAll(entry['consequent'], inner)
    }
  },
  TryStatement(reader, node, scope) {
    reader.visit(node['block'], scope)
    const handler = node['handler'] as Node | null
    if (handler !== null) {
      const inner = new Scope('catch', handler, scope, scope.fn, false)
      scope.fn.hasCatch = true
      if (handler['param'] != null) {
        declarePattern(reader, handler['param'], 'catch', inner, { initialisedAt: handler['param'].end })
      }
      const { body, param } = handler as { body: Node; param: Node | null } & Node
      inner.isPlain = param?.type === 'Identifier'
      const parameter =
        param === null
          ? undefined
          : { start: param.start, end: param.end, name: inner.isPlain ? param['name'] : undefined }
      const isEmpty = body['body'].length === 0
      reader.sites.push({ type: 'catch', scope: inner, parameter, body, isEmpty })
      reader.block(handler['body'], inner, [inner])
    }
    reader.visit(node['finalizer'], scope)
  },
  ThrowStatement(reader, node, scope) {
    const argument = node['argument'] as Node
    const type = argument.type
    if (
      type === 'Identifier' ||
      type === 'MemberExpression' ||
      type === 'Literal' ||
      type === 'TemplateLiteral'
    ) {
      reader.sites.push(mark('throw', argument, scope))
    }
    if (type === 'NewExpression') reader.children(argument, scope)
    else reader.visit(argument, scope)
  },
  NewExpression(reader, node, scope) {
    if (/(?:Error|Exception)$/.test(nameOf(node['callee']))) {
      reader.sites.push(mark('birth', node, scope))
    }
    const callee = strip(node['callee'])
    // `new (new XError())()`: what stands in front of the parentheses must stay a name
    if (callee.type === 'NewExpression') reader.children(callee, scope)
    else reader.visit(callee, scope)
    reader.visitAll(node['arguments'], scope)
  },
  CallExpression(reader, node, scope) {
    const callee = node['callee'] as Node
    const first = node['arguments'][0] as Node | undefined
    if (callee.type === 'Identifier' && callee['name'] === 'eval') {
      scope.fn.callsEval()
    }
    if (nameOf(unbound(callee)) === 'breakpoint') {
      const argumentsEnd = (node['arguments'] as Node[]).at(-1)?.end
      reader.sites.push({ type: 'breakpoint', scope, start: node.start, end: node.end, argumentsEnd })
    }
    reader.visit(callee, scope)
    if (
      first !== undefined &&
      handed.has(first.type) &&
      handOver.has(nameOf(callee)) &&
      nameOf(first) !== 'undefined'
    ) {
      reader.sites.push(mark('handed', first, scope))
    }
    reader.visitAll(node['arguments'], scope)
  },
  ExpressionStatement(reader, node, scope) {
    const stop = breakpointCall(node['expression'])
    if (stop !== undefined) reader.sites.push({ type: 'stop', start: node.start, callee: stop['callee'] })
    const before = reader.sites.length
    reader.visit(node['expression'], scope)
    // A parenthesis at the start of a statement would call the line above where it has no semicolon
    for (let index = before; index < reader.sites.length; index++) {
      const site = reader.sites[index]!
      if (site.type === 'birth' && site.start === node.start) reader.sites.splice(index--, 1)
    }
  },
  JSXIdentifier: skip,
  JSXOpeningElement(reader, node, scope) {
    let name = node['name'] as Node
    while (name.type === 'JSXMemberExpression') name = name['object']
    if (name.type === 'JSXIdentifier') {
      if (name['name'] === 'this') scope.fn.says('usesThis')
      else reader.refer(name['name'], name.start, scope)
    }
    reader.visitAll(node['attributes'], scope)
  },
  JSXClosingElement: skip,
  JSXAttribute: (reader, node, scope) => reader.visit(node['value'], scope),
  TSAsExpression: expressionOnly,
  TSSatisfiesExpression: expressionOnly,
  TSNonNullExpression: expressionOnly,
  TSTypeAssertion: expressionOnly,
  TSInstantiationExpression: expressionOnly,
  TSExportAssignment: expressionOnly,
  TSImportEqualsDeclaration: (reader, node, scope) => reader.declare(node['id'].name, 'import', scope),
  TSModuleDeclaration: (reader, node, scope) => reader.namespace(node, scope),
  TSEnumDeclaration(reader, node, scope) {
    if (node['declare'] === true) return
    reader.declare(node['id'].name, 'enum', scope)
    const fn = new Fn('opaque', node, scope.fn, scope.fn.strict)
    fn.scope = new Scope('function', node, scope, fn, false)
    reader.functions.push(fn)
    for (const member of (node['body']?.members ?? node['members'] ?? []) as Node[]) {
      reader.visit(member['initializer'], fn.scope)
    }
  },
}

function mark(type: MarkSite['type'], node: Node, scope: Scope): MarkSite {
  const name = node.type === 'Identifier' ? (node['name'] as string) : undefined
  return { type, scope, start: node.start, end: node.end, name }
}

function declarationOf(node: Node): Declaration {
  return { start: node.start, end: node.end, kindLength: node['kind'].length }
}

/** Compilers write `(0, module.name)()` for a call of what was imported. */
function unbound(callee: Node): Node {
  const inner = strip(callee)
  return inner.type === 'SequenceExpression' ? (inner['expressions'] as Node[]).at(-1)! : inner
}

/** `breakpoint()`, `await breakpoint()` or `void breakpoint()`, and nothing else. */
function breakpointCall(expression: Node): Node | undefined {
  let node = strip(expression)
  if (node.type === 'AwaitExpression' || (node.type === 'UnaryExpression' && node['operator'] === 'void')) {
    node = strip(node['argument'])
  }
  if (node.type !== 'CallExpression' || node['optional'] === true) return undefined
  const callee = unbound(node['callee'])
  return isPlainName(callee) && nameOf(callee) === 'breakpoint' ? node : undefined
}

/** `name` or `module.name`: to look at it twice does nothing. */
function isPlainName(node: Node): boolean {
  if (node.type === 'Identifier') return true
  return (
    node.type === 'MemberExpression' &&
    node['computed'] !== true &&
    node['optional'] !== true &&
    node['object'].type === 'Identifier'
  )
}
