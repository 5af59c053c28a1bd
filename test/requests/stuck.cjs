// Requests that wait for what never comes, and some that do not.
const express = require('express')
const { debugMiddleware } = require('@throwpoint/express')

const app = express()
app.use(debugMiddleware({ onReport: (report) => console.log(`report ${JSON.stringify(report)}`) }))

function never(what) {
  return new Promise(() => what === 5 && console.log('charging'))
}

async function chargeCard(card) {
  await never(card)
}

async function lookUp(id) {
  const row = await never(id)
  return row
}

class Store {
  async load() {
    await Promise.resolve()
    for await (const part of parts()) return part
  }
}

async function* parts() {
  yield await never()
}

app.get('/pay', async (req, res) => {
  await chargeCard(5)
  res.end()
})
app.get('/look', async (req, res) => {
  res.json(await lookUp(req.query.id))
})
app.get('/load', async (req, res) => {
  res.json(await new Store().load())
})
app.get('/forgotten', () => {})
app.get('/half', async (req, res) => {
  res.write('a beginning')
  await never()
})
app.get('/events', (req, res) => {
  res.setHeader('content-type', 'text/event-stream')
  res.write('data: 1\n\n')
})
app.get('/writing', (req, res) => {
  res.write('.')
  const timer = setInterval(() => res.write('.'), 100)
  res.on('close', () => clearInterval(timer))
})
app.post('/upload', async (req, res) => {
  for await (const _ of req);
  res.end()
})
app.get('/fail', async () => {
  throw new Error('fails')
})
app.get('/ok', (req, res) => res.send('ok'))

if (process.env.OWN_LISTENER === '1') process.on('SIGUSR2', () => console.log('own SIGUSR2'))

function ready() {
  if (process.env.AFTER_SIGNAL === '1' && process.listenerCount('SIGUSR2') === 0)
    return void setTimeout(ready, 10)
  if (process.env.OWN_LISTENER === 'late') process.once('SIGUSR2', () => process.kill(process.pid, 'SIGUSR2'))
  console.log(`listening ${server.address().port}`)
}

const server = app.listen(0, ready)
