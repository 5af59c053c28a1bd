import { Readable } from 'node:stream'
import Koa from 'koa'
import { debugMiddleware } from '@throwpoint/koa'
import { evaluateLater } from './evaluate.cjs'

const app = new Koa()
app.silent = true
app.use(debugMiddleware({ onReport: evaluateLater }))

async function load(id) {
  const row = { id, price: id * 10 }
  await null
  throw new Error(`row ${row.id}`)
}

async function total(id) {
  const sum = 1
  return sum + (await load(id))
}

function* rows(count) {
  for (let index = 0; index < count; index++) {
    const row = { index }
    if (index === 2) throw new Error('row 2 is bad')
    yield JSON.stringify(row)
  }
}

app.use(async (ctx) => {
  if (ctx.path === '/body') {
    ctx.body = Readable.from(rows(5))
    return
  }
  const id = Number(ctx.path.slice('/nested/'.length))
  ctx.body = await total(id)
})

const server = app.listen(0, () => console.log('listening', server.address().port))
