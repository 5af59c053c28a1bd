/** Cuts what arrives into lines, and gives up at one that is too long. */
export class Lines {
  readonly #most: number
  #parts: Buffer[] = []
  #bytes = 0

  /** @param most bytes of one line */
  constructor(most: number) {
    this.#most = most
  }

  /** @returns false when a line is too long: nothing that follows can be understood */
  push(chunk: Buffer, take: (line: string) => void): boolean {
    let from = 0
    for (;;) {
      const end = chunk.indexOf(0x0a, from)
      const part = chunk.subarray(from, end === -1 ? chunk.length : end)
      this.#bytes += part.length
      if (this.#bytes > this.#most) {
        this.#parts = []
        return false
      }
      if (part.length > 0) this.#parts.push(part)
      if (end === -1) return true
      const line = Buffer.concat(this.#parts, this.#bytes).toString()
      this.#parts = []
      this.#bytes = 0
      if (line.trim() !== '') take(line)
      from = end + 1
    }
  }
}
