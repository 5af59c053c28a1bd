// A response body that fails, held or not: node body.cjs <package> <case> <plain | kind of release>. Prints JSON lines.
process.env.NODE_ENV = 'development'
const http = require('node:http')
const { Readable, pipeline } = require('node:stream')
const { get: getFrom } = require('./get.cjs')
const [alias, name, mode] = process.argv.slice(2)
const isKoa = alias.startsWith('koa')
if (mode !== 'plain') process.env.THROWPOINT_TERMINAL = 'session'
process.env.THROWPOINT_TTY = 'off'
const { breakpoint, debugMiddleware } = require(isKoa ? '@throwpoint/koa' : '@throwpoint/express')
const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`)

let failure
function* failing(first) {
  if (first) yield 'the beginning '.repeat(10)
  failure = new TypeError('the body fails')
  throw failure
}
const handled = []
const expressCases = {
  pipeline: (res, next) =>
    pipeline(Readable.from(failing(true)), res, (error) => {
      handled.push(error === failure)
      if (error) next(error)
    }),
  'pipeline at once': (res, next) =>
    pipeline(Readable.from(failing(false)), res, (error) => error && next(error)),
  async writes(res, next) {
    try {
      for (const chunk of failing(true)) res.write(chunk)
    } catch (error) {
      next(error)
    }
  },
}
const koaCases = {
  stream: (ctx) => void (ctx.body = Readable.from(failing(true))),
  'stream at once': (ctx) => void (ctx.body = Readable.from(failing(false))),
}
async function stops() {
  let count = 1
  await breakpoint()
  return `counted ${count}`
}

/** The session is loaded when the first middleware is made, and this may be sooner. */
function isLoaded(hold) {
  try {
    return Boolean(hold.debuggee)
  } catch {
    return false
  }
}

let app
if (isKoa) {
  const Koa = require(alias).default ?? require(alias)
  app = new Koa()
  app.silent = true
  app.on('error', (error) => handled.push(error === failure))
  app.use(debugMiddleware({ hold: false, terminal: mode === 'plain' ? 'off' : 'session' }))
  app.use(async (ctx) => {
    if (ctx.path === '/ok') ctx.body = 'ok'
    else if (name === 'breakpoint') ctx.body = await stops()
    else koaCases[name](ctx)
  })
} else {
  app = require(alias)()
  app.set('env', 'test')
  app.use(debugMiddleware({ hold: false, terminal: mode === 'plain' ? 'off' : 'session' }))
  app.get('/ok', (req, res) => res.send('ok'))
  app.get('/fails', async (req, res, next) => {
    if (name === 'breakpoint') res.send(await stops())
    else void expressCases[name](res, next)
  })
}

const server = http.createServer(isKoa ? app.callback() : app).listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  const get = (path) => getFrom(port, path)
  const runtime = globalThis[Symbol.for('throwpoint.runtime.1')]
  if (mode !== 'plain') {
    runtime.holds.claim('client')
    runtime.holds.watch({
      async held(hold) {
        const { report, reason } = hold
        say({
          held: report.error.name,
          boundary: report.boundary,
          reason,
          frame: report.frames[0]?.functionName,
        })
        say({ other: await get('/ok'), can: hold.can('respond') === true })
        if (name === 'breakpoint' && report.frames[0].live) {
          while (!isLoaded(hold)) await new Promise((resolve) => setTimeout(resolve, 10))
          await hold.debuggee.evaluate(0, 'count = 41')
          say({ changed: (await hold.debuggee.evaluate(0, 'count + 1')).value })
        }
        const releases = {
          continue: {},
          respond: { status: 418, headers: [], body: 'short' },
          throw: { error: new TypeError('another') },
        }
        hold.release({ kind: mode, ...releases[mode] }, 'a test')
      },
    })
  }
  const answer = await get('/fails')
  // Whatever is told of the end comes after it.
  await new Promise((resolve) => setTimeout(resolve, 50))
  say({ answer, handled, waiting: runtime.holds.list().length, lives: await get('/ok') })
  process.exit()
})
