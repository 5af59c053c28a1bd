// The Koa twin of express-app.cjs: node koa-app.mjs <koa alias>.
process.env.NODE_ENV = 'development'
import { createReadStream } from 'node:fs'
import { pipeline, promises, Readable } from 'node:stream'
import bodyParser from 'koa-bodyparser'
import debugMiddleware from '@throwpoint/koa'

const { default: Koa } = await import(process.argv[2])
const state = { thrown: 0, reported: 0, wrong: [], uncaught: [] }
const app = new Koa()
app.silent = true
app.use(
  debugMiddleware({
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
app.use(bodyParser({ jsonLimit: '5mb' }))
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
const routes = {
  '/answer': async (ctx) => {
    await later(3)
    ctx.body = { ok: true }
  },
  '/large': (ctx) => (ctx.body = Buffer.alloc(5_000_000, 'x')),
  '/file': (ctx) => (ctx.body = createReadStream(process.execPath)),
  '/pipe': (ctx) => (ctx.body = Readable.from(slow(10))),
  '/pipeline': (ctx) => {
    ctx.respond = false
    pipeline(slow(10), ctx.res, () => {})
  },
  '/pipeline-next': (ctx) => (ctx.body = Readable.from(slow(10))),
  '/awaited': async (ctx) => {
    ctx.respond = false
    await promises.pipeline(slow(10), ctx.res)
  },
  '/write': async (ctx) => {
    ctx.respond = false
    for await (const chunk of slow(10)) ctx.res.write(chunk)
    ctx.res.end()
  },
  '/json': (ctx) => (ctx.body = { ok: true }),
  '/read': async (ctx) => {
    for await (const chunk of ctx.req) void chunk
    ctx.body = { ok: true }
  },
  // As formidable does
  '/form': async (ctx) => {
    await new Promise((resolve, reject) => {
      ctx.req.on('error', () => {})
      ctx.req.on('aborted', () => reject(new Error('Request aborted')))
      ctx.req.on('end', resolve)
      ctx.req.resume()
    })
    ctx.body = { ok: true }
  },
  '/fails': async () => {
    await later(4)
    throw genuine()
  },
  '/fails-now': () => {
    throw genuine()
  },
}
app.use((ctx) => routes[ctx.path]?.(ctx))
process.on('uncaughtException', (error) => state.uncaught.push(`${error.code} ${error.message}`))
const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', () => process.send(state))
process.on('disconnect', () => process.exit())
