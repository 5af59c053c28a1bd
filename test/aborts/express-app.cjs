// Routes that clients leave: node express-app.cjs <express alias>. Counts what it really threw.
process.env.NODE_ENV = 'development'
const { pipeline, promises, Readable } = require('node:stream')
const express = require(process.argv[2])
const state = { thrown: 0, reported: 0, wrong: [], uncaught: [] }
const app = express()
app.use(
  require('@throwpoint/express')({
    terminal: 'off',
    onReport: (report) => {
      if (report.error.message === 'genuine') state.reported++
      else
        state.wrong.push(
          `${report.boundary} ${report.request?.url} ${report.error.name}: ${report.error.message}`,
        )
    },
  }),
)
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
async function* slow(count) {
  for (let i = 0; i < count; i++) {
    await later(2)
    yield Buffer.alloc(20_000, 'x')
  }
}
const genuine = () => {
  state.thrown++
  return new Error('genuine')
}
app.get('/answer', (req, res) => setTimeout(() => res.json({ ok: true }), 3))
app.get('/large', (req, res) => res.send(Buffer.alloc(5_000_000, 'x')))
app.get('/file', (req, res) => res.sendFile(process.execPath))
app.get('/pipe', (req, res) => Readable.from(slow(10)).pipe(res))
app.get('/pipeline', (req, res) => pipeline(slow(10), res, () => {}))
app.get('/pipeline-next', (req, res, next) =>
  pipeline(Readable.from(slow(10)), res, (error) => error && next(error)),
)
app.get('/awaited', (req, res, next) => promises.pipeline(slow(10), res).catch(next))
app.get('/write', async (req, res) => {
  for await (const chunk of slow(10)) res.write(chunk)
  res.end()
})
app.post('/json', express.json({ limit: '5mb' }), (req, res) => res.json({ ok: true }))
app.post('/read', (req, res, next) => {
  req.on('error', next)
  req.on('end', () => res.json({ ok: true }))
  req.resume()
})
// As multer does
app.post('/form', (req, res, next) => {
  req.on('error', next)
  req.on('aborted', () => next(new Error('Request aborted')))
  req.on('end', () => res.json({ ok: true }))
  req.resume()
})
app.get('/fails', (req, res, next) => setTimeout(() => next(genuine()), 4))
app.get('/fails-now', () => {
  throw genuine()
})
app.use((error, req, res, next) => next(error))
app.set('env', 'test')
process.on('uncaughtException', (error) => state.uncaught.push(`${error.code} ${error.message}`))
const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', () => process.send(state))
process.on('disconnect', () => process.exit())
