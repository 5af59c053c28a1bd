import { isArray, ownKeys, uncurry } from '../primordials.ts'

const slice = uncurry(Array.prototype.slice) as <Item>(list: readonly Item[]) => Item[]

/** The same list, or a copy in which some items are others. */
export function rewriteList<Item>(
  list: readonly Item[],
  change: (item: Item, index: number) => Item,
): readonly Item[] {
  let copy: Item[] | undefined
  for (let at = 0; at < list.length; at++) {
    const item = list[at]!
    const changed = change(item, at)
    if (changed === item) continue
    copy ??= slice(list)
    copy[at] = changed
  }
  return copy ?? list
}

/** The same object, or a copy in which some properties are others. Names stay, `__proto__` is one like any other. */
export function rewriteObject<Owner extends object>(
  object: Owner,
  change: (value: unknown, name: string) => unknown,
): Owner {
  const names = ownKeys(object)
  let copy: Record<string, unknown> | undefined
  for (let at = 0; at < names.length; at++) {
    const name = names[at]
    if (typeof name !== 'string') continue
    const value = (object as Record<string, unknown>)[name]
    const changed = change(value, name)
    if (changed === value) continue
    copy ??= { __proto__: null, ...object }
    copy[name] = changed
  }
  return (copy ?? object) as Owner
}

export function isList(value: unknown): value is readonly unknown[] {
  return isArray(value)
}

export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !isArray(value)
}

/** The same object, or a copy in which some properties have other names. */
export function renameProperties<Owner extends object>(
  object: Owner,
  rename: (name: string) => string,
): Owner {
  const names = ownKeys(object)
  let changed = false
  for (let at = 0; at < names.length && !changed; at++) {
    const name = names[at]
    changed = typeof name === 'string' && rename(name) !== name
  }
  if (!changed) return object
  const copy: Record<string, unknown> = { __proto__: null } as never
  for (let at = 0; at < names.length; at++) {
    const name = names[at]
    if (typeof name !== 'string') continue
    let renamed = rename(name)
    for (let more = 2; renamed in copy; more++) renamed = `${rename(name)} ${more}`
    copy[renamed] = (object as Record<string, unknown>)[name]
  }
  return copy as Owner
}
