'use strict'

const fs = require('node:fs')
const path = require('node:path')
const { Readable, Transform, pipeline } = require('node:stream')
const { pipeline: pipelined } = require('node:stream/promises')
const { createGzip } = require('node:zlib')
const { Router } = require('express')
const { OrderCursor, findCustomer, findOrder } = require('../lib/database.js')
const { formatPrice } = require('../lib/money.js')
const { notifyWarehouse, sendMail } = require('../lib/messages.js')

const router = Router()
const archive = path.join(__dirname, '../data/archive')

async function* csvRows() {
  yield 'order,customer,total\n'
  for await (const { id, customer, total } of new OrderCursor()) {
    yield `${id},${customer.email ?? ''},${formatPrice(total)}\n`
  }
}

router.get('/orders.csv', (req, res) => {
  res.type('csv')
  const { year } = req.query
  const rows = year ? fs.createReadStream(path.join(archive, `orders-${year}.csv`)) : Readable.from(csvRows())
  rows.pipe(res)
})

router.get('/orders.csv.gz', (req, res) => {
  res.type('gz').attachment('orders.csv.gz')
  pipeline(csvRows(), createGzip(), res, (error) => {
    if (error) console.error(`export: ${error.message}`)
  })
})

router.get('/orders.ndjson', async (req, res) => {
  res.type('application/x-ndjson')
  for await (const { id, customer, total } of new OrderCursor()) {
    res.write(`${JSON.stringify({ id, city: customer.address?.city, total })}\n`)
  }
  res.end()
})

// Address labels, one a line, for the printer in the warehouse.
router.get('/orders/labels', (req, res) => {
  const labels = new Transform({
    writableObjectMode: true,
    transform({ id, customer }, encoding, callback) {
      if (!customer?.address) return callback(new Error(`Order ${id} has no address to print`))
      callback(null, `${id} ${customer.name}, ${customer.address.city}\n`)
    },
  })
  Readable.from(new OrderCursor()).pipe(labels).pipe(res.type('text'))
})

async function* turnover() {
  const cursor = new OrderCursor()
  try {
    let cents = 0
    for await (const order of cursor) {
      cents += order.total.amount
      yield `${order.id} ${cents}\n`
    }
  } finally {
    cursor.close()
  }
}

router.get('/orders/turnover', async (req, res) => {
  await pipelined(turnover(), res.type('text'))
})

router.get('/orders/:id/invoice', async (req, res) => {
  const order = await findOrder(req.params.id)
  const customer = await findCustomer(order.customerId)
  res.render('invoice', { order, customer, formatPrice })
})

router.get('/orders/:id/invoice.pdf', (req, res) => {
  res.sendFile(`invoice-${Number(req.params.id)}.pdf`, { root: archive })
})

router.post('/orders/:id/confirm', async (req, res) => {
  const order = await findOrder(req.params.id)
  const customer = await findCustomer(order.customerId)
  res.status(202).json({ confirmed: order.id })
  // Not while the customer waits.
  setTimeout(() => {
    sendMail(customer.email, `Your order ${order.id}`)
  }, 50)
})

router.post('/orders/:id/ship', async (req, res) => {
  const order = await findOrder(req.params.id)
  notifyWarehouse(order)
  res.status(202).json({ shipping: order.id })
})

module.exports = router
