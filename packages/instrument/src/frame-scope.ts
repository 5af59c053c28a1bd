import type { Place, ScopeEntry, VariableEntry } from './function-table.ts'
import type { ModuleState, Note } from './runtime.ts'
import type { Activation } from './throw-book.ts'

/** What reading a variable gives. */
export type Reading = { readonly value: unknown } | { readonly unavailable: 'uninitialised' | 'not kept' }

export interface FrameVariable {
  readonly name: string
  readonly writable: boolean
}

/** One scope of a frame. Values are read when somebody asks. */
export class FrameScope {
  readonly type: 'block' | 'local' | 'closure' | 'module'
  readonly #entry: ScopeEntry
  readonly #activation: Activation | undefined
  readonly #note: Note
  readonly #hidesKept: boolean
  readonly #module: ModuleState | undefined
  readonly #at: Place | undefined

  constructor(
    entry: ScopeEntry,
    activation: Activation | undefined,
    note: Note,
    hidesKept = false,
    module?: ModuleState,
    at?: Place,
  ) {
    this.type = module === undefined ? entry.type : 'module'
    this.#entry = entry
    this.#activation = activation
    this.#note = note
    this.#hidesKept = hidesKept
    this.#module = module
    this.#at = at
  }

  get names(): readonly string[] {
    return this.#entry.variables.map((variable) => variable.name)
  }

  get variables(): readonly FrameVariable[] {
    return this.#entry.variables
  }

  /** The same scope, of a frame that stands at a place. */
  at(place: Place): FrameScope {
    return new FrameScope(this.#entry, this.#activation, this.#note, this.#hidesKept, this.#module, place)
  }

  /** A frame that stands at a place has the names of this scope. */
  contains(place: Place): boolean {
    const { start, end, variables } = this.#entry
    if (start === undefined || end === undefined) return true
    if (isBefore(place, start)) return variables.some((variable) => this.#isPast(variable, place))
    return isBefore(place, end)
  }

  has(name: string): boolean {
    return this.#entry.variables.some((variable) => variable.name === name)
  }

  read(name: string): Reading {
    const variable = this.#find(name)
    if (variable === undefined) return { unavailable: 'not kept' }
    if (this.#module !== undefined) return readModule(this.#module, name)
    const { from } = variable
    const at = this.#at
    if (from !== undefined && at !== undefined && isBefore(at, from) && !this.#isPast(variable, at))
      return { unavailable: 'uninitialised' }
    const all = this.#all(variable)
    if (all === undefined) return { unavailable: 'not kept' }
    const value = all[variable.index]
    return value === this.#note ? { unavailable: 'uninitialised' } : { value }
  }

  /**
   * The function has gone on behind a place and given the variable a value: a stack tells where an error was made, and
   * it may be thrown later.
   */
  #isPast(variable: VariableEntry, place: Place): boolean {
    const { loop } = variable
    if (loop !== undefined && !isBefore(place, loop)) return false
    const value = this.#all(variable)?.[variable.index]
    return value !== undefined && value !== this.#note
  }

  /** @throws TypeError when the variable cannot be assigned, ReferenceError when it has not come to be */
  write(name: string, value: unknown): void {
    const variable = this.#find(name)
    const reading = this.read(name)
    // As the engine has it: a constant that is not there yet is first of all not there
    if ('unavailable' in reading && reading.unavailable === 'uninitialised')
      throw new ReferenceError(`Cannot access '${name}' before initialization`)
    if (variable?.constant === true) throw new TypeError('Assignment to constant variable.')
    const all = variable === undefined ? undefined : this.#all(variable)
    if (variable === undefined || all === undefined) throw new TypeError(`'${name}' was not kept`)
    if (!variable.writable) throw new TypeError(`'${name}' cannot be assigned from here`)
    if (variable.slot === 'value') {
      ;(all as unknown[])[variable.index] = value
      return
    }
    const accessor = variable.slot === 'live' ? this.#activation!.live : this.#activation!.kept
    const changed = [...all]
    changed[variable.index] = value
    if (typeof accessor === 'function') accessor(0, changed)
  }

  #find(name: string): VariableEntry | undefined {
    return this.#entry.variables.find((variable) => variable.name === name)
  }

  #all(variable: VariableEntry): readonly unknown[] | undefined {
    const activation = this.#activation
    if (activation === undefined) return undefined
    if (variable.slot === 'value') return Array.isArray(activation.values) ? activation.values : undefined
    if (variable.slot === 'kept' && this.#hidesKept) return undefined
    const accessor = variable.slot === 'live' ? activation.live : activation.kept
    return typeof accessor === 'function' ? accessor(1) : undefined
  }
}

/** The names of a module, read by evaluating them. */
export function moduleScope(module: ModuleState): FrameScope {
  const variables = (module.table()?.names ?? []).map((name, index): VariableEntry => ({
    name,
    slot: 'live',
    index,
    writable: true,
  }))
  return new FrameScope({ type: 'closure', variables }, undefined, module.note, false, module)
}

function readModule(module: ModuleState, name: string): Reading {
  try {
    return { value: module.evaluate(name) }
  } catch {
    return { unavailable: 'uninitialised' }
  }
}

function isBefore(one: Place, other: Place): boolean {
  return one.line < other.line || (one.line === other.line && one.column < other.column)
}
