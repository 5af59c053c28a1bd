import type { FunctionEntry, Place, ScopeEntry, VariableEntry } from '../function-table.ts'
import type { Lines } from './edits.ts'
import { Binding, type Fn, type Scope, type Span } from './scope.ts'

/** More names than this are not read at a throw; bundles declare thousands in one function. */
const mostValues = 200
const mostLive = 100

/** The names given in emitted text; none of them occurs in the source. */
export interface Names {
  readonly note: string
  readonly error: string
  readonly kept: string
  readonly caught: string
  readonly parameter: string
  readonly get: string
  readonly set: string
  readonly self: string
  readonly active: string
}

/** What one function tells at a throw, and the table entry that says what it means. */
export interface Told {
  readonly self: string | undefined
  readonly values: readonly Binding[]
  readonly live: readonly Binding[]
  readonly kept: string
  readonly superAccess: string
  /** Made when somebody looks at the table, which is seldom. */
  readonly entry: () => FunctionEntry
}

/** The snapshot of a note as text. A name for which `hidden` holds means something else where the text stands. */
export function valuesText(told: Told, names: Names, hidden: (binding: Binding) => boolean = never): string {
  const list = told.values.map((binding) => (hidden(binding) ? names.note : binding.name))
  if (told.self !== undefined) list.unshift(told.self)
  return list.length === 0 ? '' : `[${list.join()}]`
}

/** The accessor of a note as text. */
export function liveText(
  told: Told,
  fn: Fn,
  names: Names,
  hidden: (binding: Binding) => boolean = never,
): string {
  if (told.live.length === 0) return ''
  return accessor(told.live, (binding) => binding.scope.fn !== fn && isUncertain(binding), names, hidden)
}

function never(): boolean {
  return false
}

/** A function that reads all of some variables, or writes all of them back. */
export function accessor(
  bindings: readonly Binding[],
  guarded: (binding: Binding) => boolean,
  names: Names,
  hidden: (binding: Binding) => boolean = never,
): string {
  const reads = bindings.map((binding) => {
    if (hidden(binding)) return names.note
    return guarded(binding)
      ? `(()=>{try{return ${binding.name}}catch{return ${names.note}}})()`
      : binding.name
  })
  const targets = bindings.map((binding) => (isWritable(binding) && !hidden(binding) ? binding.name : ''))
  while (targets.length > 0 && targets.at(-1) === '') targets.pop()
  if (targets.length === 0) return `${names.get}=>[${reads.join()}]`
  if (bindings.some((binding, index) => targets[index] && targets.length > 1 && guarded(binding))) {
    // One that is uninitialised must not keep the value from the others
    const writes = targets.map((name, index) => (name ? `try{${name}=${names.set}[${index}]}catch{}` : ''))
    return `(${names.get},${names.set})=>{if(${names.get})return[${reads.join()}];${writes.join('')}}`
  }
  return `(${names.get},${names.set})=>${names.get}?[${reads.join()}]:[${targets.join()}]=${names.set}`
}

export function isWritable(binding: Binding): boolean {
  if (binding.kind === 'const') return false
  if (binding.converted) return true
  return (
    binding.kind === 'let' || binding.kind === 'var' || binding.kind === 'param' || binding.kind === 'catch'
  )
}

/** Chooses what a function tells. `functionsVisible`: its own function declarations can be named in its `catch`. */
export function tell(
  fn: Fn,
  kept: readonly Binding[],
  functionsVisible: boolean,
  lines: Lines,
  names: Names,
): Told {
  const own = new Map<string, Binding[]>()
  for (const scope of fn.scopes) {
    for (const binding of scope.bindings.values()) {
      const visible =
        binding.converted ||
        (scope === fn.scope &&
          (binding.kind === 'param' ||
            binding.kind === 'var' ||
            (binding.kind === 'function' && functionsVisible)))
      if (!visible) continue
      const group = own.get(binding.name)
      if (group === undefined) own.set(binding.name, [binding])
      else group.push(binding)
    }
  }
  const list = argumentsOf(fn)
  if (list !== undefined && !own.has('arguments')) own.set('arguments', [list])
  const hasThis = knowsThis(fn)
  const values: Binding[] = []
  const live: Binding[] = []
  for (const [binding] of own.values()) {
    if (binding!.captured) live.push(binding!)
    else if (values.length < mostValues) values.push(binding!)
  }
  const shown = new Set([...own.keys(), ...kept.map((binding) => binding.name)])
  const outer = outerNames(fn).filter((binding) => !shown.has(binding.name) && !isHidden(fn, binding))
  const liveNames = [...live, ...outer].slice(0, mostLive)

  return {
    self: !hasThis ? undefined : fn.derived ? names.self : selfText(fn),
    values,
    live: liveNames,
    kept: kept.length === 0 ? '' : accessor(kept, () => true, names),
    superAccess: fn.usesSuper ? `${names.get}=>super[${names.get}]` : '',
    entry: () => entryOf(fn, { own, values, live: liveNames, kept, hasThis }, lines),
  }
}

/** `arguments`, where a function uses it; an arrow function has those of the function around it. */
export function argumentsOf(fn: Fn): Binding | undefined {
  if (!fn.usesArguments) return undefined
  let owner: Fn | undefined = fn
  while (owner?.kind === 'arrow') owner = owner.parent
  if (owner?.kind !== 'function' || [...fn.outer].some(({ name }) => name === 'arguments')) return undefined
  return new Binding('arguments', 'using', owner.scope, {})
}

/** `this` can be told: an arrow function that does not use it must not ask for it. */
export function knowsThis(fn: Fn): boolean {
  return fn.kind !== 'module' && (fn.kind !== 'arrow' || fn.usesThis || fn.usesSuper)
}

/** In a constructor, `super()` may not have been called yet. */
export function selfText(fn: Fn): string {
  return fn.derived || (fn.kind === 'arrow' && fn.usesSuper) ? '(()=>{try{return this}catch{}})()' : 'this'
}

function isUncertain(binding: Binding): boolean {
  return (binding.lexical || binding.kind === 'class') && !binding.converted && !binding.safe
}

function outerNames(fn: Fn): Binding[] {
  return [...fn.outer].filter((binding) => {
    if (binding.kind === 'self' || binding.kind === 'import' || binding.kind === 'enum') return false
    const owner = binding.scope.fn
    return owner.kind !== 'opaque' && !(owner.kind === 'module' && binding.scope === owner.scope)
  })
}

/** A name of the function itself stands in front of the outer one. */
function isHidden(fn: Fn, binding: Binding): boolean {
  if (fn.scope.bindings.has(binding.name)) return true
  return fn.scopes.some((scope) => scope.bindings.get(binding.name)?.converted === true)
}

interface Chosen {
  readonly own: ReadonlyMap<string, readonly Binding[]>
  readonly values: readonly Binding[]
  readonly live: readonly Binding[]
  readonly kept: readonly Binding[]
  readonly hasThis: boolean
}

function entryOf(fn: Fn, chosen: Chosen, lines: Lines): FunctionEntry {
  const shift = chosen.hasThis ? 1 : 0
  const byScope = new Map<Scope | 'closure', VariableEntry[]>()
  const add = (binding: Binding, slot: VariableEntry['slot'], index: number): void => {
    const places = chosen.own.get(binding.name) ?? [binding]
    for (const place of places) {
      const key = place.scope.fn === fn ? place.scope : 'closure'
      const list = byScope.get(key) ?? []
      byScope.set(key, list)
      list.push({
        name: place.name,
        slot,
        index,
        writable: place.kind !== 'using' && isWritable(place),
        ...(place.kind === 'const' ? { constant: true } : {}),
        ...(place.lexical && key !== 'closure' && slot !== 'kept'
          ? { from: lines.place(place.initialisedAt), ...loopOf(place, lines) }
          : {}),
      })
    }
  }
  for (const [index, binding] of chosen.values.entries()) add(binding, 'value', index + shift)
  for (const [index, binding] of chosen.live.entries()) add(binding, 'live', index)
  for (const [index, binding] of chosen.kept.entries()) add(binding, 'kept', index)

  const scopes: ScopeEntry[] = []
  const blocks = [...byScope.keys()].filter(
    (scope): scope is Scope => scope !== 'closure' && scope !== fn.scope,
  )
  blocks.sort((a, b) => b.start - a.start)
  for (const scope of blocks)
    scopes.push({ type: 'block', ...range(scope, lines), variables: byScope.get(scope)! })
  scopes.push({ type: 'local', variables: byScope.get(fn.scope) ?? [] })
  const closure = byScope.get('closure')
  if (closure !== undefined) scopes.push({ type: 'closure', variables: closure })
  return {
    kind: 'function',
    name: fn.name,
    async: fn.async,
    ...range(fn, lines),
    hasThis: chosen.hasThis,
    parameters: fn.kind === 'arrow' ? undefined : fn.parameters,
    scopes,
    ...(fn.privateClass === undefined ? {} : { privateClass: lines.place(fn.privateClass) }),
  }
}

function loopOf({ scope: { inLoop, fn }, scope }: Binding, lines: Lines): Pick<VariableEntry, 'loop'> {
  if (!inLoop) return {}
  let { start } = scope
  for (let outer = scope.parent; outer?.fn === fn; outer = outer.parent) {
    if (outer.kind === 'for' || outer.kind === 'loop') start = outer.start
  }
  return { loop: lines.place(start) }
}

export function range({ start, end }: Span, lines: Lines): { start: Place; end: Place } {
  return { start: lines.place(start), end: lines.place(end) }
}

/** The entry of a block whose names stay lexical. */
export function blockEntry(
  block: Span,
  owner: Fn,
  ownerId: number,
  kept: readonly Binding[],
  lines: Lines,
): FunctionEntry {
  return {
    kind: 'block',
    name: owner.name,
    owner: ownerId,
    async: owner.async,
    ...range(block, lines),
    hasThis: false,
    parameters: [],
    scopes: [
      {
        type: 'block',
        variables: kept.map((binding, index) => ({
          name: binding.name,
          slot: 'kept',
          index,
          writable: isWritable(binding),
          ...(binding.kind === 'const' ? { constant: true } : {}),
        })),
      },
    ],
  }
}
