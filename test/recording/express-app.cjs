'use strict'
// An application that reads bodies in every way there is. What it saw goes back as the answer.
const http = require('node:http')
const http2 = require('node:http2')
const { createHash } = require('node:crypto')
const { PassThrough, pipeline } = require('node:stream')
const express = require(process.env.EXPRESS ?? 'express')
const { debugMiddleware } = require('@throwpoint/express')

const app = express()
app.use('/behind', (req, res, next) => setTimeout(next, 50))
app.use('/eaten', express.raw({ type: '*/*' }))
const options = process.env.RECORDS === undefined ? {} : { record: process.env.RECORDS }
if (process.env.THROWPOINT_TEST !== 'off') app.use(debugMiddleware({ terminal: 'off', ...options }))

const sha = (bytes) => createHash('sha256').update(bytes).digest('hex')

/** Every event of the request, in order, as the application sees it. */
function eventsOf(req) {
  const events = []
  const emit = req.emit
  req.emit = function (name, ...rest) {
    events.push(name === 'data' ? `data ${rest[0].length}` : String(name))
    return emit.call(this, name, ...rest)
  }
  return events
}

app.post(['/flowing', '/behind/flowing'], (req, res) => {
  const events = eventsOf(req)
  const chunks = []
  req.on('data', (chunk) => {
    chunks.push(Buffer.from(chunk))
    // What the application does with its chunk is its own affair.
    chunk.fill(0)
  })
  req.on('end', () =>
    res.json({ sha: sha(Buffer.concat(chunks)), events: events.length > 100 ? [] : events }),
  )
})
app.post('/paused', (req, res) => {
  const chunks = []
  req.on('readable', () => {
    for (let chunk = req.read(7); chunk !== null; chunk = req.read(7)) chunks.push(chunk)
    for (let chunk = req.read(); chunk !== null; chunk = req.read()) chunks.push(chunk)
  })
  req.on('end', () => res.json({ sha: sha(Buffer.concat(chunks)) }))
})
app.post('/iterated', async (req, res) => {
  const chunks = []
  for await (const chunk of req) chunks.push(chunk)
  res.json({ sha: sha(Buffer.concat(chunks)) })
})
app.post('/piped', (req, res) => {
  res.type('application/octet-stream')
  pipeline(req, new PassThrough(), res, () => {})
})
app.post('/text', (req, res) => {
  req.setEncoding('utf8')
  let text = ''
  req.on('data', (part) => (text += part))
  req.on('end', () => res.type('text').send(text.toUpperCase()))
})
app.post('/json', express.json({ limit: '5mb' }), (req, res) => res.json({ got: req.body }))
app.post('/raw', express.raw({ type: '*/*', limit: '5mb' }), (req, res) => res.json({ sha: sha(req.body) }))
app.post('/eaten', (req, res) => res.json({ sha: sha(req.body) }))
app.post('/unread', (req, res) => res.status(204).end())
app.post('/throws', express.json(), (req, res) => {
  const total = req.body.items.length
  throw new Error(`cannot take ${total} items`)
})
app.get('/later', (req, res) => {
  res.json({ ok: true })
  setTimeout(() => Promise.reject(new Error('after the answer')), 20)
})
app.get('/breaks', (req, res) => {
  res.type('text/plain')
  res.write('half')
  setTimeout(() => res.destroy(new Error('no more')), 20)
})
app.get('/binary', (req, res) => {
  res.set('X-Two', ['a', 'b'])
  res.writeHead(201, { 'Content-Type': 'image/x', 'X-Late': 'yes' })
  res.write(Buffer.from([0, 255, 1, 254]))
  res.write('c3a9', 'hex')
  res.end('end', 'latin1')
})
app.get('/compressed', require('compression')({ threshold: 0 }), (req, res) => {
  res.json({ token: 'abcdef0123456789abcdef', text: 'x'.repeat(2000) })
})
app.get(
  '/counter',
  (() => {
    let count = 0
    return (req, res) => res.json({ path: req.originalUrl, count: ++count, host: req.headers.host })
  })(),
)
app.get('/secret', (req, res) => {
  if (req.headers.authorization !== 'Bearer S3CR3T-header-4711aaaa')
    return res.status(401).json({ error: 'no' })
  res.set('Set-Cookie', 'sid=S3CR3T-setcookie-99zz88; Path=/').json({ hello: 'you' })
})
app.get('/exit', () => process.exit(0))
app.get('/crash', () => {
  setImmediate(() => {
    throw new Error('the process dies')
  })
})

process.on('unhandledRejection', () => {})
const server = process.env.HTTP2 === '1' ? http2.createServer(app) : http.createServer(app)
server.listen(0, '127.0.0.1', () => console.log('listening', server.address().port))
process.stdin.resume().on('end', () => process.exit(0))
