import type { Binding, Fn, Scope, Span } from './scope.ts'

/** Defaults of parameters run before all names of the function are there. */
export function isInBody(fn: Fn, place: Span): boolean {
  return isWithin(place, fn.body)
}

/** The name means this binding there, and not another one in front of it. */
export function isSeen(binding: Binding, scope: Scope): boolean {
  for (let inner: Scope | undefined = scope; inner !== undefined; inner = inner.parent) {
    const found = inner.bindings.get(binding.name)
    if (found === undefined) continue
    if (found === binding || found.converted) return true
    return found.scope === binding.scope
  }
  // `arguments`, and a converted name outside its block
  return true
}

export function isWithin(inner: Span, outer: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end
}

export function isCaught(name: string, scope: Scope): boolean {
  for (
    let inner: Scope | undefined = scope;
    inner !== undefined && inner.fn === scope.fn;
    inner = inner.parent
  ) {
    const binding = inner.bindings.get(name)
    if (binding !== undefined) return binding.kind === 'catch'
  }
  return false
}
