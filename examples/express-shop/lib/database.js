'use strict'

const { setTimeout: delay } = require('node:timers/promises')

/** A stand-in for the shop's database: asynchronous, and with the gaps that real data has. */

const products = [
  { slug: 'oak-bowl', name: 'Oak bowl', price: { amount: 3400, currency: 'EUR' } },
  { slug: 'stoneware-mug', name: 'Stoneware mug', price: { amount: 1850, currency: 'EUR' } },
  // Imported from the supplier's list, which names no price yet.
  { slug: 'linen-apron', name: 'Linen apron', price: null },
  { slug: 'walnut-board', name: 'Walnut board', price: { amount: 5200, currency: 'EUR' } },
]

const customers = new Map([
  [1, { name: 'Ada Byron', email: 'ada@example.com', vatNumber: 'DE811907980', address: { city: 'Berlin' } }],
  [2, { name: 'Grace Murray', email: 'grace@example.com', vatNumber: null, address: { city: 'Bremen' } }],
  // Bought as a guest and picked the order up: neither an address nor a mailbox.
  [3, { name: 'Guest', email: undefined, vatNumber: null, address: null }],
])

// Orders 1001 to 1040. Customer 4 has closed the account since.
const orders = Array.from({ length: 40 }, (_, index) => ({
  id: 1001 + index,
  customerId: index === 24 ? 4 : index % 8 === 7 ? 3 : (index % 2) + 1,
  lines: [{ slug: products[index % 2].slug, count: 1 + (index % 3) }],
  total: { amount: (1 + (index % 3)) * products[index % 2].price.amount, currency: 'EUR' },
}))

const carts = new Map([['17', { lines: [{ slug: 'oak-bowl', count: 2 }] }]])

const vouchers = [{ code: 'WELCOME', percent: 10 }]

const findProduct = (slug) => products.find((product) => product.slug === slug)

async function findCustomer(id) {
  await delay(1)
  return customers.get(id)
}

async function findOrder(id) {
  await delay(1)
  return orders.find((order) => order.id === Number(id))
}

async function findCart(id) {
  await delay(1)
  return carts.get(id)
}

async function findVoucher(code) {
  await delay(1)
  return vouchers.find((voucher) => voucher.code === code)
}

/** Reads the orders page by page, as a database driver's cursor does. */
class OrderCursor {
  #open = true

  async *[Symbol.asyncIterator]() {
    for (let start = 0; start < orders.length; start += 8) {
      await delay(5)
      for (const order of orders.slice(start, start + 8)) {
        yield { ...order, customer: customers.get(order.customerId) }
      }
    }
    this.close()
  }

  close() {
    if (!this.#open) throw new Error('The cursor has already been closed')
    this.#open = false
  }
}

module.exports = { OrderCursor, findCart, findCustomer, findOrder, findProduct, findVoucher, products }
