import type { NamesUsed } from './names-used.ts'
import type { Binding, Fn, FnKind, Reference, Scope } from './scope.ts'

const runsAlone = new Set<FnKind>(['function', 'arrow', 'static'])

/**
 * Decides which `let`, `const` and catch parameters of a function may be written as `var` without any program being
 * able to tell. The `catch` clause around the whole body then reads them as plain local variables: no closure while
 * the function runs, no variable moved to the heap, and loops stay as fast as they were.
 */
export function convert(fn: Fn, names: NamesUsed): void {
  for (const scope of fn.scopes) {
    // Nothing asks about the names of the module
    if (fn.kind === 'module' && scope === fn.scope) continue
    for (const binding of scope.bindings.values()) binding.safe = isSafe(binding)
  }
  if (fn.hasEval || fn.untouched !== undefined || !runsAlone.has(fn.kind)) return
  let isMixed = false
  for (const scope of fn.scopes) {
    for (const binding of scope.bindings.values()) {
      if (!binding.lexical && binding.kind !== 'catch') continue
      if (convertible(fn, binding, names)) binding.converted = true
      else if (binding.declaration !== undefined) isMixed = true
    }
  }
  if (isMixed) keepStatementsWhole(fn)
}

/** Whether the name, seen with all others of the function, may belong to the whole of it. */
function convertible(fn: Fn, binding: Binding, names: NamesUsed): boolean {
  if (!alone(binding)) return false
  const { name, scope } = binding
  const isTop = scope === fn.scope
  if (!isTop && fn.scope.bindings.has(name)) return false
  let hasOther = false
  for (const other of fn.scopes) {
    if (other === scope) continue
    const found = other.bindings.get(name)
    if (found === undefined) continue
    if (!fn.strict && found.kind === 'function' && other !== fn.scope) return false
    if (isTop) continue
    if (other.within(scope) || scope.within(other)) return false
    hasOther ||= isCandidate(fn, found)
  }
  if (isTop) return true
  if (hasOther && binding.captured) return false
  return !names.reachesOut(name, fn)
}

/** One of several of the same name, none of which stands inside another. */
function isCandidate(fn: Fn, binding: Binding): boolean {
  if (!alone(binding)) return false
  for (const scope of fn.scopes) {
    if (scope === binding.scope || !scope.bindings.has(binding.name)) continue
    if (scope.within(binding.scope) || binding.scope.within(scope)) return false
  }
  return true
}

/** What can be said of a binding without looking at others of the same name. */
function alone(binding: Binding): boolean {
  if (!binding.lexical && binding.kind !== 'catch') return false
  if (binding.name === 'arguments' || !binding.safe) return false
  if (binding.kind === 'const' && binding.written) return false
  if (binding.kind === 'catch' && !binding.scope.isPlain) return false
  if (!binding.scope.inLoop) return true
  return (
    !binding.captured &&
    (binding.bareEnd !== undefined || binding.initialiser !== undefined || isHead(binding))
  )
}

function isHead({ kind, scope, declaration }: Binding): boolean {
  if (kind === 'catch') return true
  return scope.kind === 'for' && !scope.isPlain && scope.head === declaration
}

/** No reference runs before the declaration has run. */
function isSafe(binding: Binding): boolean {
  if (!binding.lexical && binding.kind !== 'class') return true
  const { region, initialisedAt } = binding
  for (let use = binding.references; use !== undefined; use = use.next) {
    if (region !== undefined && (use.position < region.start || use.position > region.end)) return false
    if (effectivePosition(binding, use, undefined) < initialisedAt) return false
  }
  return true
}

/** The place in the text from which on a reference can run, seen from the function that declares the name. */
function effectivePosition(binding: Binding, reference: Reference, seen: Set<Fn> | undefined): number {
  const owner = binding.scope.fn
  if (reference.scope.fn === owner) return reference.position
  let inner: Fn = reference.scope.fn
  while (inner.parent !== undefined && inner.parent !== owner) inner = inner.parent
  if (inner.isHoisted) return earliestUse(inner, owner, seen ?? new Set())
  const { initialiser } = binding
  if (initialiser !== undefined && inner.start === initialiser.start && inner.end === initialiser.end)
    return Infinity
  return reference.position
}

/** A function declaration can be called from the first place on that names it. */
function earliestUse(hoisted: Fn, owner: Fn, seen: Set<Fn>): number {
  if (seen.has(hoisted)) return Infinity
  seen.add(hoisted)
  const { home } = hoisted
  const own = home?.bindings.get(hoisted.name)
  // Outside its block a sloppy function is another, untracked name
  if (own === undefined || (!owner.strict && home !== owner.scope)) return 0
  let earliest = Infinity
  for (let use = own.references; use !== undefined; use = use.next) {
    earliest = Math.min(earliest, effectivePosition(own, use, seen))
  }
  return earliest
}

/** `let a, b` becomes `var a, b` only as a whole. */
function keepStatementsWhole(fn: Fn): void {
  const kept = new Set<unknown>()
  for (const scope of fn.scopes) {
    for (const { declaration, converted } of scope.bindings.values()) {
      if (declaration !== undefined && !converted) kept.add(declaration)
    }
  }
  for (const scope of fn.scopes) {
    for (const binding of scope.bindings.values()) {
      if (kept.has(binding.declaration)) binding.converted = false
    }
  }
}

/** A class a function declares for itself: no `var` could take its place. */
function isLocalClass({ kind, scope }: Binding): boolean {
  return kind === 'class' && runsAlone.has(scope.fn.kind)
}

/** The lexical names of a scope that stay as they are, and so are out of sight of a `catch` around it. */
export function keptNames(scopes: readonly Scope[]): readonly Binding[] {
  let names: Map<string, Binding> | undefined
  for (const scope of scopes) {
    for (const binding of scope.bindings.values()) {
      // The inner one of two with the same name comes later and is the one that is seen
      const isKept = binding.lexical || binding.kind === 'catch' || isLocalClass(binding)
      if (isKept && !binding.converted) (names ??= new Map()).set(binding.name, binding)
    }
  }
  return names === undefined ? noNames : [...names.values()]
}

const noNames: readonly Binding[] = []
