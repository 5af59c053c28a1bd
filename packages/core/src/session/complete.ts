import { types } from 'node:util'
import type { Value } from '@throwpoint/protocol'
import { getOwnPropertyDescriptor, getPrototypeOf } from '../primordials.ts'
import { commandNamed, commandNames } from './command-table.ts'
import type { Session } from './session.ts'
import { listedKeys } from './value-keys.ts'
import { parsePath, rootValue, type Step, walk } from './value-path.ts'

const most = 200
const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u
/** A path that ends at the cursor, and the beginning of a name behind its last dot. */
const member =
  /((?:[\p{ID_Start}$_][\p{ID_Continue}$]*)(?:\??\.#?[\p{ID_Continue}$]+|\[(?:\d+|"[^"]*"|'[^']*')\])*)\??\.(#?[\p{ID_Continue}$]*)$/u
const single = /(\.?)([\p{ID_Start}$_][\p{ID_Continue}$]*)?$/u

/** Completions of the word that ends at the cursor, whole words. Runs no getter and no trap. */
export function completions(session: Session, line: string): string[] {
  const text = line.slice(-2000)
  const path = member.exec(text)
  if (path !== null) {
    const parsed = parsePath(path[1]!)
    const names = parsed === undefined ? [] : properties(session, parsed.root, parsed.steps)
    const start = text.slice(path.index, text.length - path[2]!.length)
    return matching(names, path[2]!).map((name) => start + name)
  }
  const [, dot, word = ''] = single.exec(text) ?? []
  const before = text.slice(0, text.length - word.length - (dot ?? '').length)
  const isFirst = before.trim() === '' || /;;\s*$/.test(before)
  if (isFirst && dot === '.') return matching(commandNames(), word).map((name) => `.${name}`)
  const [first = ''] = before.trim().split(/\s/)
  const topic = commandNamed(first)?.name
  if (topic === 'help') return matching(commandNames(), word)
  const names = [...session.variableNames(), ...Object.keys(session.names)]
  if (isFirst) names.push(...longNames(), ...session.aliases.keys())
  return matching(names, word)
}

/** One letter is no completion. */
function longNames(): string[] {
  return commandNames().filter((name) => name.length > 1)
}

function matching(names: readonly string[], start: string): string[] {
  return [...new Set(names)]
    .filter((name) => name.startsWith(start))
    .sort()
    .slice(0, most)
}

function properties(session: Session, root: string, steps: readonly Step[]): string[] {
  const { scopes } = session
  if (scopes === undefined) {
    const value = rootValue(root, session.selected, session.report, session.error)
    const found = value === undefined ? '' : walk(value, root, steps, session.report)
    return typeof found === 'string' ? [] : namesIn(found)
  }
  let value = rootOf(session, root)
  for (const { name, get } of steps) {
    if (get === true) return []
    value = dataProperty(value, name)
  }
  return namesOf(value)
}

function namesIn({ children = [] }: Value): string[] {
  return children.flatMap(({ name, kind }) => (kind !== 'internal' && identifier.test(name) ? [name] : []))
}

function rootOf(session: Session, name: string): unknown {
  for (const scope of session.scopes ?? []) {
    if (!scope.names.includes(name)) continue
    try {
      const reading = scope.read(name)
      return 'value' in reading ? reading.value : undefined
    } catch {
      return undefined
    }
  }
  if (name in session.names) return session.names[name]
  return dataProperty(globalThis, name)
}

/** Without calling a getter or the trap of a proxy. */
function dataProperty(owner: unknown, name: string): unknown {
  let object = objectOf(owner)
  for (let level = 0; object !== null && level < 20; level++) {
    if (types.isProxy(object)) return undefined
    const descriptor = getOwnPropertyDescriptor(object, name)
    if (descriptor !== undefined) return 'value' in descriptor ? descriptor.value : undefined
    object = getPrototypeOf(object)
  }
  return undefined
}

function objectOf(value: unknown): object | null {
  if (value === null || value === undefined) return null
  return (
    typeof value === 'object' || typeof value === 'function' ? value : getPrototypeOf(Object(value) as object)
  ) as object
}

function namesOf(value: unknown): string[] {
  const names: string[] = []
  let object = objectOf(value)
  for (let level = 0; object !== null && level < 20 && names.length < most * 5; level++) {
    // What every object has is seldom meant.
    if (types.isProxy(object) || (level > 0 && object === Object.prototype)) break
    for (const key of listedKeys(object)) if (typeof key === 'string' && identifier.test(key)) names.push(key)
    object = getPrototypeOf(object)
  }
  return names
}
