import fs from 'node:fs'
import express from 'express'
import { debugMiddleware } from '@throwpoint/express'
import { evaluateLater } from './evaluate.cjs'

const app = express()
app.use(debugMiddleware({ dump: process.env.DUMPS ?? false, onReport: evaluateLater }))

async function load(id) {
  const password = 'hunter2-' + id
  const row = { id, price: id * 10 }
  await null
  if (row.price > 0) {
    const reason = `row ${id}`
    throw new Error(reason + password.length)
  }
  return row
}

async function total(id) {
  let sum = 1
  const found = await load(id)
  sum += found.price
  return sum
}

app.get('/nested/:id', async (req, res) => {
  const id = Number(req.params.id)
  const answer = await total(id)
  res.json(answer)
})

app.get('/next', (req, res, next) => {
  const order = { id: 7 }
  next(new Error(`order ${order.id}`))
})

app.get('/file', (req, res, next) => {
  const wanted = 'no-such-file'
  fs.readFile(wanted, (err) => next(err))
})

app.get('/deep', async (req, res) => {
  const top = 'top'
  await deep(12)
  res.end(top)
})

async function deep(level) {
  await null
  if (level === 0) throw new Error('deep')
  await deep(level - 1)
}

app.get('/late', (req, res) => {
  const early = 1
  if (early) fail()
  const late = 2
  res.end(String(late))
})

function fail() {
  throw new TypeError('late')
}

async function retry(job) {
  let last
  for (let turn = 0; turn < 3; turn++) {
    try {
      return await job(turn)
    } catch (error) {
      last = error
    }
  }
  throw last
}

app.get('/kept', async (req, res) => {
  const first = 7
  res.json(await retry((turn) => load(first + turn)))
})

const server = app.listen(0, () => console.log('listening', server.address().port))
