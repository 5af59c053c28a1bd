// One server of the benchmark of the preload: node server.js <framework> <middleware: 0|1>. Answers over IPC.
import http from 'node:http'

const [framework, middleware] = process.argv.slice(2)
process.env.NODE_ENV = 'development'

async function price(row, rate) {
  const net = await Promise.resolve(row.amount * row.price)
  return net * rate
}

async function awaits(times) {
  let sum = 0
  for (let index = 0; index < times; index++) {
    const row = { amount: index, price: 2 }
    sum += await price(row, 1.19)
  }
  return sum
}

async function express() {
  const { default: create } = await import('express')
  const app = create()
  if (middleware === '1') {
    const { debugMiddleware } = await import('@throwpoint/express')
    app.use(debugMiddleware({ terminal: 'off' }))
  }
  app.get('/awaits', async (_req, res) => res.json({ sum: await awaits(20) }))
  return app
}

async function koa() {
  const { default: Koa } = await import('koa')
  const app = new Koa()
  if (middleware === '1') {
    const { debugMiddleware } = await import('@throwpoint/koa')
    app.use(debugMiddleware({ terminal: 'off' }))
  }
  app.use(async (ctx) => {
    if (ctx.path === '/awaits') ctx.body = { sum: await awaits(20) }
  })
  return app.callback()
}

const server = http.createServer(framework === 'koa' ? await koa() : await express())
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', (question) => {
  if (question === 'cpu') {
    const { user, system } = process.cpuUsage()
    process.send(user + system)
  } else process.exit()
})
process.on('disconnect', () => process.exit())
