import http from 'node:http'
import http2 from 'node:http2'
import { Readable } from 'node:stream'
import Koa from 'koa'
import { debugMiddleware } from '@throwpoint/koa'

const app = new Koa()
app.silent = true
app.use(debugMiddleware({ terminal: 'off' }))
app.use(async (ctx) => {
  if (ctx.path === '/iterated') {
    const chunks = []
    for await (const chunk of ctx.req) chunks.push(chunk)
    ctx.body = Buffer.concat(chunks).reverse()
  } else if (ctx.path === '/stream') ctx.body = Readable.from(['one\n', 'two\n', 'three\n'])
  else if (ctx.path === '/broken') ctx.body = Readable.from(broken())
  else if (ctx.path === '/throws') ctx.throw(500, 'not today')
})

async function* broken() {
  yield 'one\n'
  yield 'two\n'
  throw new Error('no third line')
}

const server =
  process.env.HTTP2 === '1' ? http2.createServer(app.callback()) : http.createServer(app.callback())
server.listen(0, '127.0.0.1', () => console.log('listening', server.address().port))
process.stdin.resume().on('end', () => process.exit(0))
