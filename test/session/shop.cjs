const express = require('express')
const { debugMiddleware } = require('@throwpoint/express')
const { sessions } = require('./sessions.cjs')

const taxes = new Map([['de', 0.19]])
let sold = 0
const tick = () => new Promise((resolve) => setImmediate(resolve))

class Order {
  #secret = 'internal'
  constructor(id, rows) {
    this.id = id
    this.rows = rows
  }

  get total() {
    sold += 1
    return this.rows.reduce((sum, row) => sum + row.price, 0)
  }

  first() {
    return this.rows[0].name + this.#secret.length
  }
}

const find = (id) =>
  Promise.resolve({
    id,
    name: `customer ${id}`,
    apiKey: ['sk', 'live', '4eC39HqLyjWDarjtT1zdp7dc'].join('_'),
  })

async function load(id) {
  const rows = [
    { name: 'tea', price: 3 },
    { name: 'cup', price: 9 },
  ]
  await tick()
  if (id > 99) throw new Error(`no order ${id}`, { cause: new RangeError('id is too large') })
  return new Order(id, rows)
}

async function price(order, { country = 'de', password } = {}) {
  const rate = taxes.get(country)
  let sum = 0
  for (const [index, row] of order.rows.entries()) {
    const c = index * 2
    sum += row.price * (1 + rate) + c
    if (index === 1)
      throw new TypeError(`no price for ${row.name}`, { cause: new Error('the catalogue is closed') })
  }
  const done = password.length
  return sum + done
}

const app = express()
app.use(debugMiddleware({ terminal: process.env.HOLD === '1' ? 'session' : 'report' }))
app.use(express.json())

app.post('/orders/:id', async (req, res) => {
  const password = ['correct', 'horse', 'battery'].join(' ')
  const token = ['Zx9kQ2mN7', 'pR4tV6wB3'].join('')
  void token
  const order = await load(Number(req.params.id))
  const total = await price(order, { country: req.query.country, password })
  res.json({ total })
})

app.get('/find/:id', async (req, res) => res.json(await find(req.params.id)))

app.use((err, req, res, next) => {
  void next
  res.status(500).send(`the application says: ${err.message}`)
})

const server = app.listen(0, '127.0.0.1', () => sessions(server.address().port))
