import { bare, type Draft } from './draft.ts'
import { bigIntText, isSame, symbolText } from './intrinsics.ts'
import { type CutText, longestText, quoted } from './text.ts'

/** Redacts a text and cuts it to a length. */
export type ShowText = (text: string, length: number) => CutText

/** Larger integers are not written out: that takes seconds for those that fill the memory. */
const largeInteger = 2n ** 4096n
const descriptionLength = 500

/** Describes what is no object. */
export function describePrimitive(value: unknown, stringLength: number, show: ShowText): Draft {
  switch (typeof value) {
    case 'string':
      return describeString(value, stringLength, show)
    case 'number':
      return describeNumber(value)
    case 'bigint':
      return describeBigInt(value)
    case 'symbol': {
      const { text, size } = show(symbolText(value) ?? '', descriptionLength)
      return bare<Draft>({ type: 'symbol', description: `Symbol(${text}${size === undefined ? '' : '…'})` })
    }
    case 'boolean':
      return bare<Draft>({ type: 'boolean', description: value ? 'true' : 'false', value })
    case 'undefined':
      return bare<Draft>({ type: 'undefined', description: 'undefined' })
    default:
      return bare<Draft>({ type: 'object', subtype: 'null', description: 'null', value: null })
  }
}

function describeString(value: string, stringLength: number, show: ShowText): Draft {
  if (value.length > longestText) {
    const description = `a string of ${value.length} characters`
    return bare<Draft>({ type: 'string', description, size: value.length, unavailable: 'string-length' })
  }
  const { text, size } = show(value, stringLength)
  const draft = bare<Draft>({ type: 'string', description: quoted(text, descriptionLength), value: text })
  if (size !== undefined) {
    draft.size = size
    draft.unavailable = 'string-length'
  }
  return draft
}

function describeNumber(value: number): Draft {
  const description = isSame(value, -0) ? '-0' : `${value}`
  if (description === '-0' || value - value !== 0) {
    return bare<Draft>({ type: 'number', description, unserializableValue: description })
  }
  return bare<Draft>({ type: 'number', description, value })
}

function describeBigInt(value: bigint): Draft {
  if (value > largeInteger || value < -largeInteger) {
    return bare<Draft>({
      type: 'bigint',
      description: 'an integer of more than 4096 bits',
      unavailable: 'string-length',
    })
  }
  const text = `${bigIntText(value)}n`
  return bare<Draft>({ type: 'bigint', description: text, unserializableValue: text })
}
