/** A place in the text the rewriter was given; both numbers are 1-based. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** Where the value of a variable is found in a note: see the arguments of the note function in the runtime. */
export type Slot = 'value' | 'live' | 'kept'

export interface VariableEntry {
  readonly name: string
  readonly slot: Slot
  readonly index: number
  /** An assignment from outside reaches the variable. */
  readonly writable: boolean
  /** Declared by `const`. */
  readonly constant?: boolean
  /** A `let` or `const`: from here on it has its value; before, it is uninitialised. */
  readonly from?: Place
  /** Where the outermost loop around it begins: an earlier turn may have left a value. */
  readonly loop?: Place
}

export interface ScopeEntry {
  readonly type: 'local' | 'block' | 'closure'
  /** Only a frame that stands between these two places has the names of a block. */
  readonly start?: Place
  readonly end?: Place
  readonly variables: readonly VariableEntry[]
}

/** One function of a module, or one block that keeps its own names. */
export interface FunctionEntry {
  readonly kind: 'function' | 'block'
  readonly name: string
  /** The function a block stands in. */
  readonly owner?: number
  readonly async: boolean
  readonly start: Place
  readonly end: Place
  /** The one place it tells of, which is known beforehand. */
  readonly at?: Place
  /** The first value of a note is `this`. */
  readonly hasThis: boolean
  /**
   * Names of its simple parameters, in order: what `arguments` can be made of where the function does not use it.
   * Undefined for an arrow function, which has none of its own.
   */
  readonly parameters?: readonly string[] | undefined
  readonly scopes: readonly ScopeEntry[]
  /** The innermost class around it that has private names. */
  readonly privateClass?: Place
  /** Why the function runs as it was written. */
  readonly untouched?: string
}

/** What is known of the functions of one module from its text alone. */
export interface FunctionTable {
  readonly version: 1
  readonly file: string
  readonly kind: 'module' | 'commonjs' | 'script'
  /** Names of the module scope. */
  readonly names: readonly string[]
  readonly functions: readonly FunctionEntry[]
  /**
   * Where pieces of the given text begin in the rewritten one: line, rewritten column, given column, over and over.
   * Columns of lines that are not named are the same.
   */
  readonly columns: readonly number[]
  /** Where the given text came from, when a compiler made it of another and left a map. */
  readonly upstream?: UpstreamPlaces | undefined
}

/** Places of the given text and of the one it was compiled from. */
export interface UpstreamPlaces {
  /** The compiler worked in memory: both texts have the name of one file. */
  readonly inMemory: boolean
  /** `file` is a path, or a URL for what is no file. */
  original(place: Place): (Place & { readonly file: string }) | undefined
  /** All places of the given text that came from a place of the original. */
  given(file: string, place: Place): readonly Place[]
}

/** 1-based column in the given text of a place in the rewritten one; lines are the same. */
export function originalColumn({ columns }: FunctionTable, line: number, column: number): number {
  let found = column
  for (let index = 0; index < columns.length; index += 3) {
    if (columns[index] !== line) continue
    const [rewritten, given] = [columns[index + 1]!, columns[index + 2]!]
    // Text put in between two pieces belongs to where the second one begins
    if (rewritten > column) return Math.min(found, given)
    found = given + column - rewritten
  }
  return found
}
