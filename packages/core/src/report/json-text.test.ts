import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { jsonText } from './json-text.ts'

const polluted = Object.prototype as { toJSON?: unknown }
afterEach(() => {
  delete polluted.toJSON
})

describe('jsonText', () => {
  it('is what JSON.stringify makes, also where Object.prototype has a toJSON, which is not called', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, withUndefined) => {
        const whole = withUndefined ? { value, list: [undefined, value], nothing: undefined } : value
        const expected = JSON.stringify(whole)
        expect(jsonText(whole)).toBe(expected)
        polluted.toJSON = () => {
          throw new Error('called')
        }
        const text = jsonText(whole)
        delete polluted.toJSON
        expect(text).toBe(expected)
      }),
    )
  })
})
