// One server of the benchmark: node server.js <framework> <variant>. Answers questions about itself over IPC.
import { AsyncLocalStorage } from 'node:async_hooks'
import http from 'node:http'
import { Readable } from 'node:stream'

const [framework, variant] = process.argv.slice(2)
process.env.NODE_ENV = variant.endsWith('production') ? 'production' : 'development'

/** What is printed is compared where a session is. */
const options = {
  terminal: { report: 'report', session: 'session' }[variant.split('-')[1]] ?? 'off',
  hold: false,
}

const chunk = Buffer.alloc(64 * 1024, 'x')

/** A fixed number of bytes, in chunks of 64 KiB. */
function bytes(count) {
  return Readable.from(
    (function* produce() {
      for (let sent = 0; sent < count; sent += chunk.length) yield chunk
    })(),
  )
}

async function awaits(times) {
  let sum = 0
  for (let i = 0; i < times; i++) sum += await Promise.resolve(i)
  return sum
}

function fail(depth) {
  if (depth > 0) return fail(depth - 1)
  throw new TypeError('the price of this order cannot be read')
}

function failUnlike(number) {
  const error = new RangeError(`order ${number} is too large`)
  error.order = { number, rows: Array.from({ length: 20 }, (_, id) => ({ id, text: 'a row of the order' })) }
  throw error
}

const als = new AsyncLocalStorage()

async function express() {
  if (variant === 'sentry') await startSentry()
  const { default: create } = await import('express')
  const app = create()
  if (variant === 'als') app.use((_req, _res, next) => als.run({}, next))
  if (variant.startsWith('throwpoint')) {
    const { debugMiddleware } = await import('@throwpoint/express')
    app.use(debugMiddleware(options))
  }
  app.get('/json', (_req, res) => res.json({ hello: 'world' }))
  app.get('/awaits', async (_req, res) => res.json({ sum: await awaits(20) }))
  app.get('/stream/:bytes', (req, res) => bytes(Number(req.params.bytes)).pipe(res))
  app.get('/fail', () => fail(50))
  app.get('/fail/:number', (req) => failUnlike(Number(req.params.number)))
  if (variant === 'sentry') {
    const sentry = await import('@sentry/node')
    sentry.setupExpressErrorHandler(app)
  }
  if (variant === 'errorhandler') app.use((await import('errorhandler')).default({ log: false }))
  if (variant === 'youch') app.use(await withYouch())
  if (variant === 'my-bad') app.use(await withMyBad())
  // Express prints errors it answers itself, unless the environment is `test`; printing is not what is compared.
  if (!['errorhandler', 'youch', 'my-bad'].includes(variant)) app.set('env', 'test')
  return app
}

async function koa() {
  if (variant === 'sentry') await startSentry()
  const { default: Koa } = await import('koa')
  const app = new Koa()
  app.silent = true
  if (variant === 'koa-onerror') (await import('koa-onerror')).onerror(app)
  if (variant === 'als') app.use((_ctx, next) => als.run({}, next))
  if (variant.startsWith('throwpoint')) {
    const { debugMiddleware } = await import('@throwpoint/koa')
    app.use(debugMiddleware(options))
  }
  if (variant === 'sentry') (await import('@sentry/node')).setupKoaErrorHandler(app)
  app.use(async (ctx) => {
    const [, route, argument] = ctx.path.split('/')
    if (route === 'json') ctx.body = { hello: 'world' }
    else if (route === 'awaits') ctx.body = { sum: await awaits(20) }
    else if (route === 'stream') ctx.body = bytes(Number(argument))
    else if (route === 'fail' && argument === undefined) fail(50)
    else if (route === 'fail') failUnlike(Number(argument))
  })
  return app.callback()
}

async function startSentry() {
  const sentry = await import('@sentry/node')
  sentry.init({
    dsn: 'http://key@127.0.0.1:9/1',
    includeLocalVariables: true,
    transport: () => ({ send: async () => ({}), flush: async () => true }),
  })
  // Its worker attaches to the debugger in the background.
  await new Promise((resolve) => setTimeout(resolve, 1500))
}

async function withYouch() {
  const { Youch } = await import('youch')
  const youch = new Youch()
  return async (error, req, res, _next) => {
    const html = await youch.toHTML(error, {
      request: { url: req.url, method: req.method, headers: req.headers },
    })
    res.status(500).type('html').send(html)
  }
}

async function withMyBad() {
  const { createReport, fsLoader, renderPage } = await import('my-bad')
  return async (error, req, res, _next) => {
    const report = await createReport(error, { cwd: process.cwd(), loaders: [fsLoader()] })
    res
      .status(500)
      .type('html')
      .send(renderPage(report, { cwd: process.cwd() }))
  }
}

const listener = framework === 'koa' ? await koa() : await express()
const server = http.createServer(listener)
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))

let claim
let letGo
process.on('message', (question) => {
  if (question === 'cpu') {
    // No collection is forced here: it would be counted, and it clears what optimised code depends on.
    const { user, system } = process.cpuUsage()
    process.send(user + system)
  } else if (question === 'memory') {
    gc()
    process.send(process.memoryUsage().rss)
  } else if (question === 'hold') {
    // As if somebody were attached from now on: the next exception waits.
    const { holds } = globalThis[Symbol.for('throwpoint.runtime.1')]
    claim ??= holds.claim('client')
    const end = holds.watch({
      held(hold) {
        end()
        letGo = () => hold.release({ kind: 'continue' }, 'the benchmark')
        process.send({ held: hold.number })
      },
    })
  } else if (question === 'let go') {
    process.send({ released: letGo() })
  } else if (question === 'exit') process.exit()
})
process.on('disconnect', () => process.exit())
