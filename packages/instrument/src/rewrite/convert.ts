import { unresolvedNames } from './resolve.ts'
import type { Binding, Fn, FnKind, Reference, Scope } from './scope.ts'

const runsAlone = new Set<FnKind>(['function', 'arrow', 'static'])

/**
 * Decides which `let`, `const` and catch parameters of a function may be written as `var` without any program being
 * able to tell. The `catch` clause around the whole body then reads them as plain local variables: no closure while
 * the function runs, no variable moved to the heap, and loops stay as fast as they were.
 */
export function convert(fn: Fn): void {
  const groups = new Map<string, Binding[]>()
  for (const scope of fn.scopes) {
    // Nothing asks about the names of the module
    if (fn.kind === 'module' && scope === fn.scope) continue
    for (const binding of scope.bindings.values()) {
      const group = groups.get(binding.name)
      if (group === undefined) groups.set(binding.name, [binding])
      else group.push(binding)
    }
  }
  for (const group of groups.values()) {
    for (const binding of group) binding.safe = isSafe(binding)
    if (fn.hasEval || fn.untouched !== undefined || !runsAlone.has(fn.kind)) continue
    for (const binding of convertible(fn, group)) binding.converted = true
  }
  keepStatementsWhole(groups)
}

function convertible(fn: Fn, group: readonly Binding[]): readonly Binding[] {
  if (!fn.strict && group.some((binding) => binding.kind === 'function' && binding.scope !== fn.scope))
    return []
  const top = group.find((binding) => binding.scope === fn.scope)
  if (top !== undefined) return top.lexical && alone(top) ? [top] : []
  const { name } = group[0]!
  if (unresolvedNames(fn).has(name)) return []
  for (const binding of fn.outer) if (binding.name === name) return []
  const candidates = group.filter(
    (binding) =>
      alone(binding) &&
      group.every(
        (other) =>
          other === binding || (!other.scope.within(binding.scope) && !binding.scope.within(other.scope)),
      ),
  )
  if (candidates.length > 1) return candidates.filter((binding) => !binding.captured)
  return candidates
}

/** What can be said of a binding without looking at others of the same name. */
function alone(binding: Binding): boolean {
  if (!binding.lexical && binding.kind !== 'catch') return false
  if (binding.name === 'arguments' || !binding.safe) return false
  if (binding.kind === 'const' && binding.written) return false
  if (binding.kind === 'catch' && binding.scope.node['param'].type !== 'Identifier') return false
  if (!binding.scope.inLoop) return true
  return (
    !binding.captured &&
    (binding.bareEnd !== undefined || binding.initialiser !== undefined || isHead(binding))
  )
}

function isHead(binding: Binding): boolean {
  if (binding.kind === 'catch') return true
  const { node, kind } = binding.scope
  return kind === 'for' && node.type !== 'ForStatement' && node['left'] === binding.declaration
}

/** No reference runs before the declaration has run. */
function isSafe(binding: Binding): boolean {
  if (!binding.lexical && binding.kind !== 'class') return true
  for (const reference of binding.references) {
    const { region } = binding
    if (region !== undefined && (reference.position < region.start || reference.position > region.end))
      return false
    if (effectivePosition(binding, reference, new Set()) < binding.initialisedAt) return false
  }
  return true
}

/** The place in the text from which on a reference can run, seen from the function that declares the name. */
function effectivePosition(binding: Binding, reference: Reference, seen: Set<Fn>): number {
  const owner = binding.scope.fn
  if (reference.scope.fn === owner) return reference.position
  let inner: Fn = reference.scope.fn
  while (inner.parent !== undefined && inner.parent !== owner) inner = inner.parent
  if (inner.isHoisted) return earliestUse(inner, owner, seen)
  if (binding.initialiser !== undefined && inner.node === binding.initialiser) return Infinity
  return reference.position
}

/** A function declaration can be called from the first place on that names it. */
function earliestUse(hoisted: Fn, owner: Fn, seen: Set<Fn>): number {
  if (seen.has(hoisted)) return Infinity
  seen.add(hoisted)
  const { home } = hoisted
  const own = home?.bindings.get(hoisted.node['id'].name)
  // Outside its block a sloppy function is another, untracked name
  if (own === undefined || (!owner.strict && home !== owner.scope)) return 0
  let earliest = Infinity
  for (const reference of own.references) {
    earliest = Math.min(earliest, effectivePosition(own, reference, seen))
  }
  return earliest
}

/** `let a, b` becomes `var a, b` only as a whole. */
function keepStatementsWhole(groups: Map<string, Binding[]>): void {
  const kept = new Set<unknown>()
  for (const group of groups.values()) {
    for (const binding of group) {
      if (binding.declaration !== undefined && !binding.converted) kept.add(binding.declaration)
    }
  }
  for (const group of groups.values()) {
    for (const binding of group) if (kept.has(binding.declaration)) binding.converted = false
  }
}

/** A class a function declares for itself: no `var` could take its place. */
function isLocalClass({ kind, scope }: Binding): boolean {
  return kind === 'class' && runsAlone.has(scope.fn.kind)
}

/** The lexical names of a scope that stay as they are, and so are out of sight of a `catch` around it. */
export function keptNames(scopes: readonly Scope[]): Binding[] {
  const names = new Map<string, Binding>()
  for (const scope of scopes) {
    for (const binding of scope.bindings.values()) {
      // The inner one of two with the same name comes later and is the one that is seen
      const isKept = binding.lexical || binding.kind === 'catch' || isLocalClass(binding)
      if (isKept && !binding.converted) names.set(binding.name, binding)
    }
  }
  return [...names.values()]
}
