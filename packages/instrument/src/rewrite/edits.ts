/** Where a piece of the original text came to stand. */
export interface Chunk {
  /** Offset in the result. */
  readonly to: number
  /** Offset in the original. */
  readonly from: number
  /** As long as this, the two run in step. */
  readonly length: number
}

interface Insertions {
  closers: string
  openers: string
}

/**
 * Text put into, or over, a source. Nothing here holds a line break, so lines never move.
 * At one position, what closes comes before what opens, and the outer one opens first and closes last: callers add
 * in the order of the text, outer before inner.
 */
export class Edits {
  readonly #source: string
  readonly #insertions = new Map<number, Insertions>()
  readonly #replacements = new Map<number, { end: number; text: string }>()

  constructor(source: string) {
    this.#source = source
  }

  #at(position: number): Insertions {
    let entry = this.#insertions.get(position)
    if (entry === undefined) this.#insertions.set(position, (entry = { closers: '', openers: '' }))
    return entry
  }

  open(position: number, text: string): void {
    this.#at(position).openers += text
  }

  close(position: number, text: string): void {
    const entry = this.#at(position)
    entry.closers = text + entry.closers
  }

  replace(start: number, end: number, text: string): void {
    this.#replacements.set(start, { end, text })
  }

  apply(): { readonly code: string; readonly chunks: readonly Chunk[] } {
    const positions = [...new Set([...this.#insertions.keys(), ...this.#replacements.keys()])].sort(
      (a, b) => a - b,
    )
    const parts: string[] = []
    const chunks: Chunk[] = []
    let from = 0
    let to = 0
    const copy = (end: number): void => {
      if (end <= from) return
      parts.push(this.#source.slice(from, end))
      chunks.push({ from, to, length: end - from })
      to += end - from
      from = end
    }
    for (const position of positions) {
      copy(position)
      const insertion = this.#insertions.get(position)
      if (insertion !== undefined) {
        const text = insertion.closers + insertion.openers
        parts.push(text)
        to += text.length
      }
      const replacement = this.#replacements.get(position)
      if (replacement !== undefined) {
        parts.push(replacement.text)
        chunks.push({ from, to, length: 1 })
        to += replacement.text.length
        from = replacement.end
      }
    }
    copy(this.#source.length)
    return { code: parts.join(''), chunks }
  }
}

/** Offsets to 1-based lines and columns. */
export class Lines {
  readonly #source: string
  #found: number[] | undefined

  constructor(source: string) {
    this.#source = source
  }

  /** Looked for when somebody asks: most modules have nobody who does. */
  get #starts(): number[] {
    return (this.#found ??= lineStarts(this.#source))
  }

  get count(): number {
    return this.#starts.length
  }

  start(line: number): number {
    return this.#starts[line - 1] ?? Infinity
  }

  place(offset: number): { line: number; column: number } {
    const starts = this.#starts
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - starts[low]! + 1 }
  }
}

function lineStarts(source: string): number[] {
  const starts = [0]
  for (let index = 0; index < source.length; index++) {
    const code = source.charCodeAt(index)
    if (
      code === 10 ||
      (code === 13 && source.charCodeAt(index + 1) !== 10) ||
      code === 0x2028 ||
      code === 0x2029
    ) {
      starts.push(index + 1)
    }
  }
  return starts
}
