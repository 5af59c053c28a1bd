import { describe, expect, it } from 'vitest'
import { Redaction } from '../redact/redaction.ts'
import { hideParams } from './hide-params.ts'

function hidden(url: string, params: unknown): string {
  return hideParams(url, params, new Redaction().forReport())
}

describe('hideParams', () => {
  it.each([
    ['/reset/hunter22/now?full=1', { token: 'hunter22' }, '/reset/[redacted]/now?full=1'],
    ['/reset/h%C3%BCnter%2022', { token: 'hünter 22' }, '/reset/[redacted]'],
    ['/reset/h%75nter22', { token: 'hunter22' }, '/reset/[redacted]'],
    ['/keys/hunter22.pem', { secret: 'hunter22' }, '/keys/[redacted].pem'],
    ['/a/xyz/b?x=xyz#xyz', { password: 'xyz' }, '/a/[redacted]/b?x=xyz#xyz'],
    ['/axyz/xyz', { password: 'xyz' }, '/axyz/[redacted]'],
    ['/%zz/hunter22', { password: 'hunter22' }, '/%zz/[redacted]'],
  ])('hides in %s what a parameter with the name of a secret took', (url, params, shown) => {
    expect(hidden(url, params)).toBe(shown)
  })

  it('leaves other pieces, and runs nothing of the application', () => {
    const trap = new Proxy({}, { ownKeys: () => expect.unreachable('a trap') })
    const getter = {
      get token(): string {
        return expect.unreachable('a getter')
      },
    }
    for (const params of [{ id: 'hunter22' }, { token: '' }, undefined, null, 'token', trap, getter])
      expect(hidden('/reset/hunter22?token=x', params)).toBe('/reset/hunter22?token=x')
  })
})
