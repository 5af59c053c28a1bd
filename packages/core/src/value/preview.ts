import type { Property, Value } from '@throwpoint/protocol'
import type { Kind } from './identify.ts'
import { stringSlice, toJson } from './intrinsics.ts'
import { fitted } from './text.ts'

/** Characters of a preview, and of one value in it, roughly. */
const length = 120
const partLength = 40
const mostParts = 8

/** The short form of an object's contents, for one line: `{ id: 7, rows: Array(2) }`. */
export class Preview {
  readonly #kind: Kind
  #text = ''
  #parts = 0
  #cut = false

  constructor(kind: Kind) {
    this.#kind = kind
  }

  add({ name, kind, key, value }: Property): void {
    if (this.#parts === mostParts || this.#text.length >= length) {
      this.#cut = true
      return
    }
    const part =
      key !== undefined
        ? `${brief(key)} => ${brief(value)}`
        : kind === 'entry' || isIndex(name, kind, this.#kind)
          ? brief(value)
          : `${fitted(name, partLength)}: ${brief(value)}`
    this.#text += `${this.#parts === 0 ? '' : ', '}${part}`
    this.#parts++
  }

  text(cut: boolean): string {
    const list = this.#kind === 'array' || this.#kind === 'typedarray'
    const more = cut || this.#cut ? (this.#parts === 0 ? '…' : ', …') : ''
    const inner = this.#text + more
    if (inner === '') return list ? '[]' : '{}'
    return list ? `[ ${inner} ]` : `{ ${inner} }`
  }
}

function isIndex(name: string, kind: Property['kind'], of: Kind): boolean {
  return (of === 'array' || of === 'typedarray') && kind === 'data' && name[0] === '['
}

function brief(value: Value): string {
  if (typeof value.value !== 'string') return fitted(value.description, partLength)
  const text = fitted(value.value, partLength)
  return `'${stringSlice(toJson(text), 1, -1)}'`
}
