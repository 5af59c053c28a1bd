'use strict'

const { setTimeout: delay } = require('node:timers/promises')

function sendMail(address, subject) {
  const [mailbox, domain] = address.split('@')
  console.log(`mail to ${mailbox} at ${domain}: ${subject}`)
}

/** Asks the warehouse to pack an order. */
async function notifyWarehouse(order) {
  await delay(20)
  const heavy = order.lines.filter(({ count }) => count > 2)
  if (heavy.length > 0) throw new Error(`The warehouse takes at most 2 of ${heavy[0].slug} in one parcel`)
}

module.exports = { notifyWarehouse, sendMail }
