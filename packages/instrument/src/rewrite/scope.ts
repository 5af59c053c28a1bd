export interface Span {
  readonly start: number
  readonly end: number
}

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

/** One use of a name. */
export class Reference {
  readonly name: string
  readonly position: number
  readonly scope: Scope
  readonly write: boolean
  /** What it means; undefined when no scope of the module declares the name. */
  binding: Binding | undefined
  /** Another one that means the same. */
  next: Reference | undefined

  constructor(name: string, position: number, scope: Scope, write: boolean) {
    this.name = name
    this.position = position
    this.scope = scope
    this.write = write
    this.binding = undefined
    this.next = undefined
  }
}

/** A statement that declares. */
export interface Declaration extends Span {
  /** Characters of `let` or `const`. */
  readonly kindLength: number
}

/** One declared name. */
export class Binding {
  readonly name: string
  readonly kind: BindingKind
  readonly scope: Scope
  /** The last use of it in the text; the others follow it. */
  references: Reference | undefined
  /** The `let`, `const` or `class` statement it stands in. */
  readonly declaration: Declaration | undefined
  /** Where it is certainly initialised, in the order of the text. */
  readonly initialisedAt: number
  /** Its `let x` has no value and needs `= void 0` when the statement becomes a `var` that runs again. */
  readonly bareEnd: number | undefined
  /** The whole initialiser: a function that is it may name it safely. */
  readonly initialiser: Span | undefined
  /** The `case` it is declared in. */
  readonly region: Span | undefined
  readonly lexical: boolean
  /** The text of the declaration becomes `var`. */
  converted = false
  /** No reference can come before the initialisation. */
  safe = false
  /** A function inside the declaring one refers to it, so it lives on the heap already. */
  captured = false
  written = false

  constructor(name: string, kind: BindingKind, scope: Scope, details: BindingDetails, region?: Span) {
    this.name = name
    this.kind = kind
    this.scope = scope
    this.references = undefined
    this.declaration = details.declaration
    this.initialisedAt = details.initialisedAt ?? 0
    this.bareEnd = details.bareEnd
    this.initialiser = details.initialiser
    this.region = region
    this.lexical = kind === 'let' || kind === 'const'
  }

  refer(reference: Reference): void {
    reference.binding = this
    reference.next = this.references
    this.references = reference
    if (reference.write) this.written = true
    if (reference.scope.fn !== this.scope.fn) this.captured = true
  }
}

/** Nothing more is known. */
export const noDetails: BindingDetails = {}

export interface BindingDetails {
  readonly declaration?: Declaration | undefined
  readonly initialisedAt?: number | undefined
  readonly bareEnd?: number | undefined
  readonly initialiser?: Span | undefined
}

export type ScopeKind = 'function' | 'block' | 'for' | 'loop' | 'switch' | 'catch' | 'class' | 'self'

/** Most scopes declare nothing. */
const nothing: ReadonlyMap<string, Binding> = new Map()

export class Scope {
  readonly kind: ScopeKind
  readonly start: number
  readonly end: number
  readonly parent: Scope | undefined
  readonly fn: Fn
  bindings: ReadonlyMap<string, Binding> = nothing
  /** Its block can run more than once in one activation of the function. */
  readonly inLoop: boolean
  /** For `switch`: the case that is being read. */
  region: Span | undefined
  /** For `for`: what its head declares. */
  head: Declaration | undefined
  /** For `for`: the head has three parts. For `catch`: the parameter is a name. */
  isPlain = false

  constructor(
    kind: ScopeKind,
    { start, end }: Span,
    parent: Scope | undefined,
    fn: Fn,
    loops: boolean = false,
  ) {
    this.kind = kind
    this.start = start
    this.end = end
    this.parent = parent
    this.fn = fn
    this.inLoop = loops || (parent !== undefined && parent.fn === fn && parent.inLoop)
    this.region = undefined
    this.head = undefined
  }

  #set(binding: Binding): void {
    if (this.bindings === nothing) {
      this.bindings = new Map()
      this.fn.scopes.push(this)
    }
    ;(this.bindings as Map<string, Binding>).set(binding.name, binding)
  }

  /** A declaration that stands in this scope; `var` belongs to the function. */
  declare(name: string, kind: BindingKind, details: BindingDetails = noDetails): void {
    // eslint-disable-next-line typescript/no-this-alias
    let target: Scope = this
    if (kind === 'var') {
      target = this.fn.scope
      target.fn.hasVar(name)
    }
    const existing = target.bindings.get(name)
    if (existing !== undefined && existing.kind !== 'self') {
      if (kind === 'function' && existing.kind === 'var')
        target.#set(new Binding(name, kind, target, noDetails))
      return
    }
    const region = target.kind === 'switch' ? target.region : undefined
    target.#set(new Binding(name, kind, target, details, region))
  }

  within(other: Scope): boolean {
    return this === other || (this.parent?.within(other) ?? false)
  }
}

export type FnKind = 'module' | 'function' | 'arrow' | 'static' | 'field' | 'opaque'

const none: ReadonlySet<never> = new Set()

/** A function, or something that runs like one: a static block, the initialiser of a field, the module. */
export class Fn {
  readonly kind: FnKind
  readonly start: number
  readonly end: number
  readonly parent: Fn | undefined
  readonly strict: boolean
  /** Those that declare something, in the order of their first names. */
  readonly scopes: Scope[] = []
  /** Names used in it or in functions inside it that are declared further out, but not by the module. */
  outer: ReadonlySet<Binding> = none
  /** Names declared by `var` anywhere in it. */
  varNames: ReadonlySet<string> = none
  scope!: Scope
  /** Where a function declaration declares its name. */
  home: Scope | undefined
  /** What it is called; only known where a table may be asked for. */
  name = ''
  /** Its simple parameters, in order; known like the name. */
  parameters: readonly string[] = []
  async = false
  generator = false
  /** The constructor of a class that extends another: `this` may be missing. */
  derived = false
  usesThis = false
  usesArguments = false
  usesSuper = false
  hasEval = false
  hasCatch = false
  /** Where the innermost class around it begins that has private names. */
  privateClass: number | undefined
  /** Left as it is, with the reason. */
  untouched: string | undefined
  body: Body

  constructor(kind: FnKind, { start, end }: Span, parent: Fn | undefined, strict: boolean) {
    this.kind = kind
    this.start = start
    this.end = end
    this.parent = parent
    this.strict = strict
    this.home = undefined
    this.privateClass = undefined
    this.untouched = undefined
    this.body = noBody
  }

  /** A function declaration: its name can be used above it. */
  get isHoisted(): boolean {
    return this.home !== undefined
  }

  isInside(other: Fn): boolean {
    for (let fn: Fn | undefined = this; fn !== undefined; fn = fn.parent) if (fn === other) return true
    return false
  }

  /** It says `this`, `arguments` or `super`, for which arrow functions ask further out. */
  says(word: 'usesThis' | 'usesArguments' | 'usesSuper'): void {
    for (let fn: Fn | undefined = this; fn !== undefined; fn = fn.parent) {
      fn[word] = true
      if (fn.kind !== 'arrow') break
    }
  }

  /** A direct `eval` can say anything. */
  callsEval(): void {
    for (let fn: Fn | undefined = this; fn !== undefined; fn = fn.parent) fn.hasEval = true
    this.says('usesThis')
    this.says('usesArguments')
  }

  closesOver(binding: Binding): void {
    if (this.outer === none) this.outer = new Set()
    ;(this.outer as Set<Binding>).add(binding)
  }

  hasVar(name: string): void {
    if (this.varNames === none) this.varNames = new Set()
    ;(this.varNames as Set<string>).add(name)
  }
}

/** What the text of a function is made of. */
export interface Body extends Span {
  /** An arrow function without braces. */
  readonly isExpression: boolean
  /** For an arrow function: `=>` is the next one from here on. */
  readonly arrowFrom: number
  /** Nothing in it can throw; wrapping it would only make the module longer. */
  readonly isHarmless: boolean
  /** Where its directives end. */
  readonly directivesEnd: number | undefined
  /** It has statements, besides directives. */
  readonly hasStatements: boolean
  /** The statements between its function declarations, if it has any of these. */
  readonly runs: readonly Span[] | undefined
  /** Names of the function declarations. */
  readonly declared: readonly string[]
}

const noBody: Body = {
  start: 0,
  end: 0,
  isExpression: false,
  arrowFrom: 0,
  isHarmless: false,
  directivesEnd: undefined,
  hasStatements: false,
  runs: undefined,
  declared: [],
}
