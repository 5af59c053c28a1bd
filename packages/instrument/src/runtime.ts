import { ActiveFrames, type ActiveFrame, type Entry } from './active-frames.ts'
import { Frame, type FrameSource } from './frame.ts'
import { originalColumn, type FunctionTable } from './function-table.ts'
import { runtimeName } from './rewrite/rewrite-names.ts'
import { ThrowBook, type Activation, type ThrowRecord } from './throw-book.ts'

const soon = queueMicrotask

/** Code evaluated where a module or a class body stands: `$` is what the code calls its local variables. */
export type Evaluate = (code: string, locals?: unknown) => unknown

/** Reads all variables of a place (`get` is 1), or writes all of them back. */
export type Accessor = (get: 0 | 1, values?: readonly unknown[]) => readonly unknown[]

/** What rewritten modules call. One of these for each module; the arguments are those of {@link Activation}. */
export interface Note {
  (
    thrown: unknown,
    id: number,
    values?: readonly unknown[] | 0,
    live?: Accessor | 0,
    kept?: Accessor | 0,
    caught?: ThrowRecord | 0,
    superAccess?: ((key: string) => unknown) | 0,
  ): void
  /** An error was constructed here and not thrown. @returns the error */
  born<T>(thrown: T, ...rest: unknown[]): T
  /** A value was handed to a callback that takes errors. @returns the value */
  handed<T>(thrown: T, ...rest: unknown[]): T
  /** A `catch` clause of user code took the value. @returns what the clause gives back when it throws again */
  caught(thrown: unknown): ThrowRecord | undefined
  /** A value that existed before is thrown. @returns the value */
  fresh<T>(thrown: T): T
  /** `breakpoint()` is about to be called; `id` is -1 where nothing can be told of the caller. */
  here(
    id: number,
    values?: readonly unknown[] | 0,
    live?: Accessor | 0,
    superAccess?: ((key: string) => unknown) | 0,
  ): void
  /** Whether an attached debugger is to stop at a call of this. Looked at only when the inspector listens. */
  stops(callee: () => unknown): boolean
  /** An asynchronous function begins; `leave` of what it gets ends it. Only where requests are watched. */
  enter(id: number): Entry
  /** A class body with private names has been entered. */
  inside(line: number, column: number, evaluate: Evaluate): void
}

/** One module as the runtime knows it. */
export interface ModuleState extends FrameSource {
  readonly file: string
  readonly evaluate: Evaluate
  /** `import.meta`, of an ES module. */
  readonly meta: (() => unknown) | undefined
  readonly note: Note
}

/**
 * Finds the table of a module that has just begun to run. What it gives back is called when somebody looks at a frame:
 * tables are made then, and a module that is loaded again later has another one.
 */
export type TableFinder = (file: string) => (() => FunctionTable | undefined) | undefined

/** What the places in the text of a stack are: of the text that was given to the rewriter, or of its original. */
export type StackForm = 'given' | 'mapped'

/**
 * What there is once in a process, under a versioned symbol, so that several copies of the packages agree. Rewritten
 * modules reach it through {@link Runtime.module}, the engine through {@link Runtime.takeFrames}.
 */
export class Runtime {
  /** Asynchronous functions register while they run: `activeFrames` knows them. */
  listsRequests: boolean = false
  readonly #modules = new Map<string, ModuleState>()
  readonly #book: ThrowBook = new ThrowBook()
  readonly #active = new ActiveFrames()
  readonly #finders: TableFinder[] = []
  readonly #forms = new WeakMap<object, (file: string) => StackForm>()
  /** Who calls `breakpoint()` this very moment. */
  #here: Activation | undefined

  /** The runtime of this process; made on the first call. */
  static shared(): Runtime {
    const registry = globalThis as Record<symbol, unknown>
    const key = Symbol.for(runtimeName)
    const existing = registry[key] as Runtime | undefined
    if (existing !== undefined) return existing
    const runtime = new Runtime()
    const context = registry[Symbol.for('throwpoint.context.1')]
    if (typeof context === 'function') runtime.setContext(context as () => object | undefined)
    Object.defineProperty(globalThis, key, { value: runtime, configurable: true })
    return runtime
  }

  /** The runtime, when something has been instrumented in this process; the engine asks this. */
  static active(): Runtime | undefined {
    return (globalThis as Record<symbol, unknown>)[Symbol.for(runtimeName)] as Runtime | undefined
  }

  /** Some module of user code has been rewritten and has run. */
  get hasModules(): boolean {
    return this.#modules.size > 0
  }

  /** A module of this name, path or URL, has been rewritten and has run. */
  has(file: string): boolean {
    return this.#modules.has(file)
  }

  /** The program has made the text of `error.stack` itself. */
  formatted(error: object, form: (file: string) => StackForm): void {
    this.#forms.set(error, form)
  }

  /** What the places of a file are in the `stack` of an error; undefined where Node has made it. */
  stackForm(error: unknown, file: string): StackForm | undefined {
    return typeof error === 'object' && error !== null ? this.#forms.get(error)?.(file) : undefined
  }

  /** Files of the rewritten modules that have run. */
  get files(): readonly string[] {
    return [...this.#modules.keys()]
  }

  /**
   * Tells which asynchronous context the caller runs in: an object that is the same during one request and different
   * in another. Frames of one thrown value in two contexts never mix.
   */
  setContext(context: (() => object | undefined) | undefined): void {
    this.#book.context = context
  }

  /** Adds a way to find the function table of a module. The last one that knows it wins. */
  addTables(finder: TableFinder): void {
    this.#finders.unshift(finder)
  }

  /** What is known of the functions of a module. */
  table(file: string): FunctionTable | undefined {
    return this.#modules.get(file)?.table() ?? this.#findTable(file)?.()
  }

  #findTable(file: string): (() => FunctionTable | undefined) | undefined {
    for (const finder of this.#finders) {
      const found = finder(file)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** 1-based column of the given text, for a place a stack names when no source maps are on. */
  originalColumn(file: string, line: number, column: number): number {
    const table = this.table(file)
    return table === undefined ? column : originalColumn(table, line, column)
  }

  /** So many rewritten modules have begun to run. */
  started = 0

  /** Called by the first line of a rewritten module. @returns its note function */
  module(file: string, evaluate: Evaluate, meta?: () => unknown): Note {
    this.started++
    const classes = new Map<string, Evaluate>()
    const book = this.#book
    const note = ((thrown, id, values, live, kept, caught, superAccess) => {
      const activation: Activation = {
        module: state,
        id,
        how: 'thrown',
        values,
        live,
        kept,
        superAccess,
        block: undefined,
      }
      book.add(thrown, activation, caught)
    }) as Note
    const passing =
      (how: 'born' | 'handed') =>
      <T>(thrown: T, ...rest: unknown[]): T => {
        try {
          const [id, values, live, kept, caught, superAccess, block] = rest as [number, ...never[]]
          const activation: Activation = { module: state, id, how, values, live, kept, superAccess, block }
          if (how === 'born' || book.isHanded(thrown)) book.add(thrown, activation, caught)
        } catch {
          // No stack left, or a copy of another version: the program goes on as if nobody had looked
        }
        return thrown
      }
    note.born = passing('born')
    note.handed = passing('handed')
    note.caught = (thrown) => book.caught(thrown)
    note.fresh = (thrown) => {
      try {
        book.fresh(thrown)
      } catch {
        // See above
      }
      return thrown
    }
    note.here = (id, values, live, superAccess) => {
      const activation: Activation | undefined =
        id < 0
          ? undefined
          : { module: state, id, how: 'thrown', values, live, kept: 0, superAccess, block: undefined }
      this.#here = activation
      // Another function of that name is called, and nobody asks
      if (activation !== undefined) {
        soon(() => {
          if (this.#here === activation) this.#here = undefined
        })
      }
    }
    note.stops = stopsAt
    note.enter = (id) => this.#active.enter(state, id, book.context?.())
    note.inside = (line, column, evaluateInside) => {
      classes.set(`${line}:${column}`, evaluateInside)
    }
    let found = this.#findTable(file)
    const table = (): FunctionTable | undefined => (found ??= this.#findTable(file))?.()
    const state: ModuleState = { file, evaluate, meta, note, classes, table }
    this.#modules.set(file, state)
    return note
  }

  /** The top level of a module: what its start-up code and its functions can name. */
  moduleFrame(file: string): Frame | undefined {
    const state = this.#modules.get(file)
    return state === undefined ? undefined : Frame.ofModule(state)
  }

  /**
   * The user frames a thrown value has passed, innermost first, and forgets them: the next throw of the same value
   * starts anew. Frames of the context the caller runs in (or of `context`) come first; if there are none, those of
   * the last throw anywhere.
   */
  takeFrames(thrown: unknown, context?: object): readonly Frame[] {
    return framesOf(this.#book.take(thrown, context))
  }

  /**
   * A falsy value (`throw null`, `throw ''`) that has left a user function in this context and that no user code has
   * caught. Express takes it for a plain `next()`, so nothing else ever shows that it was thrown.
   */
  escapedFalsy(context?: object): { readonly value: unknown } | undefined {
    return this.#book.escapedFalsy(context)
  }

  /**
   * For `breakpoint()`, in its first synchronous step: gives the frame of its caller to an object, as if that had been
   * thrown there. {@link Runtime.takeFrames} of the object then has the frame. Its variables are those of the running
   * function: what is assigned to them, it finds when it goes on.
   *
   * @param marker - most usefully an error that was made in the same step: its stack has the place
   * @returns false when the caller is not instrumented
   */
  adoptBreakpoint(marker: object): boolean {
    const here = this.#here
    if (here === undefined) return false
    this.#here = undefined
    this.#book.add(marker, here, undefined)
    return true
  }

  /**
   * The asynchronous functions of a context that have begun and not ended, the innermost last. Empty unless the
   * modules were rewritten with `requests`.
   */
  activeFrames(context: object): readonly ActiveFrame[] {
    return this.#active.of(context)
  }

  /** The same without forgetting; for causes, which other reports may need too. */
  peekFrames(thrown: unknown, context?: object): readonly Frame[] {
    return framesOf(this.#book.peek(thrown, context))
  }

  /**
   * The frames of earlier throws of the same value: it was caught, kept, and thrown again where nobody could tell that
   * it goes on (`catch (error) { last = error } … throw last`), or a promise that was rejected with it is awaited by
   * many. The latest of these throws in this context comes first, the very first one last.
   */
  earlierFrames(thrown: unknown, context?: object): readonly Frame[] {
    return this.#book.before(thrown, context).flatMap(framesOf)
  }
}

/** What `breakpoint()` of any copy of our packages leaves in the process. */
interface Stoppers {
  readonly functions: WeakSet<object>
  isInspected(): boolean
}

const stoppersKey = Symbol.for('throwpoint.stoppers.1')

function stopsAt(callee: () => unknown): boolean {
  try {
    const stoppers = (globalThis as { [stoppersKey]?: Stoppers })[stoppersKey]
    return stoppers?.isInspected() === true && stoppers.functions.has(callee() as object)
  } catch {
    // Its name has no value yet, or no stack is left: the call itself says so
    return false
  }
}

function framesOf(record: ThrowRecord | undefined): readonly Frame[] {
  if (record === undefined) return []
  return Frame.ofActivations(record.activations(), record.dropped)
}
