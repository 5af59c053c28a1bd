// An application whose every answer is its own, or the framework's: node express-app.cjs <express alias> <with|without>.
// Tells over IPC in which order what happened to each request.
process.env.NODE_ENV = 'development'
const [alias, mode] = process.argv.slice(2)
const { createReadStream } = require('node:fs')
const { createHash } = require('node:crypto')
const { pipeline, Readable, PassThrough, Transform } = require('node:stream')
const express = require(alias)
const compression = require('compression')
const session = require('express-session')
const createError = require('http-errors')
const morgan = require('morgan')

const app = express()
if (mode === 'with')
  app.use(require('@throwpoint/express')({ terminal: 'off', onReport: (report) => tell('', report) }))

let log = []
function tell(id, what) {
  if (typeof what === 'object') process.send({ report: { boundary: what.boundary, url: what.request?.url } })
  else log.push(`${id} ${what}`)
}

app.use((req, res, next) => {
  const id = req.headers['x-id']
  for (const event of ['finish', 'close', 'error', 'pipe', 'unpipe'])
    res.on(event, () => tell(id, `res ${event}`))
  for (const event of ['end', 'close', 'aborted']) req.on(event, () => tell(id, `req ${event}`))
  tell(id, `listeners ${['finish', 'close', 'error'].map((event) => res.listenerCount(event)).join()}`)
  tell(id, `${Object.keys(req.headers).length} headers, ${JSON.stringify(req.query)}`)
  next()
})
app.use(morgan('tiny', { stream: { write: (line) => tell('log', line.replace(/[\d.]+ ms/, 'ms').trim()) } }))
app.use(
  session({
    secret: 'x',
    resave: false,
    saveUninitialized: true,
    genid: () => 'fixed',
    cookie: { maxAge: null },
  }),
)
app.use(compression({ threshold: 0 }))
app.use(express.json())
app.use('/static', express.static(__dirname))

const id = (req) => req.headers['x-id']
const text = 'a line of text that is compressed well\n'.repeat(200)
function* lines(count, fail) {
  for (let i = 0; i < count; i++) yield `${i} ${text.slice(0, 300)}\n`
  if (fail) throw new Error('the lines ended early')
}
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

app.get('/json', (req, res) => res.json({ hello: 'world' }))
app.get('/text', (req, res) => res.type('text').send(text))
app.get('/html', (req, res) => res.send('<h1>hello</h1>'))
app.get('/redirect', (req, res) => res.redirect('/json'))
app.get('/nothing', (req, res) => res.status(204).end())
app.get('/cached', (req, res) => res.set('ETag', '"one"').json({ cached: true }))
app.get('/session', (req, res) => res.json({ visits: (req.session.visits = (req.session.visits ?? 0) + 1) }))
app.get('/file', (req, res) => res.sendFile(__filename))
app.get('/missing-file', (req, res) =>
  res.sendFile(`${__dirname}/none`, (error) => res.status(410).send(`gone ${error.code}`)),
)
app.get('/stream', (req, res) => Readable.from(lines(20)).pipe(res))
app.get('/write', async (req, res) => {
  for (const line of lines(5)) {
    res.write(line)
    await later(1)
  }
  res.end('done')
})
app.get('/events', (req, res) => {
  res.type('text/event-stream')
  res.write('data: 1\n\n')
  setTimeout(() => res.end('data: 2\n\n'), 10)
})
app.post('/echo', (req, res) => res.json({ got: req.body }))
app.post('/upload', (req, res) => {
  const hash = createHash('sha256')
  req.on('data', (chunk) => hash.update(chunk))
  req.on('end', () => res.json({ sha256: hash.digest('hex') }))
})
app.get(
  '/nested/:id',
  express.Router({ mergeParams: true }).get('/', (req, res) => res.json(req.params)),
)
const sub = express()
sub.get('/inner', (req, res) => res.json({ base: req.baseUrl, url: req.url }))
sub.get('/fails', () => {
  throw new Error('inner')
})
sub.use((error, req, res, _next) => res.status(502).json({ sub: error.message }))
app.use('/sub', sub)

// Failures the application answers itself, at once or late.
app.get('/own/handler', (req, res, next) => next(new Error('own')))
app.get('/own/late-handler', (req, res, next) => next(Object.assign(new Error('late'), { late: 120 })))
app.get('/own/late-stream', (req, res) => {
  const source = Readable.from(lines(0, true))
  source.on('error', (error) => setTimeout(() => res.status(503).send(`late: ${error.message}`), 120))
  source.pipe(res, { end: false })
})
app.get('/own/late-midway', (req, res) => {
  const source = Readable.from(lines(3, true))
  source.on('error', () => setTimeout(() => res.end('\nthe rest is missing'), 120))
  source.pipe(res, { end: false })
})
app.get('/own/late-pipeline', (req, res) => {
  const through = new PassThrough()
  pipeline(Readable.from(lines(2, true)), through, (error) => {
    setTimeout(() => res.status(502).json({ late: error.message }), 120)
  })
  through.resume()
})
app.get('/own/late-timer', async (req, res) => {
  try {
    await Promise.reject(new Error('caught'))
  } catch {
    setTimeout(() => res.status(504).send('timed out'), 120)
  }
})
app.get('/own/upstream', (req, res) => {
  const transform = new Transform({ transform: (chunk, _encoding, done) => done(new Error('bad chunk')) })
  transform.on('error', (error) => res.status(500).type('text').send(`own: ${error.message}`))
  Readable.from(lines(2)).pipe(transform).pipe(res, { end: false })
})
app.get('/own/missing', (req, res) => {
  createReadStream(`${__dirname}/none`)
    .on('error', (error) => res.status(404).send(error.code))
    .pipe(res)
})
app.get('/own/next', (req, res, next) => {
  Readable.from(lines(0, true)).on('error', next).pipe(res)
})
app.get('/own/cut', (req, res, next) => {
  res.type('text')
  Readable.from(lines(3, true))
    .on('error', () => res.destroy())
    .pipe(res)
})
app.get('/own/expected', (req, res, next) =>
  next(createError(404, 'no such order', { headers: { 'x-reason': 'gone' } })),
)

// What the framework answers.
app.get('/default/expected', (req, res, next) =>
  next(createError(422, 'unprocessable', { plain: true, headers: { 'x-reason': 'bad' } })),
)
app.get('/default/param/:id', (req, res) => res.send(req.params.id))
app.get('/ours/throw', () => {
  throw Object.assign(new Error('a failure'), { headers: { 'x-reason': 'thrown' }, status: 503 })
})
app.get('/ours/next', (req, res, next) => setTimeout(next, 5, new Error('from a timer')))
app.get('/ours/after-end', (req, res) => {
  res.send('whole')
  throw new Error('after the end')
})

app.use((error, req, res, next) => {
  tell(id(req), `handler 1: ${error.message}, ${Object.keys(error)}`)
  if (error.plain || req.path.startsWith('/ours') || req.path.startsWith('/default')) return next(error)
  if (res.headersSent) return next(error)
  setTimeout(() => res.status(error.status ?? 500).json({ own: error.message }), error.late ?? 0)
})

const printed = console.error
console.error = (...parts) => {
  tell('console', String(parts[0]).split('\n')[0])
  if (process.env.SHOW) printed(...parts)
}
const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
// However long a slow machine is between two requests
server.keepAliveTimeout = 600_000
process.on('message', (question) => {
  if (question !== 'log') return
  process.send({
    log,
    globals: Object.getOwnPropertyNames(globalThis).length,
    uncaught: process.listenerCount('uncaughtException'),
  })
  log = []
})
process.on('disconnect', () => process.exit())
