import path from 'node:path'
import { originalColumn } from '../function-table.ts'
import type { Runtime, StackForm } from '../runtime.ts'

interface Site extends NodeJS.CallSite {
  toString(): string
}
type Prepare = (this: unknown, error: Error, sites: Site[], ...rest: unknown[]) => unknown

/** So many places of one stack tell whether the program maps them. */
const mostAsked = 20

interface Asked {
  readonly file: string
  readonly line: number
  readonly column: number
}

/**
 * Programs and compilers in memory (ts-node, source-map-support) put a function of theirs in
 * `Error.prepareStackTrace`, with source maps that know nothing of what was rewritten. They are given call sites whose
 * columns are those of the text before it was rewritten, and so what they make of them is right.
 */
export class StackHook {
  readonly #runtime: Runtime
  readonly #wrapped = new WeakMap<Prepare, Prepare>()
  readonly #ours = new WeakSet<Prepare>()

  constructor(runtime: Runtime) {
    this.#runtime = runtime
  }

  /** Follows what the program puts there; what Node puts there stays as it is. */
  install(): void {
    let current: unknown = this.#wrap((Error as { prepareStackTrace?: unknown }).prepareStackTrace)
    const wrap = (value: unknown): unknown => this.#wrap(value)
    try {
      Object.defineProperty(Error, 'prepareStackTrace', {
        get: () => current,
        set(value: unknown) {
          current = wrap(value)
        },
        configurable: true,
        enumerable: false,
      })
    } catch {
      // Frozen: nobody else can put anything there either
    }
  }

  #wrap(value: unknown): unknown {
    if (typeof value !== 'function') return value
    const prepare = value as Prepare
    if (this.#ours.has(prepare) || prepare.name === 'ErrorPrepareStackTrace') return prepare
    const known = this.#wrapped.get(prepare)
    if (known !== undefined) return known
    const hook = this
    const wrapped = function (this: unknown, error: Error, sites: Site[], ...rest: unknown[]) {
      const asked: Asked[] = []
      const result: unknown = Reflect.apply(prepare, this, [error, hook.#restore(sites, asked), ...rest])
      hook.#learn(error, result, asked)
      return result
    }
    Object.defineProperty(wrapped, 'name', { value: prepare.name, configurable: true })
    Object.defineProperty(wrapped, 'length', { value: prepare.length, configurable: true })
    this.#wrapped.set(prepare, wrapped)
    this.#ours.add(wrapped)
    return wrapped
  }

  #restore(sites: Site[], asked: Asked[]): Site[] {
    if (!Array.isArray(sites)) return sites
    return sites.map((site) => {
      try {
        const file = site.getFileName()
        return typeof file === 'string' && this.#runtime.has(file)
          ? restoredSite(site, file, this.#runtime, asked)
          : site
      } catch {
        return site
      }
    })
  }

  /** A place that was asked for and is not in the text has been mapped. */
  #learn(error: Error, result: unknown, asked: readonly Asked[]): void {
    if (typeof result !== 'string' || typeof error !== 'object' || error === null) return
    const mapped = new Set<string>()
    for (const { file, line, column } of asked) {
      if (!result.includes(`${path.basename(file)}:${line}:${column}`)) mapped.add(file)
    }
    const form = (file: string): StackForm => (mapped.has(file) ? 'mapped' : 'given')
    this.#runtime.formatted(error, form)
  }
}

const kept = new WeakMap<
  object,
  { readonly site: Site; readonly column: (line: number, column: number) => number }
>()
let prototype: object | undefined

/** Has what a call site has, with the columns of the text before it was rewritten. */
function restoredSite(site: Site, file: string, runtime: Runtime, asked: Asked[]): Site {
  prototype ??= prototypeOf(site)
  const restored = Object.create(prototype) as Site
  const column = (line: number, rewritten: number): number => {
    const table = runtime.table(file)
    const given = table === undefined ? rewritten : originalColumn(table, line, rewritten)
    if (asked.length < mostAsked) asked.push({ file, line, column: given })
    return given
  }
  kept.set(restored, { site, column })
  return restored
}

function prototypeOf(site: Site): object {
  const methods: Record<string, unknown> = {}
  const original = Object.getPrototypeOf(site) as Record<string, unknown>
  const own = new Map<string, (self: object) => unknown>([
    ['getColumnNumber', (self) => columnOf(self, 'getLineNumber', 'getColumnNumber')],
    [
      'getEnclosingColumnNumber',
      (self) => columnOf(self, 'getEnclosingLineNumber', 'getEnclosingColumnNumber'),
    ],
    ['toString', textOf],
  ])
  for (const name of Object.getOwnPropertyNames(original)) {
    const method = original[name]
    if (name === 'constructor' || typeof method !== 'function') continue
    const replaced = own.get(name)
    const call =
      replaced === undefined
        ? function (this: object, ...args: unknown[]): unknown {
            return Reflect.apply(method, kept.get(this)?.site ?? this, args)
          }
        : function (this: object): unknown {
            return replaced(this)
          }
    Object.defineProperty(call, 'name', { value: name, configurable: true })
    methods[name] = call
  }
  for (const name of Object.keys(methods)) Object.defineProperty(methods, name, { enumerable: false })
  return methods
}

function columnOf(
  self: object,
  lineName: 'getLineNumber' | 'getEnclosingLineNumber',
  columnName: 'getColumnNumber' | 'getEnclosingColumnNumber',
): unknown {
  const { site, column } = kept.get(self) ?? {}
  const line = site?.[lineName]()
  const rewritten = site?.[columnName]()
  return typeof line === 'number' && typeof rewritten === 'number' ? column!(line, rewritten) : rewritten
}

function textOf(self: object): string {
  const { site, column } = kept.get(self) ?? {}
  const [line, rewritten] = [site?.getLineNumber(), site?.getColumnNumber()]
  const text = site?.toString() ?? ''
  if (typeof line !== 'number' || typeof rewritten !== 'number') return text
  return text.replace(`:${line}:${rewritten}`, `:${line}:${column!(line, rewritten)}`)
}
