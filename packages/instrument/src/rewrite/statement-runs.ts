import type { Span } from './scope.ts'

/** Finds the statements between the function declarations of a body. */
export class StatementRuns {
  readonly #runs: Span[] = []
  #start = -1
  #end = -1
  hasStatements = false
  hasFunctions = false

  /** Statements come in their order. */
  add(start: number, end: number, isFunction: boolean): void {
    this.hasStatements = true
    if (isFunction) {
      this.hasFunctions = true
      this.#flush()
    } else {
      if (this.#start === -1) this.#start = start
      this.#end = end
    }
  }

  #flush(): void {
    if (this.#start !== -1) this.#runs.push({ start: this.#start, end: this.#end })
    this.#start = -1
  }

  /** Undefined when there is no function declaration. */
  get runs(): readonly Span[] | undefined {
    if (!this.hasFunctions) return undefined
    this.#flush()
    return this.#runs
  }
}
