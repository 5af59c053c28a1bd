// As express-app.cjs, in ESM.
import { setTimeout } from 'node:timers/promises'
import { debugMiddleware, breakpoint } from '@throwpoint/koa'
import Koa from 'koa'

const app = new Koa()
app.use(
  debugMiddleware({
    enabled: true,
    terminal: 'off',
    page: false,
    break: process.env.BREAK ? 'boundary' : false,
  }),
)
app.use(async function routes(ctx) {
  if (ctx.path === '/sync') {
    const secret = 'a variable'
    throw Object.assign(new TypeError('thrown'), { secret })
  }
  if (ctx.path === '/async') {
    await setTimeout(1)
    throw new RangeError('rejected')
  }
  if (ctx.path === '/null') throw 'a string'
  if (ctx.path === '/breakpoint') {
    let count = 41
    await breakpoint() // awaited
    void breakpoint() // here
    count += 1
    ctx.body = `count ${count}`
  }
})
app.on('error', (error) => {
  error.message = `${error.message}, as the application says it`
  console.log(error.stack.split('\n')[0])
})
const server = app.listen(0, '127.0.0.1', () => {
  console.log(`listening ${server.address().port}`)
})
