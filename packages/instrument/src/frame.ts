import { FrameScope, moduleScope } from './frame-scope.ts'
import { evaluateIn } from './late.ts'
import type { FunctionEntry, FunctionTable, Place } from './function-table.ts'
import type { Evaluate, ModuleState } from './runtime.ts'
import type { Activation } from './throw-book.ts'

export interface FrameSource {
  /** Evaluators of the class bodies with private names, by `line:column`. */
  readonly classes: ReadonlyMap<string, Evaluate>
  table(): FunctionTable | undefined
}

/**
 * One activation of a user function that a thrown value has passed. Its variables stay readable and writable after the
 * stack has unwound: what no closure of the program holds is kept here, the rest is the variable itself.
 */
export class Frame {
  readonly functionName: string
  /** File as given to the rewriter: a path or a URL. */
  readonly file: string
  readonly async: boolean
  /** The value was not thrown here: it was constructed here, or handed to a callback. */
  readonly birth: boolean
  /** Where the function begins and ends, in the text the rewriter was given; undefined where its table is lost. */
  readonly start: Place | undefined
  readonly end: Place | undefined
  /** So many frames between this one and the next are not there. */
  omittedAfter = 0
  readonly #module: ModuleState
  readonly #entry: FunctionEntry | undefined
  readonly #function: Activation | undefined
  readonly #blocks: readonly Activation[]
  #scopes: readonly FrameScope[] | undefined

  private constructor(
    module: ModuleState,
    entry: FunctionEntry | undefined,
    activation: Activation | undefined,
    blocks: readonly Activation[],
  ) {
    this.#module = module
    this.#entry = entry
    this.#function = activation
    this.#blocks = blocks
    this.file = module.file
    this.functionName = entry?.name ?? ''
    this.async = entry?.async ?? false
    this.birth = activation !== undefined && activation.how !== 'thrown'
    this.start = entry?.start
    this.end = entry?.end
  }

  /** The top level of a module. */
  static ofModule(module: ModuleState): Frame {
    return new Frame(module, undefined, undefined, [])
  }

  /** Puts what blocks and functions told together to frames, innermost first. */
  static ofActivations(activations: readonly Activation[], omitted: number): readonly Frame[] {
    const frames: Frame[] = []
    let blocks: Activation[] = []
    const flush = (): void => {
      const [first] = blocks
      if (first !== undefined) frames.push(new Frame(first.module, ownerOf(first), undefined, blocks))
      blocks = []
    }
    for (const activation of activations) {
      const entry = entryOf(activation)
      if (entry?.kind === 'block') {
        if (blocks.length > 0 && !sameFunction(blocks[0]!, activation)) flush()
        blocks.push(activation)
        continue
      }
      if (blocks.length > 0 && !sameFunction(blocks[0]!, activation)) flush()
      const before = frames.at(-1)
      // Constructed or caught here and then thrown or handed on: still the same activation
      if (
        before?.birth === true &&
        before.#function !== undefined &&
        sameFunction(before.#function, activation)
      )
        frames.pop()
      frames.push(new Frame(activation.module, entry, activation, blocks))
      blocks = []
    }
    flush()
    const middle = frames[Math.min(149, frames.length - 1)]
    if (middle !== undefined) middle.omittedAfter = omitted
    return frames
  }

  /** Whether a place of the text lies in the function. */
  contains(place: Place): boolean {
    if (this.start === undefined || this.end === undefined) return false
    return !isBefore(place, this.start) && isBefore(place, this.end)
  }

  /**
   * The scopes from the inside out: blocks, the function, what it closes over, the module.
   *
   * @param at - where the frame stands in the text; then blocks it does not stand in are left out, and variables it
   *   has not come to are uninitialised
   */
  scopes(at: Place | undefined = this.#entry?.at): readonly FrameScope[] {
    this.#scopes ??= this.#readScopes()
    if (at === undefined) return this.#scopes
    return this.#scopes.filter((scope) => scope.contains(at)).map((scope) => scope.at(at))
  }

  /** `this`, where the function has one of its own or uses it. */
  get thisValue(): unknown {
    return this.#entry?.hasThis === true && Array.isArray(this.#function?.values)
      ? this.#function.values[0]
      : undefined
  }

  get hasThis(): boolean {
    return this.#entry?.hasThis === true && Array.isArray(this.#function?.values)
  }

  /**
   * Runs code where the frame stands: an expression or statements, with `this`, `arguments`, `super` and private names.
   * Assignments reach the variables. With `await` in it the result is a promise.
   *
   * @param at - as in {@link Frame.scopes}
   * @param names - more names the code may use; a variable of the frame wins, assignments reach the object
   * @throws SyntaxError, or what the code throws
   */
  evaluate(code: string, at?: Place, names?: object): unknown {
    const place = this.#entry?.privateClass
    const inside = place === undefined ? undefined : this.#module.classes.get(`${place.line}:${place.column}`)
    return evaluateIn(code, {
      evaluate: this.#module.evaluate,
      evaluateInClass: inside,
      scopes: this.scopes(at).filter((scope) => scope.type !== 'module'),
      names: this.#namesBeside(names, at),
      thisValue: this.thisValue,
      lacksThis: this.#function !== undefined && !this.hasThis,
      superAccess: this.#function?.superAccess === 0 ? undefined : this.#function?.superAccess,
      parameters: this.#entry?.parameters,
      meta: this.#module.meta,
    })
  }

  /** Those the module does not have itself. */
  #namesBeside(names: object | undefined, at: Place | undefined): object | undefined {
    if (names === undefined) return undefined
    const module = this.scopes(at).find((scope) => scope.type === 'module')
    const beside: object = Object.create(null)
    for (const name of Object.keys(names)) {
      if (module?.has(name) === true) continue
      Object.defineProperty(beside, name, {
        get: () => (names as Record<string, unknown>)[name],
        set(value: unknown) {
          ;(names as Record<string, unknown>)[name] = value
        },
        enumerable: true,
        configurable: true,
      })
    }
    return beside
  }

  /** Calls something in the asynchronous context the frame ran in: AsyncLocalStorage gives what it gave there. */
  inContext<T>(callback: () => T): T {
    const { context } = this.#function ?? this.#blocks[0] ?? {}
    return context === undefined ? callback() : context.runInAsyncScope(callback)
  }

  #readScopes(): FrameScope[] {
    const scopes: FrameScope[] = []
    const note = this.#module.note
    for (const block of this.#blocks) {
      for (const scope of entryOf(block)?.scopes ?? []) scopes.push(new FrameScope(scope, block, note))
    }
    const activation = this.#function
    if (activation !== undefined) {
      const blockId = activation.block
      const block = blockId === undefined ? undefined : activation.module.table()?.functions[blockId]
      for (const scope of block?.scopes ?? []) scopes.push(new FrameScope(scope, activation, note))
      for (const scope of this.#entry?.scopes ?? []) {
        // Where a block stands in front, what the function itself keeps was out of sight
        scopes.push(new FrameScope(scope, activation, note, blockId !== undefined))
      }
    }
    scopes.push(moduleScope(this.#module))
    return scopes
  }
}

function entryOf(activation: Activation): FunctionEntry | undefined {
  return activation.module.table()?.functions[activation.id]
}

function ownerOf(block: Activation): FunctionEntry | undefined {
  const owner = entryOf(block)?.owner
  return owner === undefined ? undefined : block.module.table()?.functions[owner]
}

function functionId(activation: Activation): number {
  return entryOf(activation)?.owner ?? activation.id
}

function sameFunction(one: Activation, other: Activation): boolean {
  return one.module === other.module && functionId(one) === functionId(other)
}

function isBefore(one: Place, other: Place): boolean {
  return one.line < other.line || (one.line === other.line && one.column < other.column)
}
