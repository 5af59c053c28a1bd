'use strict'
// Values to throw, the hostile ones among them. Each call makes a new one.
const vm = require('node:vm')

const refuse = () => {
  throw new Error('a trap was called')
}
const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, refuse]))

const values = {
  error: () => new Error('boom'),
  string: () => 'a thrown string',
  number: () => 42,
  symbol: () => Symbol('thrown'),
  function: () => function thrown() {},
  'status-object': () => ({ status: 418 }),
  null: () => null,
  undefined: () => undefined,
  zero: () => 0,
  false: () => false,
  nan: () => Number.NaN,
  'empty-string': () => '',
  'null-prototype': () => Object.create(null),
  frozen: () => Object.freeze(new Error('frozen')),
  bigint: () => 42n,
  'throwing-proxy': () => new Proxy({}, traps),
  'revoked-proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  'throwing-stack': () => Object.defineProperty(new Error('no stack'), 'stack', { get: refuse }),
  'proxied-error': () => new Proxy(new Error('proxied'), {}),
  'other-realm': () => vm.runInNewContext('new Error("another realm")'),
  'dom-exception': () => new DOMException('not now', 'InvalidStateError'),
  aggregate: () => new AggregateError([new Error('one'), new TypeError('two')], 'several'),
  cause: () => new Error('outer', { cause: new Error('inner') }),
  'self-cause': () => {
    const error = new Error('its own cause')
    return Object.assign(error, { cause: error })
  },
  'object-message': () => Object.assign(new Error('x'), { message: { not: 'a string' } }),
  'numeric-stack': () => Object.assign(new Error('numeric stack'), { stack: 42 }),
  'bad-headers': () => Object.assign(new Error('bad headers'), { status: 500, headers: { 'bad name': 'x' } }),
  'throwing-headers': () =>
    Object.defineProperty(Object.assign(new Error('no headers'), { status: 500 }), 'headers', {
      get: refuse,
    }),
  'bad-status': () => Object.assign(new Error('bad status'), { status: 9999 }),
  'client-error': () => Object.assign(new Error('Request failed with status code 404'), { status: 404 }),
}

const boom = (message = 'boom') => new Error(message)

/** A turn of the event loop or a few: what was written before has left. */
const soon = () => new Promise((resolve) => setTimeout(resolve, 8))

module.exports = { values, boom, soon }
