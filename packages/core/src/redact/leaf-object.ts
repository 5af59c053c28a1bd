import { types } from 'node:util'

const { isAnyArrayBuffer, isArrayBufferView, isBoxedPrimitive } = types

/** Whether an object is a value and no container: bytes, or a boxed primitive. Asks no proxy. */
export function isLeafObject(value: unknown): boolean {
  return isArrayBufferView(value) || isAnyArrayBuffer(value) || isBoxedPrimitive(value)
}
