// Steps of Throwpoint fail when they are told to: node app.mjs <express or koa alias>.
process.env.NODE_ENV = 'development'
import { Readable } from 'node:stream'
import { Debugger, Runtime } from '@throwpoint/core'

const [alias] = process.argv.slice(2)
const koa = alias.startsWith('koa')
const { default: create } = await import(alias)
const { debugMiddleware } = await import(koa ? '@throwpoint/koa' : '@throwpoint/express')
const app = koa ? new create() : create()
app.use(debugMiddleware({ terminal: 'off' }))
if (koa) {
  app.silent = true
  app.use(async (ctx) => {
    if (ctx.path === '/ok') ctx.body = { ok: true }
    else if (ctx.path === '/stream') ctx.body = Readable.from(['a', 'b'])
    else if (ctx.path === '/fails') throw new Error('a failure')
    else if (ctx.path === '/fails-midway') {
      ctx.type = 'html'
      ctx.body = Readable.from(failing())
    }
  })
} else {
  app.set('env', 'test')
  app.get('/ok', (req, res) => res.json({ ok: true }))
  app.get('/stream', (req, res) => Readable.from(['a', 'b']).pipe(res))
  app.get('/fails', () => {
    throw new Error('a failure')
  })
  app.get('/fails-midway', (req, res, next) => {
    res.type('html')
    Readable.from(failing()).on('error', next).pipe(res)
  })
}

async function* failing() {
  yield '<p>'
  await new Promise((resolve) => setTimeout(resolve, 5))
  throw new Error('a failure midway')
}

const runtime = Runtime.shared()
const owners = {
  Debugger: Debugger.prototype,
  Recorder: Object.getPrototypeOf(runtime.recorder),
  RequestScope: Object.getPrototypeOf(runtime.scope),
  ReportStore: Object.getPrototypeOf(runtime.store),
  FingerprintCounter: Object.getPrototypeOf(runtime.fingerprints),
  TerminalReport: Object.getPrototypeOf(runtime.terminal),
}

const steps = []
for (const [owner, prototype] of Object.entries(owners)) {
  for (const [method, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (method !== 'constructor' && typeof value === 'function') steps.push([owner, method])
  }
}

let mend = () => {}
process.on('message', ([owner, method]) => {
  mend()
  const prototype = owners[owner]
  const original = Object.getOwnPropertyDescriptor(prototype, method)
  mend = () => Object.defineProperty(prototype, method, original)
  Object.defineProperty(prototype, method, {
    configurable: true,
    value() {
      throw new Error('a step of ours fails')
    },
  })
  process.send({ broken: method })
})
process.on('disconnect', () => process.exit())
const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port, steps }))
