'use strict'
// An application that does to its output what applications do.
const write = process.stdout.write
if (process.env.PATCH === 'before') patch()
const express = require('express')
const { debugMiddleware } = require('@throwpoint/express')

const app = express()
app.use(debugMiddleware())
if (process.env.PATCH === 'after') patch()
app.use(express.json())
app.post('/orders/:id', (req) => {
  const order = { id: req.params.id, ...req.body }
  console.log(JSON.stringify({ level: 30, msg: 'failing', order: order.id }))
  throw new RangeError(`no order ${order.id}`)
})
app.use((error, req, res, next) => {
  console.log(JSON.stringify({ level: 50, msg: error.message, same: error instanceof RangeError }))
  next(error)
})
const server = app.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ level: 30, msg: 'listening', port: server.address().port })),
)
// At a terminal the keys are not ours.
if (!process.stdin.isTTY) process.stdin.resume().on('end', () => process.exit(0))

function patch() {
  process.stdout.write = function (chunk, ...rest) {
    return write.call(this, String(chunk).replace('level', 'LEVEL'), ...rest)
  }
}
