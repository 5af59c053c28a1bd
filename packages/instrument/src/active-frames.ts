import type { Place } from './function-table.ts'
import type { ModuleState } from './runtime.ts'

/** More unfinished functions than this are not registered in one context. */
const most = 10_000

/** Lines and columns share one small integer. */
const columnBits = 10

/** The place of an `await` as rewritten code tells it. */
export function packPlace({ line, column }: Place): number {
  return (line << columnBits) | Math.min(column, (1 << columnBits) - 1)
}

/** One asynchronous function that has begun and not ended. */
export interface ActiveFrame {
  /** Index in the function table of the module. */
  readonly functionId: number
  readonly functionName: string
  /** As a stack shows it: a path, or a URL for an ES module. */
  readonly file: string
  /** The `await` it has come to last, or where it begins; both 1-based, in the text the rewriter was given. */
  readonly line: number
  readonly column: number
}

interface List {
  readonly owner: ActiveFrames
  first: Entry | undefined
  last: Entry | undefined
  count: number
}

/** What a rewritten function holds while it runs. */
export class Entry {
  /** Set by the function itself before each `await`. */
  at = 0
  readonly module: ModuleState
  readonly id: number
  #list: List | undefined
  #before: Entry | undefined
  #after: Entry | undefined

  constructor(module: ModuleState, id: number, list: List | undefined) {
    this.module = module
    this.id = id
    this.#list = list
    if (list === undefined) return
    this.#before = list.last
    if (list.last === undefined) list.first = this
    else list.last.#after = this
    list.last = this
    list.count++
  }

  get after(): Entry | undefined {
    return this.#after
  }

  leave(): void {
    const list = this.#list
    if (list === undefined) return
    const before = this.#before
    const after = this.#after
    if (before === undefined) list.first = after
    else before.#after = after
    if (after === undefined) list.last = before
    else after.#before = before
    list.count--
    this.#list = undefined
    this.#before = undefined
    this.#after = undefined
    if (list.count === 0) list.owner.forget(list)
  }
}

/** The asynchronous functions of each context that have begun and not ended. */
export class ActiveFrames {
  readonly #lists = new WeakMap<object, List>()
  /** The last context: one request enters many functions in a row, and a weak map is slow. */
  #lastContext: object | undefined
  #lastList: List | undefined

  enter(module: ModuleState, id: number, context: object | undefined): Entry {
    if (context === undefined) return new Entry(module, id, undefined)
    const list = this.#listOf(context)
    return new Entry(module, id, list.count < most ? list : undefined)
  }

  #listOf(context: object): List {
    if (context === this.#lastContext) return this.#lastList!
    let list = this.#lists.get(context)
    if (list === undefined)
      this.#lists.set(context, (list = { owner: this, first: undefined, last: undefined, count: 0 }))
    this.#lastContext = context
    this.#lastList = list
    return list
  }

  /** A shortcut must not hold a request that is over. */
  forget(list: object): void {
    if (this.#lastList !== list) return
    this.#lastContext = undefined
    this.#lastList = undefined
  }

  /** In the order in which they have begun: the innermost is the last. */
  of(context: object): readonly ActiveFrame[] {
    const frames: ActiveFrame[] = []
    for (let entry = this.#lists.get(context)?.first; entry !== undefined; entry = entry.after) {
      const { module, id, at } = entry
      const known = module.table()?.functions[id]
      const place =
        at === 0
          ? (known?.start ?? { line: 1, column: 1 })
          : { line: at >> columnBits, column: at & ((1 << columnBits) - 1) }
      frames.push({ functionId: id, functionName: known?.name ?? '', file: module.file, ...place })
    }
    return frames
  }
}
