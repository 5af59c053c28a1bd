// What would end a process, with or without a session: node fatal.cjs <package> <case> <plain | kind of release>.
// Prints what the application saw as JSON, a line each.
process.env.NODE_ENV = 'development'
const { EventEmitter } = require('node:events')
const http = require('node:http')
const { Readable } = require('node:stream')
const { get: getFrom } = require('./get.cjs')
const [alias, name, mode, ...flags] = process.argv.slice(2)
const isKoa = alias.startsWith('koa')
if (mode !== 'plain') process.env.THROWPOINT_TERMINAL = 'session'
process.env.THROWPOINT_TTY = 'off'
const { debugMiddleware } = require(isKoa ? '@throwpoint/koa' : '@throwpoint/express')
const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`)

const failure = Object.assign(new TypeError('too large'), { code: 'E_LARGE' })
const cases = {
  timer: () => setTimeout(() => fail(failure)),
  primitive: () => setTimeout(() => fail('a text')),
  rejection: () => void Promise.reject(failure),
  'rejected text': () => void Promise.reject('a text'),
  // Whatever becomes of it, its request has been answered.
  'late rejection'(res) {
    res.end('answered')
    void Promise.reject(failure)
  },
  emitter: () => setTimeout(() => new EventEmitter().emit('error', failure)),
  pipe: (res) => Readable.from(failing()).pipe(res),
}
function fail(value) {
  throw value
}
function* failing() {
  yield 'the beginning '.repeat(10)
  throw failure
}

if (flags.includes('listens')) {
  process.on('uncaughtException', (error, origin) => {
    say({ listener: 'uncaughtException', same: error === failure, origin })
    process.exit(7)
  })
  process.on('unhandledRejection', (reason, promise) => {
    say({ listener: 'unhandledRejection', same: reason === failure, promise: promise instanceof Promise })
    process.exit(8)
  })
}
process.on('uncaughtExceptionMonitor', (error) => say({ monitor: error === failure || error }))
process.on('warning', ({ name }) => say({ warning: name }))
process.on('exit', (code) => say({ exit: code }))

let app
if (isKoa) {
  const Koa = require(alias).default ?? require(alias)
  app = new Koa()
  app.silent = true
  app.use(debugMiddleware({ hold: false }))
  app.use((ctx) => {
    if (ctx.path === '/ok') return void (ctx.body = 'ok')
    ctx.respond = false
    cases[name](ctx.res)
  })
} else {
  app = require(alias)()
  app.use(debugMiddleware({ hold: false }))
  app.get('/ok', (req, res) => res.send('ok'))
  app.get('/fails', (req, res) => void cases[name](res))
}

const server = http.createServer(isKoa ? app.callback() : app).listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  const get = (path) => getFrom(port, path)
  if (mode === 'plain') {
    await get('/fails')
    // What Node does about it, it does before the next turn of the event loop.
    return void setImmediate(() => server.close())
  }
  let goesOn
  const wentOn = new Promise((resolve) => (goesOn = resolve))
  const { holds } = globalThis[Symbol.for('throwpoint.runtime.1')]
  holds.claim('client')
  holds.watch({
    async held(hold) {
      const { report, fatal, reason } = hold
      say({
        held: report.error.name ?? null,
        message: report.error.message,
        boundary: report.boundary,
        fatal,
        reason,
      })
      say({ process: report.response?.withoutThrowpoint.process, other: await get('/ok') })
      const release = {
        continue: { kind: 'continue' },
        throw: { kind: 'throw', error: new RangeError('another one') },
        respond: { kind: 'respond', status: 418, headers: [], body: 'a short answer' },
      }[mode]
      say({ can: hold.can(release.kind), released: hold.release(release, 'a test') })
      setTimeout(() => goesOn(), 100)
    },
  })
  const answer = await get('/fails')
  if (name === 'late rejection') await wentOn
  else say({ answer, lives: await get('/ok') })
  server.close()
})
