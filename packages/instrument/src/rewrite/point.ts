import type { FunctionEntry, ScopeEntry, VariableEntry } from '../function-table.ts'
import type { Lines } from './edits.ts'
import type { Binding, Fn, Scope } from './scope.ts'
import { accessor, argumentsOf, isWritable, knowsThis, range, selfText, type Names } from './slots.ts'

/** More names than this are not read at a breakpoint. */
const mostNames = 200

/** A place in a function at which its variables can be looked at while it goes on. */
export interface Point {
  /** The arguments of `note.here`, after the id. */
  readonly args: readonly string[]
  readonly entry: () => FunctionEntry
}

/**
 * What can be told of a function at one place in it. The place sees every name itself, so all of them are real: what
 * is assigned from outside, the function finds when it goes on.
 *
 * @returns undefined where nothing can be told
 */
export function pointIn(start: number, scope: Scope, lines: Lines, names: Names): Point | undefined {
  const { fn } = scope
  if (fn.kind === 'opaque' || fn.untouched === 'use asm') return undefined
  const bindings = visibleFrom(start, scope).slice(0, mostNames)
  const hasThis = knowsThis(fn)
  return {
    args: [
      hasThis ? `[${selfText(fn)}]` : '',
      bindings.length === 0 ? '' : accessor(bindings, isGuarded, names),
      fn.usesSuper ? `${names.get}=>super[${names.get}]` : '',
    ],
    entry: () => ({
      kind: 'function',
      name: fn.name,
      async: fn.async,
      ...range(fn, lines),
      hasThis,
      at: lines.place(start),
      parameters: fn.kind === 'arrow' ? undefined : fn.parameters,
      scopes: scopesOf(fn, bindings, lines),
      ...(fn.privateClass === undefined ? {} : { privateClass: lines.place(fn.privateClass) }),
    }),
  }
}

function isGuarded({ converted, kind }: Binding): boolean {
  return !converted && kind !== 'var' && kind !== 'function'
}

/** What a name means at a place, from the inside out; names of the module are found by evaluating them. */
function visibleFrom(start: number, scope: Scope): Binding[] {
  const found = new Map<string, Binding | undefined>()
  const { fn } = scope
  for (let inner: Scope | undefined = scope; inner !== undefined; inner = inner.parent) {
    if (inner.fn.kind === 'module' && inner === inner.fn.scope) break
    // Defaults of parameters do not see the names of the body
    const beforeBody = inner === inner.fn.scope && start < inner.fn.body.start
    for (const binding of inner.bindings.values()) {
      if (found.has(binding.name)) continue
      const { kind } = binding
      if (beforeBody && kind !== 'param') continue
      const isOdd = kind === 'import' || kind === 'enum' || kind === 'self' || inner.fn.kind === 'opaque'
      found.set(binding.name, isOdd || isCovered(binding, fn) ? undefined : binding)
    }
  }
  const list = argumentsOf(fn)
  if (list !== undefined && !found.has('arguments')) found.set('arguments', list)
  return [...found.values()].filter((binding) => binding !== undefined)
}

/** A name of another block has become one of a function on the way. */
function isCovered({ name, scope }: Binding, from: Fn): boolean {
  for (let fn: Fn | undefined = from; fn !== undefined && fn !== scope.fn; fn = fn.parent) {
    if (fn.scopes.some((inner) => inner.bindings.get(name)?.converted === true)) return true
  }
  return false
}

function scopesOf(fn: Fn, bindings: readonly Binding[], lines: Lines): ScopeEntry[] {
  const byScope = new Map<Scope | 'closure', VariableEntry[]>()
  for (const [index, binding] of bindings.entries()) {
    const key = binding.scope.fn === fn ? binding.scope : 'closure'
    const list = byScope.get(key) ?? []
    byScope.set(key, list)
    list.push({
      name: binding.name,
      slot: 'live',
      index,
      writable: isWritable(binding),
      ...(binding.kind === 'const' ? { constant: true } : {}),
      ...(binding.converted && binding.lexical ? { from: lines.place(binding.initialisedAt) } : {}),
    })
  }
  return [...byScope].map(([scope, variables]) => ({
    type: scope === 'closure' ? 'closure' : scope === fn.scope ? 'local' : 'block',
    variables,
  }))
}
