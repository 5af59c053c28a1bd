// A server with failing routes, as somebody writes it. Its port goes to a file, as the terminal is what is tested.
// Its transcripts are in test/prompt/transcripts, with the lines of this file.
import { appendFileSync, writeFileSync } from 'node:fs'
import express from 'express'
import { debugMiddleware } from '../../packages/express/dist/index.js'

const orders = new Map([['7', { id: '7', items: [{ name: 'tea', price: 4 }, { name: 'cup' }] }]])

function priceOf(item) {
  const digits = 2
  return item.price.toFixed(digits)
}

async function total(order) {
  let sum = 0
  for (const item of order.items) {
    sum += Number(priceOf(item))
  }
  return sum
}

const load = async (id) => orders.get(id)

const app = express()
// Otherwise Express prints each error itself, at a moment that no transcript can know.
app.set('env', 'test')
app.use(debugMiddleware({ terminal: 'session' }))
app.get('/', (_req, res) => res.send('home'))
app.get('/log', (_req, res) => {
  console.log('application: a line of its own')
  res.send('logged')
})
app.get('/orders/:id', async (req, res) => {
  const order = await load(req.params.id)
  res.json({ total: await total(order) })
})
app.get('/other/:n', (req) => {
  throw new RangeError(`other ${req.params.n}`)
})
const server = app.listen(0, () => {
  const { port } = server.address()
  if (process.env.PORT_FILE) {
    writeFileSync(`${process.env.PORT_FILE}.new`, '')
    appendFileSync(process.env.PORT_FILE, `${process.pid} ${port}\n`)
  }
  console.log('listening')
})
