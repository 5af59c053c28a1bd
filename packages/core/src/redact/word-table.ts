import { codes, folded, foldName, hashOf } from './folded-name.ts'

/** Words as a name is folded, looked up in `codes` without making a string of it. */
export class WordTable<Value> {
  readonly #mask: number
  readonly #words: Array<string | undefined>
  readonly #values: Value[] = []

  /** @param most how many words are going to be added, at most */
  constructor(most: number) {
    let size = 8
    while (size < most * 4) size *= 2
    this.#mask = size - 1
    this.#words = []
    for (let at = 0; at < size; at++) this.#words[at] = undefined
  }

  /** The value of a word that is added again is the first one. */
  add(word: string, value: Value): void {
    foldName(word)
    const slot = this.#slot(0, folded.length, folded.hash)
    if (this.#words[slot] !== undefined) return
    let text = ''
    for (let at = 0; at < folded.length; at++) text += String.fromCharCode(codes[at]!)
    this.#words[slot] = text
    this.#values[slot] = value
  }

  /** The value of the name that was folded last. */
  get(): Value | undefined {
    const slot = this.#slot(0, folded.length, folded.hash)
    return this.#words[slot] === undefined ? undefined : this.#values[slot]
  }

  /** The value of a part of it. */
  find(from: number, to: number): Value | undefined {
    const slot = this.#slot(from, to, hashOf(from, to))
    return this.#words[slot] === undefined ? undefined : this.#values[slot]
  }

  /** Where the word is, or a free place for it. */
  #slot(from: number, to: number, hash: number): number {
    let slot = (hash ^ (hash >>> 15)) & this.#mask
    for (;;) {
      const word = this.#words[slot]
      if (word === undefined || isAt(word, from, to)) return slot
      slot = (slot + 1) & this.#mask
    }
  }
}

function isAt(word: string, from: number, to: number): boolean {
  if (word.length !== to - from) return false
  for (let at = 0; at < word.length; at++) if (word.charCodeAt(at) !== codes[from + at]) return false
  return true
}
