import type { Value } from '@throwpoint/protocol'
import { expect, test } from 'vitest'
import { readValue, reportOfThrown } from '../../../../test/read-corpus.ts'
import type { Redactor } from '../redact/redactor.ts'

const secret = 'S3CR3T-0123456789'

/** Hides by the name `password`, and the secret itself in texts; remembers what it was asked. */
function redactorWith(asked: Array<[string, unknown]> = []): Redactor {
  return {
    hides(name, value) {
      asked.push([name, value])
      return /password/i.test(name)
    },
    text: (text) => text.replaceAll(secret, '[redacted]'),
    header: (name, value) => (/authorization/i.test(name) ? '[redacted]' : value),
  }
}

function read(value: unknown): Value {
  return readValue(value, { redactor: redactorWith() })
}

const bySecretName: Record<string, unknown> = {
  'a property': { password: secret },
  'a property that is not enumerable': Object.defineProperty({}, 'password', { value: secret }),
  'a property under a symbol': { [Symbol('password')]: secret },
  'an entry of a Map': new Map([['password', secret]]),
  'a parameter of a URL': new URLSearchParams({ password: secret }),
  'a pair in a list': [
    ['password', secret],
    ['user', 'ada'],
  ],
  'a pair in a Set': new Set([['password', secret]]),
  'a name and a value': { fields: [{ name: 'password', value: secret }] },
  'a key and a value': { key: 'password', value: secret },
  'a property of an array': Object.assign(['a', 'b'], { password: secret }),
  'a property of a Map': Object.assign(new Map(), { password: secret }),
  'a static property': class {
    static password = secret
  },
  'a container': { password: { first: secret, list: [secret] } },
  'a property of an error': Object.assign(new Error('e'), { password: secret }),
}

for (const [name, value] of Object.entries(bySecretName)) {
  test(`${name} is hidden by its name`, () => {
    const plain: Redactor = { ...redactorWith(), text: (text) => text }
    const text = JSON.stringify(readValue(value, { redactor: plain }))
    expect(text).not.toContain(secret)
    expect(text).toContain('"unavailable":"redacted"')
    expect(text).toContain('[redacted]')
  })
}

const bySecretText: Record<string, unknown> = {
  'a string': `before ${secret} after`,
  'a boxed string': Object(secret),
  'a key of a Map': new Map([[secret, 1]]),
  'a name of a property': { [secret]: 1 },
  'a description of a symbol': Symbol(secret),
  'a key that is a symbol': { [Symbol(secret)]: 1 },
  'a pattern': new RegExp(secret),
  'a message': new Error(secret),
  'a name of an error': Object.assign(new Error('e'), { name: secret }),
  'a buffer': Buffer.from(secret),
  'an ArrayBuffer': new TextEncoder().encode(secret).buffer,
  'a URL': new URL(`http://localhost/?q=${secret}`),
  'a nested string': { a: [{ b: new Set([secret]) }] },
}

for (const [name, value] of Object.entries(bySecretText)) {
  test(`a secret in ${name} is hidden`, () => {
    const text = JSON.stringify(read(value))
    expect(text).not.toContain(secret)
    expect(text).not.toContain('53 33 43 52 33 54')
    expect(text).toContain('redacted')
  })
}

test('a secret at the limit of a string is recognised as a whole', () => {
  const text = `${'x'.repeat(95)}${secret}${'y'.repeat(1000)}`
  const { value } = readValue(text, { redactor: redactorWith(), limits: { stringLength: 100 } })
  expect(value).toBe(`${'x'.repeat(95)}[reda`)
})

test('the name is asked for before the value is read, and with the value itself', () => {
  const asked: Array<[string, unknown]> = []
  const inner = { id: 1 }
  readValue({ inner, list: [inner] }, { redactor: redactorWith(asked) })
  expect(asked.map(([name]) => name)).toEqual(['inner', 'list', 'id'])
  expect(asked[0]![1]).toBe(inner)
})

test('items of a list have no name, but the value of a pair has one', () => {
  const asked: Array<[string, unknown]> = []
  readValue([1, ['name', 'value'], ['one'], ['a', 'b', 'c']], { redactor: redactorWith(asked) })
  expect(asked).toEqual([['name', 'value']])
})

test('a list of two words is no pair', () => {
  expect(JSON.stringify(read({ fields: ['password', 'visible'] }))).toContain('visible')
})

test('raw headers are shown as headers', () => {
  const rawHeaders = ['Authorization', `Bearer ${secret}`, 'Host', 'localhost', 'X-Password', 'a']
  const { preview } = read({ rawHeaders }).children![0]!.value
  expect(preview).toBe("[ 'Authorization', '[redacted]', 'Host', 'localhost', 'X-Password', 'a' ]")
})

test('a variable is hidden by its name', () => {
  const reader = { redactor: redactorWith() }
  expect(readValue({ a: 1 }, reader)).not.toHaveProperty('unavailable')
  expect(read({ password: undefined }).children![0]!.value).toEqual({
    type: 'undefined',
    description: '[redacted]',
    unavailable: 'redacted',
  })
})

test('an error says nothing of it anywhere', () => {
  const cause = Object.assign(new Error(`cause ${secret}`), { name: secret, code: secret })
  const error = Object.assign(new Error(`outer ${secret}`, { cause }), {
    sql: `select '${secret}'`,
    [secret]: 1,
    config: { headers: { password: 'by-its-name' }, list: [['password', 'by-its-name']] },
    password: 'by-its-name',
  })
  const text = JSON.stringify(reportOfThrown(error, { redactor: redactorWith() }))
  expect(text).not.toContain(secret)
  expect(text).not.toContain('by-its-name')
  expect(text.match(/\[redacted\]/g)!.length).toBeGreaterThan(8)
})
