'use strict'

// The sandbox of the carrier, on the developer's own machine. It is not running.
const carrier = 'http://localhost:3999'

class ShippingError extends Error {
  name = 'ShippingError'

  constructor(country, options) {
    super(`There is no shipping rate for ${country}`, options)
    this.country = country
  }
}

/** What a parcel to a country costs, in cents. */
async function rateFor(country) {
  try {
    const response = await fetch(`${carrier}/rates/${country}`)
    return await response.json()
  } catch (cause) {
    throw new ShippingError(country, { cause })
  }
}

module.exports = { ShippingError, rateFor }
