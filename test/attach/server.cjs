// Fails in its requests, waits in others, and ends when it is told to. As a cluster with WORKERS.
const cluster = require('node:cluster')
const express = require('express')
const { debugMiddleware } = require('@throwpoint/express')

function serve() {
  const app = express()
  app.use(debugMiddleware())

  async function price(basket) {
    const item = basket.items.at(-1)
    await Promise.resolve()
    return item.price
  }

  app.get('/fail/:name', async (req, res) => {
    const basket = { name: req.params.name, items: [] }
    res.json(await price(basket))
  })
  app.get('/ok', (req, res) => res.send('ok'))

  const never = () => new Promise(() => {})
  const stock = async () => {
    await never()
  }
  async function* rows() {
    yield await never()
  }
  async function ship(order) {
    for await (const row of rows(order)) console.log(row)
  }
  app.get('/stuck/1', async (req, res) => {
    await stock()
    res.end()
  })
  app.get('/stuck/2', async (req, res) => {
    await ship(7)
    res.end()
  })
  app.get('/stuck/3', async (req, res) => {
    const answers = await Promise.all([never(), never()])
    res.json(answers)
  })
  app.get('/resources', (req, res) => res.json(process.getActiveResourcesInfo()))
  app.get('/end', (req, res) => {
    res.end('ends')
    server.close()
    server.closeAllConnections()
  })
  app.get('/exit', () => process.exit(0))

  const server = app.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
    const { port } = server.address()
    if (cluster.isWorker) process.send({ port })
    else console.log(`listening ${port}`)
  })
}

const workers = Number(process.env.WORKERS ?? 0)
if (workers > 0 && cluster.isPrimary) {
  let up = 0
  cluster.on('message', (_, { port }) => {
    up += 1
    if (up === workers) console.log(`listening ${port}`)
  })
  for (let at = 0; at < workers; at++) cluster.fork()
} else serve()
