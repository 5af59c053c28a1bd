// Answers requests and tells whether anything of them is left.
const express = require('express')
const { debugMiddleware } = require('@throwpoint/express')
const { PassThrough } = require('node:stream')

const app = express()
app.use(debugMiddleware())
const alive = new Set()
app.use((req, res, next) => {
  alive.add(new WeakRef(req)).add(new WeakRef(res))
  next()
})
app.get('/ok', (req, res) => res.send('ok'))
app.get('/stream', (req, res) => {
  const source = new PassThrough()
  source.pipe(res)
  source.end('x'.repeat(1000))
})
app.get('/hang', () => {})

const server = app.listen(0, () => console.log(`listening ${server.address().port}`))

const runtime = globalThis[Symbol.for('throwpoint.runtime.1')]
process.on('SIGHUP', () => {
  // Two turns: a WeakRef that was read keeps its target until the end of one.
  setTimeout(() => {
    global.gc()
    setTimeout(() => {
      global.gc()
      const left = [...alive].filter((ref) => ref.deref() !== undefined).length
      console.log(
        `state ${JSON.stringify({ kept: runtime.requests.size, listed: runtime.requests.list().length, left })}`,
      )
    }, 20)
  }, 20)
})
