import { hasCompiledFields, hasPrivateNames } from './class-body.ts'
import { hasDirective, hasUseStrict } from './directives.ts'
import { codeKeys, type Node, type SourceKind } from './node.ts'
import { nameOf, strip } from './node-name.ts'
import { readers } from './node-readers.ts'
import { declarePattern } from './pattern.ts'
import { resolve } from './resolve.ts'
import { Binding, Fn, Scope, type BindingDetails, type BindingKind, type Reference } from './scope.ts'
import type { Analysis, Site } from './site.ts'

/** Walks a module in the order of its text. */
export class Reader {
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
    return { module, functions: this.functions, sites: this.sites, unresolved: resolve(this.#references) }
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
    for (const parameter of node['params'] as Node[]) declarePattern(this, parameter, 'param', fn.scope)
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

function regionOf(scope: Scope): Node | undefined {
  return scope.kind === 'switch' ? scope.region : undefined
}
