import { codeKeys, type Node, type SourceKind } from './node.ts'
import { Binding, Fn, Scope, type BindingDetails, type BindingKind, type Reference } from './scope.ts'

/** A place that may get text, in the order of the text, outer before inner. */
export type Site =
  | { readonly type: 'function'; readonly fn: Fn }
  | { readonly type: 'block'; readonly node: Node; readonly scopes: readonly Scope[] }
  | { readonly type: 'catch'; readonly node: Node; readonly scope: Scope }
  | { readonly type: 'birth' | 'handed' | 'throw'; readonly node: Node; readonly scope: Scope }
  | { readonly type: 'breakpoint'; readonly node: Node; readonly scope: Scope }
  | { readonly type: 'class'; readonly node: Node; readonly fn: Fn }
  | { readonly type: 'await'; readonly node: Node; readonly operand: Node; readonly fn: Fn }

export interface Analysis {
  readonly module: Fn
  readonly functions: readonly Fn[]
  readonly sites: readonly Site[]
  /** Names nothing in the module declares. */
  readonly unresolved: readonly Reference[]
}

const handOver = new Set(['next', 'done', 'cb', 'callback', 'reject'])
const handed = new Set([
  'Identifier',
  'MemberExpression',
  'CallExpression',
  'AwaitExpression',
  'ConditionalExpression',
  'LogicalExpression',
])

/** Reads a module once: scopes, names, who refers to whom, and the places to edit. */
export function analyse(program: Node, kind: SourceKind, typescript: boolean): Analysis {
  return new Reader(kind, typescript).read(program)
}

class Reader {
  readonly functions: Fn[] = []
  readonly sites: Site[] = []
  readonly #references: Reference[] = []
  readonly #names = new Map<Node, string>()
  readonly #kind: SourceKind
  #className = ''
  #privateClass: Node | undefined

  readonly #typescript: boolean

  constructor(kind: SourceKind, typescript: boolean) {
    this.#typescript = typescript
    this.#kind = kind
  }

  read(program: Node): Analysis {
    const strict = this.#kind === 'module' || hasUseStrict(program['body'])
    const module = new Fn('module', program, undefined, strict)
    module.scope = new Scope('function', program, undefined, module, false)
    this.#all(program['body'], module.scope)
    return { module, functions: this.functions, sites: this.sites, unresolved: this.#resolve() }
  }

  #resolve(): Reference[] {
    const nowhere: Reference[] = []
    for (const reference of this.#references) {
      let scope: Scope | undefined = reference.scope
      while (scope !== undefined) {
        const binding = scope.bindings.get(reference.name)
        if (binding !== undefined) {
          binding.references.push(reference)
          for (
            let fn: Fn | undefined = reference.scope.fn;
            fn !== undefined && fn !== scope.fn;
            fn = fn.parent
          ) {
            fn.outer.add(binding)
          }
          break
        }
        scope = scope.parent
      }
      if (scope === undefined) {
        nowhere.push(reference)
        markUnresolved(reference)
      }
    }
    return nowhere
  }

  #all(nodes: readonly (Node | null)[], scope: Scope): void {
    for (const node of nodes) if (node !== null) this.#visit(node, scope)
  }

  #visit(node: Node, scope: Scope): void {
    const read = readers[node.type]
    if (read !== undefined) read(this, node, scope)
    else if (!node.type.startsWith('TS')) this.children(node, scope)
  }

  visit(node: Node | null | undefined, scope: Scope): void {
    if (node != null) this.#visit(node, scope)
  }

  visitAll(nodes: readonly (Node | null)[], scope: Scope): void {
    this.#all(nodes, scope)
  }

  children(node: Node, scope: Scope): void {
    for (const key of codeKeys(node.type)) {
      const value = node[key] as Node | (Node | null)[] | null | undefined
      if (value == null) continue
      if (Array.isArray(value)) this.#all(value, scope)
      else this.#visit(value, scope)
    }
  }

  declare(name: string, kind: BindingKind, scope: Scope, details: BindingDetails = {}): void {
    let target = scope
    if (kind === 'var') {
      target = scope.fn.scope
      target.fn.varNames.add(name)
    }
    const existing = target.bindings.get(name)
    if (existing !== undefined && existing.kind !== 'self') {
      if (kind === 'function' && existing.kind === 'var')
        target.bindings.set(name, new Binding(name, kind, target))
      return
    }
    const region = regionOf(target)
    target.bindings.set(name, new Binding(name, kind, target, { ...details, region }))
  }

  refer(name: string, position: number, scope: Scope, write = false): void {
    this.#references.push({ name, position, scope, write })
  }

  /** The names a pattern declares; defaults and computed keys in it are code. */
  declarePattern(pattern: Node, kind: BindingKind, scope: Scope, details: BindingDetails = {}): void {
    switch (pattern.type) {
      case 'Identifier':
        if (pattern['name'] !== 'this') this.declare(pattern['name'], kind, scope, details)
        break
      case 'ObjectPattern':
        for (const property of pattern['properties'] as Node[]) {
          if (property.type === 'RestElement') this.declarePattern(property['argument'], kind, scope, details)
          else {
            if (property['computed'] === true) this.visit(property['key'], scope)
            this.declarePattern(property['value'], kind, scope, details)
          }
        }
        break
      case 'ArrayPattern':
        for (const element of pattern['elements'] as (Node | null)[]) {
          if (element !== null) this.declarePattern(element, kind, scope, details)
        }
        break
      case 'AssignmentPattern':
        this.declarePattern(pattern['left'], kind, scope, details)
        this.hint(pattern['right'], pattern['left'])
        this.visit(pattern['right'], scope)
        break
      case 'RestElement':
        this.declarePattern(pattern['argument'], kind, scope, details)
        break
      case 'TSParameterProperty':
        this.visitAll(pattern['decorators'] ?? [], scope)
        this.declarePattern(pattern['parameter'], kind, scope, details)
        break
    }
    if (pattern['decorators']?.length > 0) this.visitAll(pattern['decorators'], scope)
  }

  /** The target of an assignment: names in it are written. */
  assignTarget(target: Node, scope: Scope): void {
    switch (target.type) {
      case 'Identifier':
        this.refer(target['name'], target.start, scope, true)
        break
      case 'ObjectPattern':
        for (const property of target['properties'] as Node[]) {
          if (property.type === 'RestElement') this.assignTarget(property['argument'], scope)
          else {
            if (property['computed'] === true) this.visit(property['key'], scope)
            this.assignTarget(property['value'], scope)
          }
        }
        break
      case 'ArrayPattern':
        for (const element of target['elements'] as (Node | null)[]) {
          if (element !== null) this.assignTarget(element, scope)
        }
        break
      case 'AssignmentPattern':
        this.assignTarget(target['left'], scope)
        this.hint(target['right'], target['left'])
        this.visit(target['right'], scope)
        break
      case 'RestElement':
        this.assignTarget(target['argument'], scope)
        break
      case 'ParenthesizedExpression':
      case 'TSAsExpression':
      case 'TSNonNullExpression':
      case 'TSSatisfiesExpression':
      case 'TSTypeAssertion':
        this.assignTarget(target['expression'], scope)
        break
      default:
        this.visit(target, scope)
    }
  }

  /** Remembers what an anonymous function will be called. */
  hint(value: Node | null | undefined, name: Node | string | null | undefined): void {
    if (value == null || name == null) return
    const text = typeof name === 'string' ? name : nameOf(name)
    if (text !== '') this.#names.set(strip(value), text)
  }

  function(
    node: Node,
    scope: Scope,
    details: { derived?: boolean; untouched?: string | undefined } = {},
  ): void {
    if (node['body'] == null) return
    const arrow = node.type === 'ArrowFunctionExpression'
    const block = node['body'].type === 'BlockStatement'
    const strict = scope.fn.strict || (block && hasUseStrict(node['body']['body']))
    const fn = new Fn(arrow ? 'arrow' : 'function', node, scope.fn, strict)
    fn.async = node['async'] === true
    fn.generator = node['generator'] === true
    fn.derived = details.derived === true
    fn.untouched = details.untouched
    fn.name = node['id'] == null ? (this.#names.get(node) ?? '') : String(node['id'].name)
    let outer = scope
    if (node.type === 'FunctionExpression' && node['id'] != null) {
      outer = new Scope('self', node, scope, scope.fn, false)
      this.declare(node['id'].name, 'self', outer)
    }
    fn.home = scope
    fn.privateClass = this.#privateClass
    fn.scope = new Scope('function', node, outer, fn, false)
    if (block && hasDirective(node['body']['body'], 'use asm')) fn.untouched = 'use asm'
    this.functions.push(fn)
    this.sites.push({ type: 'function', fn })
    for (const parameter of node['params'] as Node[]) this.declarePattern(parameter, 'param', fn.scope)
    if (block) this.visitAll(node['body']['body'], fn.scope)
    else this.visit(node['body'], fn.scope)
  }

  class(node: Node, scope: Scope): void {
    if (node['declare'] === true) return
    this.visitAll(node['decorators'] ?? [], scope)
    if (node.type === 'ClassDeclaration' && node['id'] != null) {
      this.declare(node['id'].name, 'class', scope, { initialisedAt: node.end, declaration: node })
    }
    const inner = new Scope('class', node, scope, scope.fn, false)
    if (node['id'] != null) this.declare(node['id'].name, 'self', inner)
    this.sites.push({ type: 'class', node, fn: scope.fn })
    this.visit(node['superClass'], inner)
    const before = this.#className
    const privateBefore = this.#privateClass
    if (hasPrivateNames(node)) this.#privateClass = node
    this.#className = node['id'] == null ? (this.#names.get(node) ?? '') : node['id'].name
    for (const member of node['body']['body'] as Node[]) this.#member(member, node, inner)
    this.#className = before
    this.#privateClass = privateBefore
  }

  #member(member: Node, owner: Node, scope: Scope): void {
    if (member.type === 'StaticBlock') {
      const fn = new Fn('static', member, scope.fn, true)
      fn.name = `static ${this.#className}`.trim()
      fn.privateClass = this.#privateClass
      fn.scope = new Scope('function', member, scope, fn, false)
      this.functions.push(fn)
      this.sites.push({ type: 'function', fn })
      this.visitAll(member['body'], fn.scope)
      return
    }
    this.visitAll(member['decorators'] ?? [], scope)
    if (member['computed'] === true) this.visit(member['key'], scope)
    const value = member['value'] as Node | null | undefined
    if (value == null) return
    const key = member['computed'] === true ? '' : nameOf(member['key'])
    if (member.type === 'MethodDefinition') {
      const constructor = member['kind'] === 'constructor'
      const prefix = member['kind'] === 'get' || member['kind'] === 'set' ? `${member['kind']} ` : ''
      const className = this.#className
      this.hint(
        value,
        constructor
          ? `new ${className}`.trim()
          : className === ''
            ? prefix + key
            : `${className}.${prefix}${key}`,
      )
      const derived = constructor && owner['superClass'] != null
      // Compilers put the fields of a class right behind `super()` and want to find it at the top of the body
      const compiled = derived && this.#typescript && hasCompiledFields(owner, value)
      this.function(value, scope, {
        derived,
        untouched: compiled ? 'TypeScript constructor of a derived class with fields' : undefined,
      })
      return
    }
    if (member.type !== 'PropertyDefinition' && member.type !== 'AccessorProperty') return
    const fn = new Fn('field', member, scope.fn, true)
    fn.scope = new Scope('function', member, scope, fn, false)
    this.functions.push(fn)
    this.hint(value, this.#className === '' ? key : `${this.#className}.${key}`)
    this.visit(value, fn.scope)
  }

  namespace(node: Node, scope: Scope): void {
    if (node['declare'] === true || node['body'] == null) return
    if (node['id']?.type === 'Identifier') this.declare(node['id'].name, 'enum', scope)
    const fn = new Fn('opaque', node, scope.fn, scope.fn.strict)
    fn.scope = new Scope('function', node, scope, fn, false)
    this.functions.push(fn)
    if (Array.isArray(node['body']['body'])) this.visitAll(node['body']['body'], fn.scope)
    else this.namespace(node['body'], fn.scope)
  }

  block(node: Node, scope: Scope, heads: readonly Scope[] = []): void {
    const inner = new Scope('block', node, scope, scope.fn, false)
    this.sites.push({ type: 'block', node, scopes: [...heads, inner] })
    this.visitAll(node['body'], inner)
  }

  /** The body of a loop, whose head may declare names. */
  loopBody(node: Node, head: Scope): void {
    if (node.type === 'BlockStatement') this.block(node, head, [head])
    else {
      this.sites.push({ type: 'block', node, scopes: [head] })
      this.visit(node, head)
    }
  }
}

export function hasPrivateNames(node: Node): boolean {
  return (node['body'].body as Node[]).some((member) => member['key']?.type === 'PrivateIdentifier')
}

function hasCompiledFields(owner: Node, constructor: Node): boolean {
  const fields = (owner['body'].body as Node[]).some(
    (member) => member.type === 'PropertyDefinition' && member['value'] != null,
  )
  return (
    fields || (constructor['params'] as Node[]).some((parameter) => parameter.type === 'TSParameterProperty')
  )
}

function markUnresolved(reference: Reference): void {
  for (let fn: Fn | undefined = reference.scope.fn; fn !== undefined; fn = fn.parent) {
    unresolvedNames(fn).add(reference.name)
  }
}

const unresolved = new WeakMap<Fn, Set<string>>()

/** Names used in a function, or inside it, that no scope of the module declares. */
export function unresolvedNames(fn: Fn): Set<string> {
  let names = unresolved.get(fn)
  if (names === undefined) unresolved.set(fn, (names = new Set()))
  return names
}

function regionOf(scope: Scope): Node | undefined {
  return scope.kind === 'switch' ? scope.region : undefined
}

function markThis(scope: Scope, property: 'usesThis' | 'usesArguments' | 'usesSuper'): void {
  for (let fn: Fn | undefined = scope.fn; fn !== undefined; fn = fn.parent) {
    fn[property] = true
    if (fn.kind !== 'arrow') break
  }
}

type Read = (reader: Reader, node: Node, scope: Scope) => void

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
    for (const declarator of left['declarations'] as Node[]) {
      reader.declarePattern(declarator['id'], usable ? kind : 'using', head, {
        declaration: left,
        initialisedAt: node['right'].end,
      })
      reader.visit(declarator['init'], head)
    }
  } else reader.assignTarget(left, head)
  if (node['await'] === true) {
    reader.sites.push({ type: 'await', node, operand: node['right'], fn: scope.fn })
  }
  reader.visit(node['right'], head)
  reader.loopBody(node['body'], head)
}

const readers: Record<string, Read> = {
  FunctionDeclaration: functionLike,
  FunctionExpression: functionLike,
  ArrowFunctionExpression: functionLike,
  ClassDeclaration: classLike,
  ClassExpression: classLike,
  Identifier(reader, node, scope) {
    const name = node['name'] as string
    if (name === 'arguments') markThis(scope, 'usesArguments')
    reader.refer(name, node.start, scope)
  },
  ThisExpression: (_reader, _node, scope) => markThis(scope, 'usesThis'),
  Super: (_reader, _node, scope) => markThis(scope, 'usesSuper'),
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
    for (const declarator of node['declarations'] as Node[]) {
      const init = declarator['init'] as Node | null
      const bare = init === null && declarator['id'].type === 'Identifier' && declarator['definite'] !== true
      reader.declarePattern(declarator['id'], usable ? kind : 'using', scope, {
        declaration: node,
        initialisedAt: declarator.end,
        bareEnd: bare ? declarator.end : undefined,
        initialiser: init === null ? undefined : strip(init),
      })
      reader.hint(init, declarator['id'])
      reader.visit(init, scope)
    }
  },
  AssignmentExpression(reader, node, scope) {
    reader.assignTarget(node['left'], scope)
    reader.hint(node['right'], node['left'])
    reader.visit(node['right'], scope)
  },
  AwaitExpression(reader, node, scope) {
    const operand = node['argument'] as Node
    reader.sites.push({ type: 'await', node, operand, fn: scope.fn })
    reader.visit(operand, scope)
  },
  UpdateExpression: (reader, node, scope) => reader.assignTarget(node['argument'], scope),
  ForStatement(reader, node, scope) {
    const head = new Scope('for', node, scope, scope.fn, true)
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
        reader.declarePattern(handler['param'], 'catch', inner, { initialisedAt: handler['param'].end })
      }
      reader.sites.push({ type: 'catch', node: handler, scope: inner })
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
      reader.sites.push({ type: 'throw', node: argument, scope })
    }
    if (type === 'NewExpression') reader.children(argument, scope)
    else reader.visit(argument, scope)
  },
  NewExpression(reader, node, scope) {
    if (/(?:Error|Exception)$/.test(nameOf(node['callee']))) {
      reader.sites.push({ type: 'birth', node, scope })
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
      for (let fn: Fn | undefined = scope.fn; fn !== undefined; fn = fn.parent) fn.hasEval = true
      markThis(scope, 'usesThis')
      markThis(scope, 'usesArguments')
    }
    if (nameOf(callee) === 'breakpoint') reader.sites.push({ type: 'breakpoint', node, scope })
    reader.visit(callee, scope)
    if (
      first !== undefined &&
      handed.has(first.type) &&
      handOver.has(nameOf(callee)) &&
      nameOf(first) !== 'undefined'
    ) {
      reader.sites.push({ type: 'handed', node: first, scope })
    }
    reader.visitAll(node['arguments'], scope)
  },
  ExpressionStatement(reader, node, scope) {
    const before = reader.sites.length
    reader.visit(node['expression'], scope)
    // A parenthesis at the start of a statement would call the line above where it has no semicolon
    for (let index = before; index < reader.sites.length; index++) {
      const site = reader.sites[index]!
      if (site.type === 'birth' && site.node.start === node.start) reader.sites.splice(index--, 1)
    }
  },
  JSXIdentifier: skip,
  JSXOpeningElement(reader, node, scope) {
    let name = node['name'] as Node
    while (name.type === 'JSXMemberExpression') name = name['object']
    if (name.type === 'JSXIdentifier') {
      if (name['name'] === 'this') markThis(scope, 'usesThis')
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

function nameOf(node: Node): string {
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

export function hasDirective(body: readonly Node[], text: string): boolean {
  for (const statement of body) {
    if (typeof statement['directive'] !== 'string') return false
    if (statement['directive'] === text) return true
  }
  return false
}

function hasUseStrict(body: readonly Node[]): boolean {
  return hasDirective(body, 'use strict')
}
