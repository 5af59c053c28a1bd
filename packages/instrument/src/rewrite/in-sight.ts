import type { Node } from './node.ts'
import type { Binding, Fn, Scope } from './scope.ts'

export interface Range {
  readonly start: number
  readonly end: number
}

/** Defaults of parameters run before all names of the function are there. */
export function isInBody(fn: Fn, node: Node): boolean {
  return isWithin(node, fn.kind === 'static' ? fn.node : (fn.node['body'] as Node))
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

export function isWithin(node: Node, range: Range): boolean {
  return node.start >= range.start && node.end <= range.end
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
