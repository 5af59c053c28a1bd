import { isIPv6 } from 'node:net'
import { types } from 'node:util'
import { defaultLimits, type Limits } from '@throwpoint/protocol'
import { nearest } from './nearest.ts'
import { parseFlag } from './development.ts'

/** What became of a given value. `problem` follows the name of the option or variable: "must be …, not 5". */
export type Checked<T> = { readonly value: T } | { readonly problem: string }

/** One kind of option: what may be given in code, and what a variable may say (where there is one). */
export interface OptionKind<T> {
  readonly check: (value: unknown) => Checked<T>
  readonly parse: ((text: string) => Checked<T>) | undefined
}

/** A day. */
const mostSeconds = 86_400

export const flag: OptionKind<boolean> = {
  check: (value) => (typeof value === 'boolean' ? { value } : wrong('true or false', value)),
  parse: (text) => {
    const value = parseFlag(text)
    return value === undefined ? wrong('1 or 0 (or true, false, on, off, yes, no)', text) : { value }
  },
}

export function choice<const T extends ReadonlyArray<string | false>>(...allowed: T): OptionKind<T[number]> {
  const texts = allowed.map((one) => (one === false ? 'false' : `'${one}'`))
  const wanted = `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`
  const check = (value: unknown): Checked<T[number]> => {
    return allowed.includes(value as T[number]) ? { value: value as T[number] } : wrong(wanted, value)
  }
  return {
    check,
    parse: (text) => {
      const word = text.trim().toLowerCase()
      return check(parseFlag(word) === false && allowed.includes(false) ? false : word)
    },
  }
}

export const callback: OptionKind<(...args: never[]) => unknown> = {
  check: (value) => {
    return typeof value === 'function'
      ? { value: value as (...args: never[]) => unknown }
      : wrong('a function', value)
  },
  parse: undefined,
}

/** false, true, or the path of a directory. */
export const directory: OptionKind<boolean | string> = {
  check: (value) => {
    if (typeof value === 'boolean') return { value }
    if (typeof value !== 'string') return wrong('true, false or the path of a directory', value)
    if (value.trim() === '') return { problem: 'must not be empty; false writes none' }
    if (value.includes('\0')) return { problem: 'must not contain a NUL character' }
    return { value }
  },
  parse: (text) => directory.check(parseFlag(text) ?? text),
}

const durationText = /^(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h)$/
const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A time such as '10m', or false for none. */
export const duration: OptionKind<false | string> = {
  check: (value) => {
    if (value === false) return { value }
    if (typeof value !== 'string' || milliseconds(value.trim()) === undefined)
      return wrong("a time such as '90s', '10m' or '1h', or false", value)
    return { value: value.trim() }
  },
  parse: (text) => duration.check(parseFlag(text) === false ? false : text),
}

/** @returns undefined for no limit, and for what is no time */
export function milliseconds(time: false | string): number | undefined {
  const [, number, unit] = (time !== false && durationText.exec(time)) || []
  const ms = Number(number) * durationUnits[unit ?? '']!
  return ms > 0 ? ms : undefined
}

const pathText = /^(?:\/[\w~!$&'()*+,;=:@.-]+)+$/

/** The path under which reports are served: one or more segments, without a slash at the end. */
export const urlPath: OptionKind<string> = {
  check: (value) => {
    if (typeof value !== 'string') return wrong("a path such as '/__throwpoint'", value)
    if (!value.startsWith('/')) return { problem: `must start with '/', and ${given(value)} does not` }
    const path = value.replace(/\/+/g, '/').replace(/\/$/, '')
    if (path === '') return { problem: "must not be '/': it would take every request from the application" }
    if (path.length > 200) return { problem: 'must not be longer than 200 characters' }
    if (!pathText.test(path)) {
      return {
        problem: `may have letters, digits and -._~!$&'()*+,;=:@ between its slashes, but is ${given(value)}`,
      }
    }
    if (/\/\.{1,2}(?:\/|$)/.test(path))
      return { problem: `must not have '.' or '..' as a segment, as ${given(value)} has` }
    return { value: path }
  },
  parse: (text) => urlPath.check(text.trim()),
}

const hostText =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/

/** Host names, lower-case; IPv6 addresses in brackets. */
export const hostNames: OptionKind<readonly string[]> = {
  check: (value) => {
    const list = texts('host names', value)
    if ('problem' in list) return list
    const hosts: string[] = []
    for (const host of list.value) {
      const name = host.trim().toLowerCase()
      const address = name.startsWith('[') && name.endsWith(']') && isIPv6(name.slice(1, -1))
      if (!address && !hostText.test(name)) {
        const why = "host names alone: no scheme, port, path or '*', and Punycode for other alphabets"
        return { problem: `must hold ${why}; ${given(host)} is none` }
      }
      hosts.push(name)
    }
    return { value: hosts }
  },
  parse: (text) => hostNames.check(words(text)),
}

/** Names of things. */
export const names: OptionKind<readonly string[]> = {
  check: (value) => {
    const list = texts('names', value)
    if ('problem' in list) return list
    const empty = list.value.find((name) => !/[\p{L}\p{N}]/u.test(name))
    if (empty !== undefined)
      return { problem: `must hold names with a letter or digit; ${given(empty)} has none` }
    return list
  },
  parse: (text) => names.check(words(text)),
}

export interface RedactNames {
  readonly names: readonly string[]
  readonly keep: readonly string[]
}

const redactParts = ['names', 'keep'] as const

export const redact: OptionKind<RedactNames> = {
  check: (value) => {
    if (!isRecord(value)) return wrong('an object with the lists "names" and "keep"', value)
    const unknown = Object.keys(value).find((key) => key !== 'names' && key !== 'keep')
    if (unknown !== undefined)
      return { problem: `has no ${JSON.stringify(unknown)}, only "names" and "keep"` }
    const result = { names: [] as readonly string[], keep: [] as readonly string[] }
    for (const part of redactParts) {
      if (value[part] === undefined) continue
      const checked = names.check(value[part])
      if ('problem' in checked) return { problem: `has a bad "${part}": it ${checked.problem}` }
      result[part] = checked.value
    }
    return { value: result }
  },
  parse: undefined,
}

export const limits: OptionKind<Partial<Limits>> = {
  check: (value) => {
    if (!isRecord(value)) return wrong('an object such as { depth: 6 }', value)
    const result: Partial<Record<keyof Limits, number>> = {}
    for (const name of Object.keys(value)) {
      const limit = value[name]
      if (limit === undefined) continue
      if (!Object.hasOwn(defaultLimits, name)) {
        return { problem: `has no ${JSON.stringify(name)}${didYouMean(name, Object.keys(defaultLimits))}` }
      }
      if (!Number.isSafeInteger(limit) || (limit as number) < 1) {
        return { problem: `has a bad "${name}": it must be a whole number from 1, not ${given(limit)}` }
      }
      result[name as keyof Limits] = limit as number
    }
    return { value: result }
  },
  parse: (text) => {
    const found: Array<readonly [string, number]> = []
    for (const word of words(text)) {
      const [, name, number] = /^(\w+)\s*[=:]\s*(\d{1,16})$/.exec(word) ?? []
      if (name === undefined) return wrong('a list such as depth=6,items=200', text)
      found.push([name, Number(number)])
    }
    // Never by assignment: a name may be `__proto__`.
    return limits.check(Object.fromEntries(found))
  },
}

/** A number of seconds, fractions too; or false. */
export const seconds: OptionKind<number | false> = {
  check: (value) => {
    if (value === false) return { value }
    const fits = typeof value === 'number' && value > 0 && value <= mostSeconds
    return fits
      ? { value }
      : wrong(`false or a number of seconds (more than 0, at most ${mostSeconds})`, value)
  },
  parse: (text) => {
    // `0` and `off` switch it off; `1` is a second.
    if (parseFlag(text) === false) return { value: false }
    return seconds.check(/^\s*\d{1,7}(?:\.\d{1,3})?\s*$/.test(text) ? Number(text) : text)
  },
}

/** `; did you mean "depth"?`, or all there are. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  return near === undefined ? `; there are ${known.join(', ')}` : `; did you mean "${near}"?`
}

/** Describes a value somebody gave, without running any code of it. */
export function given(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
    case 'bigint':
      return `${value}n`.slice(0, 60)
    case 'symbol':
      return 'a symbol'
    case 'function':
      return 'a function'
    case 'object':
      if (value === null) return 'null'
      if (types.isProxy(value)) return 'a proxy'
      return Array.isArray(value) ? `an array of ${value.length}` : 'an object'
    default:
      return String(value)
  }
}

/** An object whose properties can be read without running anything but its getters. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !types.isProxy(value) && !Array.isArray(value)
}

function wrong(wanted: string, value: unknown): { readonly problem: string } {
  return { problem: `must be ${wanted}, not ${given(value)}` }
}

function texts(what: string, value: unknown): Checked<readonly string[]> {
  if (types.isProxy(value) || !Array.isArray(value)) return wrong(`an array of ${what}`, value)
  for (const item of value as readonly unknown[]) {
    if (typeof item !== 'string')
      return { problem: `must be an array of ${what}, and ${given(item)} is none` }
  }
  return { value: [...(value as string[])] }
}

function words(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}
