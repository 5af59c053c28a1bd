// What stays of a failed request, and what fake timers do: node --expose-gc held.cjs <held|timers>. Prints JSON.
process.env.NODE_ENV = 'development'
const http = require('node:http')
const { mock } = require('node:test')
const express = require('express')
const debugMiddleware = require('@throwpoint/express')

const [mode] = process.argv.slice(2)
const app = express()
const responses = []
let reports = 0
app.use(debugMiddleware({ terminal: 'off', onReport: () => reports++ }))
app.set('env', 'test')
app.get('/fails', (req, res) => {
  responses.push(new WeakRef(res))
  throw new Error('a failure')
})
app.get('/silent', (req, res, next) => next(new Error('nobody answers')))
app.use((error, req, res, next) => {
  if (req.path !== '/silent') next(error)
})
const server = app.listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  const get = (path) =>
    new Promise((resolve) => {
      http.get({ port, host: '127.0.0.1', path, agent: false }, (res) => res.resume().on('end', resolve))
    })
  const wait = setTimeout
  if (mode === 'timers') mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  if (mode === 'timers') {
    // Nobody answers: it is told of after two seconds.
    void get('/silent')
    while (reports === 0 && process.uptime() < 50) await new Promise((resolve) => wait(resolve, 100))
    process.stdout.write(JSON.stringify({ reports, held: 0 }), () => process.exit())
    return
  }
  for (let i = 0; i < 20; i++) await get('/fails')
  while (reports < 20 && process.uptime() < 50) await new Promise((resolve) => wait(resolve, 10))
  // Long before two seconds, after which it would go anyway.
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => wait(resolve, 60))
    gc()
  }
  const held = responses.filter((response) => response.deref() !== undefined).length
  process.stdout.write(JSON.stringify({ reports, held }), () => process.exit())
})
