import type { Tape } from './tape.ts'

/** Exchanges that stay in memory, and bytes of their bodies. */
const mostTapes = 50
const mostBytes = 16 * 1024 * 1024

/** The last exchanges, the newest last. What is forgotten first is the oldest. */
export class Ring {
  readonly #tapes: Tape[] = []
  #bytes = 0

  add(tape: Tape): void {
    this.#tapes.push(tape)
    this.#bytes += sizeOf(tape)
    while (this.#tapes.length > mostTapes || this.#bytes > mostBytes) {
      this.#bytes -= sizeOf(this.#tapes.shift()!)
    }
  }

  list(): readonly Tape[] {
    return this.#tapes
  }

  /** The exchange in which this was reported. */
  ofReport(id: string): Tape | undefined {
    return this.#tapes.findLast(({ exceptions }) => exceptions.some(({ report }) => report === id))
  }
}

function sizeOf({ request, response }: Tape): number {
  return request.kept.byteLength + response.kept.byteLength
}
