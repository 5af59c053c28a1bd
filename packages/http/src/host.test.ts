import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAllowedHost, isLoopbackAddress } from './host.ts'

const rules = { hosts: ['app.test'], localAddress: '127.0.0.1' }

describe('isAllowedHost', () => {
  it('takes localhost, names below it, loopback addresses and the names of the option', () => {
    for (const name of [
      'localhost',
      'a.localhost',
      'a-1.b.localhost',
      '127.0.0.1',
      '[::1]',
      'app.test',
      'APP.TEST',
    ]) {
      expect(isAllowedHost(name, rules)).toBe(true)
      expect(isAllowedHost(`${name}:3000`, rules)).toBe(true)
    }
  })

  it.each([
    ['192.168.1.5', '192.168.1.5'],
    ['[fe80::1]', 'fe80::1%eth0'],
    ['[fd00::a]', 'FD00::A'],
    ['10.0.0.1', '::ffff:10.0.0.1'],
  ])('takes %s when the connection was made to %s, and not otherwise', (host, localAddress) => {
    expect(isAllowedHost(host, { hosts: [], localAddress })).toBe(true)
    expect(isAllowedHost(`${host}:80`, { hosts: [], localAddress })).toBe(true)
    expect(isAllowedHost(host, { hosts: [], localAddress: '127.0.0.1' })).toBe(false)
    expect(isAllowedHost(host, { hosts: [], localAddress: undefined })).toBe(false)
  })

  it('takes nothing else', () => {
    const allowed =
      /^(?:(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*localhost|127\.0\.0\.1|\[::1\]|app\.test)(?::\d{1,5})?$/i
    const pieces = fc.constantFrom(
      'localhost',
      '127.0.0.1',
      '[::1]',
      'app.test',
      'evil.example',
      '.',
      ':',
      '@',
      '/',
      '#',
      '?',
      '\\',
      ' ',
      ',',
      '-',
      '%',
      '\u0000',
      '\u212a',
      'ſ',
      '80',
      '0x7f.1',
      '\t',
      '[',
      ']',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 5 }).map((some) => some.join('')),
          fc.string(),
        ),
        (host) => {
          expect(isAllowedHost(host, rules)).toBe(allowed.test(host))
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('isLoopbackAddress', () => {
  it.each(['127.0.0.1', '127.0.0.53', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::FFFF:127.0.0.1'])(
    '%s is',
    (address) => {
      expect(isLoopbackAddress(address)).toBe(true)
    },
  )

  it.each([
    undefined,
    '',
    '128.0.0.1',
    '10.0.0.1',
    '192.168.0.1',
    '::',
    '0.0.0.0',
    '::ffff:10.0.0.1',
    'fe80::1',
    '1127.0.0.1',
    '127.0.0.1.evil',
    '::ffff:7f00:1x',
  ])('%s is not', (address) => {
    expect(isLoopbackAddress(address)).toBe(false)
  })
})
