'use strict'

/** As the SDK of the provider does it: what it throws are plain objects. */
async function balance(number) {
  await null
  if (number.startsWith('TEST')) return { number, amount: 2500, currency: 'EUR' }
  throw { code: 'card_blocked', number, retryable: false }
}

module.exports = { balance }
