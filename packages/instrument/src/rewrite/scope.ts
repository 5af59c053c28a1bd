import type { Node } from './node.ts'

export type BindingKind =
  | 'param'
  | 'var'
  | 'let'
  | 'const'
  | 'using'
  | 'class'
  | 'function'
  | 'catch'
  | 'import'
  | 'self'
  | 'enum'

export interface Reference {
  readonly name: string
  readonly position: number
  readonly scope: Scope
  readonly write: boolean
}

/** One declared name. */
export class Binding {
  readonly name: string
  readonly kind: BindingKind
  readonly scope: Scope
  readonly references: Reference[] = []
  /** The `let`, `const` or `class` statement it stands in. */
  readonly declaration: Node | undefined
  /** Where it is certainly initialised, in the order of the text. */
  readonly initialisedAt: number
  /** Its `let x` has no value and needs `= void 0` when the statement becomes a `var` that runs again. */
  readonly bareEnd: number | undefined
  /** The function or class expression that is the whole initialiser: naming itself inside is safe. */
  readonly initialiser: Node | undefined
  /** The `case` it is declared in. */
  readonly region: Node | undefined
  /** The text of the declaration becomes `var`. */
  converted = false
  /** No reference can come before the initialisation. */
  safe = false

  constructor(name: string, kind: BindingKind, scope: Scope, details: BindingDetails = {}) {
    this.name = name
    this.kind = kind
    this.scope = scope
    this.declaration = details.declaration
    this.initialisedAt = details.initialisedAt ?? 0
    this.bareEnd = details.bareEnd
    this.initialiser = details.initialiser
    this.region = details.region
  }

  get lexical(): boolean {
    return this.kind === 'let' || this.kind === 'const'
  }

  /** A function inside the declaring one refers to it, so it lives on the heap already. */
  get captured(): boolean {
    return this.references.some((reference) => reference.scope.fn !== this.scope.fn)
  }

  get written(): boolean {
    return this.references.some((reference) => reference.write)
  }
}

export interface BindingDetails {
  readonly declaration?: Node | undefined
  readonly initialisedAt?: number | undefined
  readonly bareEnd?: number | undefined
  readonly initialiser?: Node | undefined
  readonly region?: Node | undefined
}

export type ScopeKind = 'function' | 'block' | 'for' | 'loop' | 'switch' | 'catch' | 'class' | 'self'

export class Scope {
  readonly kind: ScopeKind
  readonly node: Node
  readonly parent: Scope | undefined
  readonly fn: Fn
  readonly bindings: Map<string, Binding> = new Map()
  /** Its block can run more than once in one activation of the function. */
  readonly inLoop: boolean
  /** For `switch`: the case that is being read. */
  region: Node | undefined

  constructor(kind: ScopeKind, node: Node, parent: Scope | undefined, fn: Fn, loops: boolean) {
    this.kind = kind
    this.node = node
    this.parent = parent
    this.fn = fn
    this.inLoop = loops || (parent !== undefined && parent.fn === fn && parent.inLoop)
    fn.scopes.push(this)
  }

  within(other: Scope): boolean {
    return this === other || (this.parent?.within(other) ?? false)
  }
}

export type FnKind = 'module' | 'function' | 'arrow' | 'static' | 'field' | 'opaque'

/** A function, or something that runs like one: a static block, the initialiser of a field, the module. */
export class Fn {
  readonly kind: FnKind
  readonly node: Node
  readonly parent: Fn | undefined
  readonly strict: boolean
  readonly scopes: Scope[] = []
  /** Names used in it or in functions inside it that are declared further out. */
  readonly outer: Set<Binding> = new Set()
  /** Names declared by `var` anywhere in it. */
  readonly varNames: Set<string> = new Set()
  scope!: Scope
  /** Where a function declaration declares its name. */
  home: Scope | undefined
  name = ''
  async = false
  generator = false
  /** The constructor of a class that extends another: `this` may be missing. */
  derived = false
  usesThis = false
  usesArguments = false
  usesSuper = false
  hasEval = false
  hasCatch = false
  /** The innermost class around it that has private names. */
  privateClass: Node | undefined
  /** Left as it is, with the reason. */
  untouched: string | undefined

  constructor(kind: FnKind, node: Node, parent: Fn | undefined, strict: boolean) {
    this.kind = kind
    this.node = node
    this.parent = parent
    this.strict = strict
  }

  get isHoisted(): boolean {
    return this.node.type === 'FunctionDeclaration' && this.node['id'] != null
  }
}
