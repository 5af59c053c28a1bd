import { Reference, type Fn, type Scope } from './scope.ts'

/** All names of a module and their uses, in the order of the text. */
export class NamesUsed {
  readonly #all: Reference[] = []
  #byName: Map<string, Reference[]> | undefined

  add(name: string, position: number, scope: Scope, write: boolean): void {
    this.#all.push(new Reference(name, position, scope, write))
  }

  /** Finds out for each use which binding it means, and tells the functions on the way. */
  resolve(): void {
    for (const reference of this.#all) resolve(reference)
  }

  /** The uses that mean nothing in the module. */
  get unresolved(): Reference[] {
    return this.#all.filter((reference) => reference.binding === undefined)
  }

  /** In the function, or inside it, the name means something that is declared further out or nowhere. */
  reachesOut(name: string, fn: Fn): boolean {
    const uses = (this.#byName ??= byName(this.#all)).get(name)
    if (uses === undefined) return false
    return uses.some(
      ({ scope, binding }) =>
        scope.fn.isInside(fn) && (binding === undefined || !binding.scope.fn.isInside(fn)),
    )
  }
}

function byName(references: readonly Reference[]): Map<string, Reference[]> {
  const names = new Map<string, Reference[]>()
  for (const reference of references) {
    const uses = names.get(reference.name)
    if (uses === undefined) names.set(reference.name, [reference])
    else uses.push(reference)
  }
  return names
}

function resolve(reference: Reference): void {
  const { name } = reference
  let scope: Scope | undefined = reference.scope
  while (scope !== undefined) {
    const binding = scope.bindings.get(name)
    if (binding !== undefined) {
      binding.refer(reference)
      // Nobody asks a function which names of the module it uses
      if (scope.parent === undefined) return
      let { fn } = reference.scope
      while (fn !== scope.fn) {
        fn.closesOver(binding)
        fn = fn.parent!
      }
      return
    }
    scope = scope.parent
  }
}
