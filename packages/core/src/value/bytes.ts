import * as own from './intrinsics.ts'

/** Bytes that are shown of one buffer. */
export const shownBytes = 64

/** The first bytes of a Buffer, ArrayBuffer or DataView; undefined when they were transferred. */
export function firstBytes(object: object): { bytes: Uint8Array; length: number; size: number } | undefined {
  try {
    const { buffer, offset, size } = bytesIn(object)
    const length = size < shownBytes ? size : shownBytes
    return { bytes: own.bytesOf(buffer, offset, length), length, size }
  } catch {
    return undefined
  }
}

function bytesIn(object: object): { buffer: ArrayBufferLike; offset: number; size: number } {
  if (own.types.isTypedArray(object)) {
    const buffer = own.typedArrayBuffer(object)
    return { buffer, offset: own.typedArrayOffset(object), size: own.typedArrayBytes(object) }
  }
  if (own.types.isDataView(object)) {
    const buffer = own.dataViewBuffer(object)
    return { buffer, offset: own.dataViewOffset(object), size: own.dataViewBytes(object) }
  }
  return { buffer: object as ArrayBuffer, offset: 0, size: own.bufferBytes(object) }
}

const digits = '0123456789abcdef'
const characters: readonly string[] = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))

/** Bytes as hexadecimal numbers, and as text in which a secret can be found. */
export function bytesAsText(bytes: Uint8Array, length: number): { hex: string; text: string } {
  let hex = ''
  let text = ''
  for (let at = 0; at < length; at++) {
    const byte = bytes[at]!
    hex += `${at === 0 ? '' : ' '}${digits[byte >> 4]!}${digits[byte & 15]!}`
    text += characters[byte]!
  }
  return { hex, text }
}
