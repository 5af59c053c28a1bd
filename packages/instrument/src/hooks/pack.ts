import { fstatSync, readSync } from 'node:fs'

/** What is kept of one module. */
export interface Kept {
  /** The rewritten text; undefined when the module runs as it was written. */
  readonly code: string | undefined
  /** Why it does. */
  readonly untouched?: string | undefined
}

const magic = 0x32_4b_50_54
const headerLength = 32
/** So much is read at once, in bytes: modules are mostly asked for in the order in which they were added. */
const windowLength = 64 * 1024
/** Texts longer than this are not kept: a length read from a broken file must not be believed. */
const mostBytes = 64_000_000

/** Flags: that the result has characters of two bytes, and that it is a reason instead of code. */
const isWideResult = 1
const isReason = 2

interface Place {
  readonly start: number
  readonly end: number
}

/**
 * Many rewritten modules in one file: records one after the other, the later one of two with the same name counts.
 * The texts that were rewritten are in it too; comparing them is quicker than any hash, and certain. The file is
 * read piece by piece into the same memory: new memory costs more than reading.
 *
 * A record: magic, check sum of what follows, its length, flags, lengths of the three texts, nothing; then name and
 * source as UTF-8, and the result as Latin-1 or UTF-16, filled up to eight bytes. All numbers have 32 bits.
 */
export class Pack {
  readonly #file: number
  readonly #places = new Map<string, Place>()
  /** Of the file when it was opened. */
  readonly bytes: number
  /** Bytes of records that count. */
  live = 0
  /** Something in it cannot be read; what stands before it can. */
  isBroken = false

  /** A piece of the file. */
  #window = Buffer.alloc(0)
  #windowStart = 0
  #windowEnd = 0
  /** The text that is compared with it. */
  #given = Buffer.alloc(0)

  /** @param file - descriptor of a file that is open for reading; undefined for none */
  constructor(file: number | undefined) {
    this.#file = file ?? -1
    this.bytes = file === undefined ? 0 : fstatSync(file).size
    this.#index()
  }

  #index(): void {
    let start = 0
    while (start < this.bytes) {
      const header = this.#words(start, headerLength)
      const [sign, , length = 0, , nameLength = 0, sourceLength = 0, resultLength = 0] = header ?? []
      if (
        sign !== magic ||
        length % 8 !== 0 ||
        length < headerLength + nameLength + sourceLength + resultLength ||
        start + length > this.bytes ||
        (nameLength | sourceLength | resultLength) < 0
      ) {
        this.isBroken = true
        return
      }
      this.#add({ start, end: start + length }, nameLength)
      start += length
    }
  }

  #add(place: Place, nameLength: number): void {
    const bytes = this.#piece(place.start + headerLength, nameLength)
    if (bytes === undefined) return
    const name = bytes.toString()
    const before = this.#places.get(name)
    if (before !== undefined) {
      this.#forget(name, before)
    }
    // To the end: the order is that of the file
    this.#places.set(name, place)
    this.live += place.end - place.start
  }

  #forget(name: string, { start, end }: Place): void {
    this.#places.delete(name)
    this.live -= end - start
  }

  /** A piece of the file, until the next one is asked for; undefined when the file is shorter by now. */
  #piece(start: number, length: number): Buffer | undefined {
    if (start < this.#windowStart || start + length > this.#windowEnd) this.#read(start, length)
    const from = start - this.#windowStart
    return start + length > this.#windowEnd ? undefined : this.#window.subarray(from, from + length)
  }

  #read(start: number, length: number): void {
    if (this.#window.length < length || this.#window.length > 16 * windowLength) {
      // Memory of its own: pieces are read as numbers, too
      this.#window = Buffer.allocUnsafeSlow(Math.max(length, windowLength))
    }
    this.#windowStart = start
    this.#windowEnd = start + readSync(this.#file, this.#window, 0, this.#window.length, start)
  }

  #words(start: number, length: number): Int32Array | undefined {
    const piece = this.#piece(start, length)
    if (piece === undefined) return undefined
    return new Int32Array(piece.buffer, piece.byteOffset, length >> 2)
  }

  find(name: string, source: string): Kept | undefined {
    const place = this.#places.get(name)
    // Half of a surrogate pair is no UTF-8
    if (place === undefined || !source.isWellFormed()) return undefined
    const { start, end } = place
    const words = this.#words(start, end - start)
    if (words === undefined) return undefined
    const [, sum, , flags = 0, nameLength = 0, sourceLength = 0, resultLength = 0] = words
    const sourceEnd = headerLength + nameLength + sourceLength
    const piece = this.#piece(start, end - start)!
    if (!this.#isSame(source, piece, sourceEnd - sourceLength, sourceEnd)) return undefined
    if (checkSum(words) !== sum) {
      this.isBroken = true
      this.#forget(name, place)
      return undefined
    }
    const encoding = (flags & isWideResult) === 0 ? 'latin1' : 'utf16le'
    const text = piece.toString(encoding, sourceEnd, sourceEnd + resultLength)
    return (flags & isReason) === 0 ? { code: text } : { code: undefined, untouched: text }
  }

  #isSame(source: string, piece: Buffer, from: number, to: number): boolean {
    if (source.length > to - from) return false
    // Room for one character too many
    if (this.#given.length < to - from + 4) this.#given = Buffer.allocUnsafeSlow(to - from + windowLength)
    const written = this.#given.write(source, 0, to - from + 4)
    return written === to - from && piece.compare(this.#given, 0, written, from, to) === 0
  }

  /** The records that count, the newest of them if there are more than so many bytes. */
  compacted(most: number): Buffer {
    const chosen: Buffer[] = []
    let size = 0
    for (const { start, end } of [...this.#places.values()].reverse()) {
      size += end - start
      if (size > most) break
      const words = this.#words(start, end - start)
      if (words !== undefined && checkSum(words) === words[1])
        chosen.push(Buffer.from(this.#piece(start, end - start)!))
    }
    return Buffer.concat(chosen.reverse())
  }
}

/** One record; undefined when it cannot be kept. */
export function record(name: string, source: string, { code, untouched }: Kept): Buffer | undefined {
  const result = code ?? untouched ?? ''
  if (!source.isWellFormed() || !name.isWellFormed()) return undefined
  const encoding = /[^\0-\xff]/.test(result) ? 'utf16le' : 'latin1'
  const texts = [Buffer.from(name), Buffer.from(source), Buffer.from(result, encoding)]
  const size = texts.reduce((sum, { length }) => sum + length, headerLength)
  if (size > mostBytes) return undefined
  const length = Math.ceil(size / 8) * 8
  const buffer = Buffer.from(new ArrayBuffer(length))
  const words = new Int32Array(buffer.buffer)
  words[0] = magic
  words[2] = length
  words[3] = (encoding === 'utf16le' ? isWideResult : 0) | (code === undefined ? isReason : 0)
  words.set(
    texts.map((text) => text.length),
    4,
  )
  let at = headerLength
  for (const text of texts) at += text.copy(buffer, at)
  words[1] = checkSum(words)
  return buffer
}

/** Against accidents: a half-written file, a broken disk. */
function checkSum(words: Int32Array): number {
  let sum = 0x9e_37_79_b9 | 0
  for (let index = 2; index < words.length; index++)
    sum = Math.imul(sum ^ words[index]!, 0x9e_37_79_b1) ^ (sum >>> 15)
  return sum
}
