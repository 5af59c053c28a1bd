// One route for each way to stop. The error handler changes the message before it logs, as applications do.
'use strict'
const { setTimeout } = require('node:timers/promises')
const express = require('express')
const { debugMiddleware, breakpoint } = require('@throwpoint/express')

const app = express()
app.use(
  debugMiddleware({
    enabled: true,
    terminal: 'off',
    page: false,
    break: process.env.BREAK ? 'boundary' : false,
  }),
)
app.get('/sync', function sync() {
  const secret = 'a variable'
  throw Object.assign(new TypeError('thrown'), { secret })
})
app.get('/async', async function later() {
  await setTimeout(1)
  throw new RangeError('rejected')
})
app.get('/null', (req, res, next) => {
  next('a string')
})
app.get('/breakpoint', async function handler(req, res) {
  let count = 41
  await breakpoint() // awaited
  void breakpoint() // here
  count += 1
  res.send(`count ${count}`)
})
app.get('/inspector/open', (req, res) => {
  require('node:inspector').open(0)
  res.send('open')
})
app.get('/inspector/close', (req, res) => {
  require('node:inspector').close()
  res.send('closed')
})
app.use((error, req, res, next) => {
  if (error instanceof Error) {
    error.message = `${error.message}, as the application says it`
    console.log(error.stack.split('\n')[0])
  }
  next(error)
})
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`listening ${server.address().port}`)
})
