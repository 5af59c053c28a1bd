import { cannotThrow } from './cannot-throw.ts'
import { hasCompiledFields, hasPrivateNames } from './class-body.ts'
import { hasDirective, hasUseStrict } from './directives.ts'
import { codeKeys, type Node, type SourceKind } from './node.ts'
import { nameOf, strip } from './node-name.ts'
import { readers } from './node-readers.ts'
import { declarePattern } from './pattern.ts'
import { NamesUsed } from './names-used.ts'
import { Fn, Scope, type BindingDetails, type BindingKind, type Body } from './scope.ts'
import type { Analysis, Site } from './site.ts'
import { StatementRuns } from './statement-runs.ts'

/** Walks a module in the order of its text. */
export class Reader {
  readonly functions: Fn[] = []
  readonly sites: Site[] = []
  readonly #used = new NamesUsed()
  /** What anonymous functions will be called. */
  readonly #names = new Map<Node, string>()
  readonly #kind: SourceKind
  #className = ''
  #privateClass: number | undefined

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
    this.#used.resolve()
    return { module, functions: this.functions, sites: this.sites, names: this.#used }
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

  declare(name: string, kind: BindingKind, scope: Scope, details?: BindingDetails): void {
    scope.declare(name, kind, details)
  }

  refer(name: string, position: number, scope: Scope, write = false): void {
    this.#used.add(name, position, scope, write)
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
    if (node.type === 'FunctionDeclaration' && node['id'] != null) fn.home = scope
    fn.parameters = parametersOf(node)
    fn.body = bodyOf(node, arrow && !block)
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
      const declaration = { start: node.start, end: node.end, kindLength: 0 }
      this.declare(node['id'].name, 'class', scope, { initialisedAt: node.end, declaration })
    }
    const inner = new Scope('class', node, scope, scope.fn, false)
    if (node['id'] != null) this.declare(node['id'].name, 'self', inner)
    const isPrivate = hasPrivateNames(node)
    if (isPrivate) this.sites.push({ type: 'class', start: node.start, bodyStart: node['body'].start })
    this.visit(node['superClass'], inner)
    const before = this.#className
    const privateBefore = this.#privateClass
    if (isPrivate) this.#privateClass = node.start
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
      fn.body = bodyOf(member, false)
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
    const inner = new Scope('block', node, scope, scope.fn)
    const isEmpty = node['body'].length === 0
    const { start, end } = node
    this.sites.push({ type: 'block', start, end, scopes: [...heads, inner], hasBraces: true, isEmpty })
    this.visitAll(node['body'], inner)
  }

  /** The body of a loop, whose head may declare names. */
  loopBody(node: Node, head: Scope): void {
    if (node.type === 'BlockStatement') this.block(node, head, [head])
    else {
      const { start, end } = node
      const isEmpty = node.type === 'EmptyStatement'
      this.sites.push({ type: 'block', start, end, scopes: [head], hasBraces: false, isEmpty })
      this.visit(node, head)
    }
  }
}

function bodyOf(node: Node, isExpression: boolean): Body {
  const body = node.type === 'StaticBlock' ? node : (node['body'] as Node)
  const runs = new StatementRuns()
  const declared: string[] = []
  let directivesEnd: number | undefined
  for (const statement of (isExpression ? [] : body['body']) as Node[]) {
    if (typeof statement['directive'] === 'string') directivesEnd = statement.end
    else {
      const isDeclaration = statement.type === 'FunctionDeclaration'
      if (isDeclaration) declared.push(statement['id'].name)
      runs.add(statement.start, statement.end, isDeclaration || statement.type === 'TSDeclareFunction')
    }
  }
  return {
    start: body.start,
    end: body.end,
    isExpression,
    arrowFrom: parametersEnd(node),
    isHarmless: cannotThrow(isExpression ? body : body['body']),
    directivesEnd,
    hasStatements: runs.hasStatements,
    runs: runs.runs,
    declared,
  }
}

function parametersEnd(node: Node): number {
  const parameters = node['params'] as Node[] | undefined
  return node['returnType']?.end ?? parameters?.at(-1)?.end ?? node['typeParameters']?.end ?? node.start
}

function parametersOf(node: Node): string[] {
  const names: string[] = []
  for (const parameter of (node['params'] ?? []) as Node[]) {
    if (parameter.type !== 'Identifier') break
    if (parameter['name'] !== 'this') names.push(parameter['name'])
  }
  return names
}
