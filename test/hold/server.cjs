// Holds as a test drives them, over the channel of a fork: node server.cjs <package>.
process.env.NODE_ENV = 'development'
process.env.THROWPOINT_TTY = 'off'
const { AsyncLocalStorage } = require('node:async_hooks')
const http = require('node:http')
const createError = require('http-errors')
const [alias] = process.argv.slice(2)
const isKoa = alias.startsWith('koa')
const { debugMiddleware } = require(isKoa ? '@throwpoint/koa' : '@throwpoint/express')

const store = new AsyncLocalStorage()
const values = {
  text: () => 'a text',
  one: () => 1,
  zero: () => 0,
  null: () => null,
  undefined: () => undefined,
  missing: () => createError(404, 'no such thing'),
  ignored: () => Object.assign(new Error('ignored'), { code: 'E_IGNORED' }),
}
function valueOf(req) {
  const name = req.headers['x-value']
  return (req.thrown = name === undefined ? new Error('a failure') : values[name]())
}
const first = (req) => {
  throw valueOf(req)
}
const second = (req) => {
  throw (req.thrown = new RangeError('a second failure'))
}
const runs = new Map()
/** Fails when it runs for the first time. */
function fragile(req, size) {
  const key = req.headers['x-run']
  runs.set(key, (runs.get(key) ?? 0) + 1)
  if (runs.get(key) === 1) first(req)
  return { runs: runs.get(key), size }
}
async function sizeOf(req) {
  let size = 0
  for await (const chunk of req) size += chunk.length
  return size
}
/** What an error handler sees. */
const seen = (handler, error, req) => ({ handler, same: error === req.thrown, store: store.getStore() })

function express(options) {
  const framework = require(alias)
  const app = framework()
  app.set('env', 'test')
  app.use(debugMiddleware(options))
  app.use((req, res, next) => store.run(req.headers['x-id'], next))
  const ways = {
    sync: (req) => first(req),
    second: (req) => second(req),
    async: async (req, res, next) => {
      await Promise.resolve()
      if (alias !== 'express4') first(req)
      try {
        first(req)
      } catch (error) {
        next(error)
      }
    },
    next: (req, res, next) => next(valueOf(req)),
    timer: (req, res, next) => void setTimeout(() => next(valueOf(req))),
    both(req, res, next) {
      next(valueOf(req))
      throw new Error('another one')
    },
  }
  const fails = (req, res, next) => ways[req.params.way](req, res, next)
  const passed = (req, res) => res.send(`passed ${req.originalUrl} ${store.getStore()}`)
  app.get('/ok', (req, res) => res.send('ok'))
  app.use('/middle/:way', fails)
  app.get('/middle/:way', passed)
  app.get('/fails/:way', fails)
  app.post('/fails/:way', fails)
  app.get('/other/:way', passed)
  app.get('/fails/:way', passed)
  app.get('/route/:way', fails, passed)
  const router = framework.Router()
  router.get('/:way', fails)
  router.get('/:way', passed)
  app.use('/mounted', router)
  const lonely = framework.Router()
  lonely.get('/:way', fails)
  app.use('/lonely', lonely)
  app.get('/lonely/:way', passed)
  app.post('/fragile', async (req, res, next) => {
    try {
      res.json(fragile(req, await sizeOf(req)))
    } catch (error) {
      next(error)
    }
  })
  app.post('/upload', (req) => first(req))
  app.post('/waits', async (req) => void (await sizeOf(req).catch(() => {})))
  app.use((error, req, res, next) => {
    req.seen = [seen('one', error, req)]
    next(error)
  })
  app.use(async (error, req, res, next) => {
    req.seen.push(seen('two', error, req))
    const { 'x-handler': mode } = req.headers
    if (mode === 'none') return next(error)
    if (mode === 'fails') return next(new Error('the handler fails'))
    const size = req.path === '/upload' ? await sizeOf(req) : undefined
    if (!res.headersSent) res.status(503).json({ seen: req.seen, size, message: String(error) })
  })
  return app
}

function koa(options) {
  const Koa = require(alias).default ?? require(alias)
  const app = new Koa()
  app.silent = true
  app.on('error', (error, ctx) => process.send({ event: 'error', same: error === ctx.req.thrown }))
  app.use(async (ctx, next) => {
    const { 'x-handler': mode, 'x-id': id } = ctx.headers
    await store.run(id, async () => {
      try {
        await next()
      } catch (error) {
        const one = seen('one', error, ctx.req)
        if (mode === 'none') throw error
        if (mode === 'fails') throw new Error('the handler fails')
        const size = ctx.path === '/upload' ? await sizeOf(ctx.req) : undefined
        ctx.status = 503
        ctx.body = { seen: [one], size, message: String(error) }
      }
    })
  })
  app.use(debugMiddleware(options))
  const ways = {
    sync: (ctx) => first(ctx.req),
    second: (ctx) => second(ctx.req),
    async: async (ctx) => {
      await Promise.resolve()
      first(ctx.req)
    },
    timer: (ctx) =>
      new Promise((resolve, reject) => {
        setTimeout(() => reject(valueOf(ctx.req)))
      }),
  }
  app.use((ctx, next) => {
    const [, name, way] = ctx.path.split('/')
    if (name === 'ok') ctx.body = 'ok'
    else if (name === 'fails') return ways[way](ctx)
    else if (name === 'upload') first(ctx.req)
    else return next()
    return undefined
  })
  app.use(async (ctx) => {
    if (ctx.path === '/fragile') ctx.body = fragile(ctx.req, await sizeOf(ctx.req))
    else if (ctx.path === '/waits') await sizeOf(ctx.req).catch(() => {})
  })
  return app.callback()
}

const make = isKoa ? koa : express
const options = {
  terminal: 'session',
  hold: false,
  page: false,
  ignore: (error) => error?.code === 'E_IGNORED',
}
const application = make(options)
const servers = {
  plain: http.createServer(application),
  limited: http.createServer(make({ ...options, hold: '50ms' })),
  hurried: http.createServer(
    { connectionsCheckingInterval: 50, requestTimeout: 3000, headersTimeout: 400, keepAliveTimeout: 400 },
    application,
  ),
}
servers.idle = http.createServer(application).setTimeout(300)
process.on('SIGTERM', () => {
  process.send({ event: 'asked to end' })
  servers.plain.close(() => process.send({ event: 'closed' }, () => process.exit(3)))
})

let unclaim
const calls = {
  claim() {
    unclaim ??= holds().claim('client')
  },
  unclaim() {
    unclaim?.()
    unclaim = undefined
  },
  release(number, release) {
    const hold = holds().get(number)
    if (release.kind === 'throw') release.error = new RangeError(release.error)
    return { can: hold.can(release.kind), did: hold.release(release, 'a test') }
  },
  list: () =>
    holds()
      .list()
      .map(({ number, counted, clientLeft }) => ({ number, counted, clientLeft })),
  close() {
    servers.plain.close(() => process.send({ event: 'closed' }))
  },
}
const holds = () => globalThis[Symbol.for('throwpoint.runtime.1')].holds
process.on('message', ({ id, call, parts }) => process.send({ id, result: calls[call](...parts) }))
holds().watch({
  held: ({ number, report, fatal, deadline }) =>
    process.send({
      event: 'held',
      number,
      message: report.error.message,
      boundary: report.boundary,
      fatal,
      limited: deadline !== undefined,
    }),
  counted: ({ number, counted }) => process.send({ event: 'counted', number, counted }),
  clientLeft: ({ number }) => process.send({ event: 'left', number }),
  released: ({ number, released: { kind } }, by) => process.send({ event: 'released', number, kind, by }),
})
const ports = {}
for (const [name, server] of Object.entries(servers)) {
  server.listen(0, '127.0.0.1', () => {
    ports[name] = server.address().port
    if (Object.keys(ports).length === Object.keys(servers).length) process.send({ ports })
  })
}
