// The Koa twin of express-app.cjs: node koa-app.mjs <koa alias> <with|without>.
process.env.NODE_ENV = 'development'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { PassThrough, pipeline, Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import compress from 'koa-compress'
import bodyParser from 'koa-bodyparser'
import Router from '@koa/router'
import send from 'koa-send'

const [alias, mode] = process.argv.slice(2)
const { default: Koa } = await import(alias)
const directory = fileURLToPath(new URL('.', import.meta.url))
const app = new Koa()
let log = []
function tell(id, what) {
  log.push(`${id} ${what}`)
}

if (mode === 'with') {
  const { default: debugMiddleware } = await import('@throwpoint/koa')
  const onReport = (report) =>
    process.send({ report: { boundary: report.boundary, url: report.request?.url } })
  app.use(debugMiddleware({ terminal: 'off', onReport }))
}

app.use(async (ctx, next) => {
  const id = ctx.get('x-id')
  for (const event of ['finish', 'close', 'error', 'pipe', 'unpipe'])
    ctx.res.on(event, () => tell(id, `res ${event}`))
  for (const event of ['end', 'close', 'aborted']) ctx.req.on(event, () => tell(id, `req ${event}`))
  tell(id, `listeners ${['finish', 'close', 'error'].map((event) => ctx.res.listenerCount(event)).join()}`)
  try {
    await next()
    tell(id, 'passed')
  } catch (error) {
    tell(id, `failed: ${error?.message}, ${Object.keys(error ?? {})}`)
    if (!ctx.path.startsWith('/own')) throw error
    if (error.late) await later(error.late)
    ctx.status = error.status ?? 500
    ctx.body = { own: error.message }
  }
})
app.use(compress({ threshold: 0, br: false }))
app.use(bodyParser())
const router = new Router()

const text = 'a line of text that is compressed well\n'.repeat(200)
function* lines(count, fail) {
  for (let i = 0; i < count; i++) yield `${i} ${text.slice(0, 300)}\n`
  if (fail) throw new Error('the lines ended early')
}
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

router.get('/json', (ctx) => (ctx.body = { hello: 'world' }))
router.get('/text', (ctx) => (ctx.body = text))
router.get('/html', (ctx) => (ctx.body = '<h1>hello</h1>'))
router.get('/redirect', (ctx) => ctx.redirect('/json'))
router.get('/nothing', (ctx) => (ctx.status = 204))
router.get('/cached', (ctx) => {
  ctx.etag = 'one'
  ctx.body = { cached: true }
})
router.get('/file', (ctx) => send(ctx, 'koa-app.mjs', { root: directory }))
router.get('/stream', (ctx) => (ctx.body = Readable.from(lines(20))))
router.get('/replaced', (ctx) => {
  ctx.body = Readable.from(lines(20))
  ctx.body = ctx.body.pipe(new PassThrough())
})
router.get('/write', async (ctx) => {
  ctx.respond = false
  for (const line of lines(5)) {
    ctx.res.write(line)
    await later(1)
  }
  ctx.res.end('done')
})
router.get('/events', (ctx) => {
  ctx.type = 'text/event-stream'
  const events = new PassThrough()
  events.write('data: 1\n\n')
  setTimeout(() => events.end('data: 2\n\n'), 10)
  ctx.body = events
})
router.post('/echo', (ctx) => (ctx.body = { got: ctx.request.body }))
router.post('/upload', async (ctx) => {
  const hash = createHash('sha256')
  for await (const chunk of ctx.req) hash.update(chunk)
  ctx.body = { sha256: hash.digest('hex') }
})
router.get('/nested/:id', (ctx) => (ctx.body = ctx.params))
router.get('/own/handler', () => {
  throw new Error('own')
})
router.get('/own/late-handler', () => {
  throw Object.assign(new Error('late'), { late: 120 })
})
router.get('/own/late-stream', (ctx) => {
  ctx.respond = false
  const source = Readable.from(lines(0, true))
  source.on('error', (error) => {
    setTimeout(() => {
      ctx.res.statusCode = 503
      ctx.res.end(`late: ${error.message}`)
    }, 120)
  })
  source.pipe(ctx.res, { end: false })
})
router.get('/own/late-midway', (ctx) => {
  ctx.respond = false
  const source = Readable.from(lines(3, true))
  source.on('error', () => setTimeout(() => ctx.res.end('\nthe rest is missing'), 120))
  source.pipe(ctx.res, { end: false })
})
router.get('/own/late-pipeline', async (ctx) => {
  const through = new PassThrough()
  const failed = new Promise((resolve) => pipeline(Readable.from(lines(2, true)), through, resolve))
  through.resume()
  const error = await failed
  await later(120)
  ctx.status = 502
  ctx.body = { late: error.message }
})
router.get('/own/missing', async (ctx) => {
  const file = createReadStream(`${directory}/none`)
  const error = await new Promise((resolve) => file.once('error', resolve))
  ctx.status = 404
  ctx.body = error.code
})
router.get('/own/expected', (ctx) => ctx.throw(404, 'no such order'))
router.get('/default/expected', (ctx) => ctx.throw(422, 'unprocessable', { headers: { 'x-reason': 'bad' } }))
router.get('/ours/throw', () => {
  throw Object.assign(new Error('a failure'), { headers: { 'x-reason': 'thrown' }, status: 503 })
})
router.get('/ours/later', async () => {
  await later(5)
  throw new Error('later')
})
app.use(router.routes())
app.on('error', (error, ctx) => tell(ctx?.get('x-id'), `app error: ${error.message}, ${Object.keys(error)}`))

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
