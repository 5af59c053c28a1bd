import type { Fn, Reference, Scope } from './scope.ts'

/**
 * Finds out for each reference which binding it means, and tells the functions on the way.
 *
 * @returns those that mean nothing in the module
 */
export function resolve(references: readonly Reference[]): Reference[] {
  const nowhere: Reference[] = []
  for (const reference of references) {
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
