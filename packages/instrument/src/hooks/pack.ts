/** What is kept of one module. */
export interface Kept {
  /** The rewritten text; undefined when the module runs as it was written. */
  readonly code: string | undefined
  /** Why it does. */
  readonly untouched?: string | undefined
}

const magic = 0x32_4b_50_54
const headerLength = 32
/** Texts longer than this are not kept: a length read from a broken file must not be believed. */
const mostBytes = 64_000_000

/** Flags: which texts have characters of two bytes, and that there is a reason instead of code. */
const wideName = 1
const wideSource = 2
const wideCode = 4
const isReason = 8

interface Place {
  readonly start: number
  readonly end: number
}

/**
 * Many rewritten modules in one file: records one after the other, the later one of two with the same name counts.
 * The texts that were rewritten are in it too; comparing them is quicker than any hash, and certain.
 *
 * A record: magic, check sum of what follows, its length, flags, lengths of the three texts, nothing; then name,
 * source and result, filled up to eight bytes. All numbers have 32 bits.
 */
export class Pack {
  readonly #buffer: Buffer
  readonly #words: Int32Array
  readonly #places = new Map<string, Place>()
  /** Bytes of records that count. */
  live = 0
  /** Something in it cannot be read; what stands before it can. */
  isBroken = false

  constructor(buffer: Buffer) {
    this.#buffer = buffer
    // A buffer of a file begins at the start of its memory, and is as long as it says
    const aligned = buffer.byteOffset % 4 === 0 ? buffer : Buffer.from(new Uint8Array(buffer).buffer)
    this.#words = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2)
    this.#index()
  }

  static empty(): Pack {
    return new Pack(Buffer.alloc(0))
  }

  get bytes(): number {
    return this.#buffer.length
  }

  #index(): void {
    const words = this.#words
    let start = 0
    while (start < this.#buffer.length) {
      const at = start >> 2
      const length = words[at + 2] ?? 0
      const texts = (words[at + 4] ?? 0) + (words[at + 5] ?? 0) + (words[at + 6] ?? 0)
      if (
        words[at] !== magic ||
        length % 8 !== 0 ||
        length < headerLength + texts ||
        start + length > this.#buffer.length ||
        (words[at + 4]! | words[at + 5]! | words[at + 6]!) < 0
      ) {
        this.isBroken = true
        return
      }
      this.#add({ start, end: start + length })
      start += length
    }
  }

  #add(place: Place): void {
    const name = this.#name(place)
    const before = this.#places.get(name)
    if (before !== undefined) {
      this.live -= before.end - before.start
      // To the end: the order is that of the file
      this.#places.delete(name)
    }
    this.#places.set(name, place)
    this.live += place.end - place.start
  }

  #name({ start }: Place): string {
    const at = start >> 2
    const from = start + headerLength
    return this.#text(from, from + this.#words[at + 4]!, (this.#words[at + 3]! & wideName) !== 0)
  }

  #text(start: number, end: number, wide: boolean): string {
    return this.#buffer.toString(wide ? 'utf16le' : 'latin1', start, end)
  }

  find(name: string, source: string): Kept | undefined {
    const place = this.#places.get(name)
    if (place === undefined) return undefined
    const { start, end } = place
    const words = this.#words
    const at = start >> 2
    const flags = words[at + 3]!
    const nameEnd = start + headerLength + words[at + 4]!
    const sourceEnd = nameEnd + words[at + 5]!
    const wide = (flags & wideSource) !== 0
    if (words[at + 5]! !== source.length * (wide ? 2 : 1)) return undefined
    if (this.#text(nameEnd, sourceEnd, wide) !== source) return undefined
    if (checkSum(words, at + 2, end >> 2) !== words[at + 1]) {
      this.isBroken = true
      this.#places.delete(name)
      this.live -= end - start
      return undefined
    }
    const text = this.#text(sourceEnd, sourceEnd + words[at + 6]!, (flags & wideCode) !== 0)
    return (flags & isReason) === 0 ? { code: text } : { code: undefined, untouched: text }
  }

  /** The records that count, the newest of them if there are more than so many bytes. */
  compacted(most: number): Buffer {
    const chosen: Buffer[] = []
    let size = 0
    for (const { start, end } of [...this.#places.values()].reverse()) {
      size += end - start
      if (size > most) break
      if (checkSum(this.#words, (start >> 2) + 2, end >> 2) === this.#words[(start >> 2) + 1])
        chosen.push(this.#buffer.subarray(start, end))
    }
    return Buffer.concat(chosen.reverse())
  }
}

/** One record; undefined when it would be too long. */
export function record(name: string, source: string, { code, untouched }: Kept): Buffer | undefined {
  const result = code ?? untouched ?? ''
  const wide = [name, source, result].map(isWide)
  const lengths = [name, source, result].map((text, index) => text.length * (wide[index]! ? 2 : 1))
  const size = headerLength + lengths[0]! + lengths[1]! + lengths[2]!
  if (size > mostBytes) return undefined
  const length = Math.ceil(size / 8) * 8
  const buffer = Buffer.from(new ArrayBuffer(length))
  const words = new Int32Array(buffer.buffer)
  words[0] = magic
  words[2] = length
  words[3] =
    (wide[0]! ? wideName : 0) |
    (wide[1]! ? wideSource : 0) |
    (wide[2]! ? wideCode : 0) |
    (code === undefined ? isReason : 0)
  words.set(lengths, 4)
  let at = headerLength
  for (const [index, text] of [name, source, result].entries())
    at += buffer.write(text, at, wide[index]! ? 'utf16le' : 'latin1')
  words[1] = checkSum(words, 2, words.length)
  return buffer
}

function isWide(text: string): boolean {
  return /[^\0-\xff]/.test(text)
}

/** Against accidents: a half-written file, a broken disk. */
function checkSum(words: Int32Array, from: number, to: number): number {
  let sum = 0x9e_37_79_b9 | 0
  for (let index = from; index < to; index++)
    sum = Math.imul(sum ^ words[index]!, 0x9e_37_79_b1) ^ (sum >>> 15)
  return sum
}
