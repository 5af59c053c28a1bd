/** What comes from the keyboard. */
export type Key =
  /** Bytes for the line editor. */
  | { readonly kind: 'text'; readonly bytes: Buffer }
  | { readonly kind: 'enter' }
  | { readonly kind: 'tab' }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'end' }
  | { readonly kind: 'suspend' }
  /** Pasted, whole: it may have line feeds, and none of it is a command by itself. */
  | { readonly kind: 'paste'; readonly text: string }

const begin = Buffer.from('\u001b[200~')
const end = Buffer.from('\u001b[201~')
/** Bytes of one paste at most; the rest is dropped. */
const pasteLimit = 1 << 20

const controls: Readonly<Record<number, Key['kind']>> = {
  0x03: 'interrupt',
  0x04: 'end',
  0x09: 'tab',
  0x0a: 'enter',
  0x0d: 'enter',
  0x1a: 'suspend',
}

/** Takes the bytes of a terminal apart; what is split over two chunks is put together. */
export class Keys {
  #pasting = false
  #pasted: Buffer[] = []
  #size = 0
  /** A chunk that ends in the middle of a marker. */
  #rest: Buffer = Buffer.alloc(0)
  #afterReturn = false

  read(chunk: Buffer): Key[] {
    const keys: Key[] = []
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    this.#rest = Buffer.alloc(0)
    while (bytes.length > 0) bytes = this.#pasting ? this.#paste(bytes, keys) : this.#type(bytes, keys)
    return keys
  }

  #type(bytes: Buffer, keys: Key[]): Buffer {
    const at = bytes.indexOf(begin)
    // A lone Esc is a key: nobody waits for more of it.
    const typed = at === -1 ? bytes.subarray(0, bytes.length - begun(bytes, begin, 3)) : bytes.subarray(0, at)
    this.#split(typed, keys)
    if (at === -1) {
      this.#rest = bytes.subarray(typed.length)
      return Buffer.alloc(0)
    }
    this.#pasting = true
    return bytes.subarray(at + begin.length)
  }

  #paste(bytes: Buffer, keys: Key[]): Buffer {
    const at = bytes.indexOf(end)
    const text = at === -1 ? bytes.subarray(0, bytes.length - begun(bytes, end, 1)) : bytes.subarray(0, at)
    if (this.#size < pasteLimit) this.#pasted.push(text.subarray(0, pasteLimit - this.#size))
    this.#size += text.length
    if (at === -1) {
      this.#rest = bytes.subarray(text.length)
      return Buffer.alloc(0)
    }
    keys.push({ kind: 'paste', text: clean(Buffer.concat(this.#pasted).toString('utf8')) })
    this.#pasting = false
    this.#pasted = []
    this.#size = 0
    return bytes.subarray(at + end.length)
  }

  #split(bytes: Buffer, keys: Key[]): void {
    let from = 0
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!
      const kind = controls[byte]
      const twice = byte === 0x0a && this.#afterReturn
      this.#afterReturn = byte === 0x0d
      if (kind === undefined) continue
      if (at > from) keys.push({ kind: 'text', bytes: bytes.subarray(from, at) })
      if (!twice) keys.push({ kind } as Key)
      from = at + 1
    }
    if (from < bytes.length) keys.push({ kind: 'text', bytes: bytes.subarray(from) })
  }
}

/** How many of the last bytes may be the beginning of a marker; fewer than `least` do not count. */
function begun(bytes: Buffer, marker: Buffer, least: number): number {
  for (let length = Math.min(marker.length - 1, bytes.length); length >= least; length--) {
    if (bytes.subarray(bytes.length - length).equals(marker.subarray(0, length))) return length
  }
  return 0
}

/** As lines; without what a line editor would take for a key. */
function clean(text: string): string {
  return (
    text
      .replace(/\r\n?/g, '\n')
      .replace(/\t/g, '  ')
      // oxlint-disable-next-line no-control-regex -- controls are what it is about
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '')
      .replace(/\n+$/, '')
  )
}
