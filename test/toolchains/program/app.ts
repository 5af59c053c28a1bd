import express from 'express'
import type { AddressInfo } from 'node:net'
import { debugMiddleware } from '@throwpoint/express'
import { price } from './price.ts'

interface Order {
  readonly id: number
  readonly rows: readonly string[]
}

const app = express()
app.use(debugMiddleware())

async function load(id: number): Promise<Order> {
  await Promise.resolve()
  return { id, rows: ['a', 'b'] }
}

app.get('/fail/:id', async function fail(req, res) {
  const order: Order = await load(Number(req.params['id']))
  if (order.id < 0) {
    const negative: boolean = true
    res.json(negative)
  }
  for (const row of order.rows as string[]) {
    const cents: number = price<string>(row, order.id)
    const later = cents
    res.set('x-cents', String(later))
  }
})

const server = app.listen(0, '127.0.0.1', () => {
  console.log(`listening ${(server.address() as AddressInfo).port} ${process.pid}`)
})
