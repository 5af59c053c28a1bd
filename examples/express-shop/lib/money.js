'use strict'

/** "34.00 EUR" */
function formatPrice(price) {
  return `${(price.amount / 100).toFixed(2)} ${price.currency}`
}

module.exports = { formatPrice }
