import { PassThrough, Readable } from 'node:stream'
import Router from '@koa/router'
import { eventsAfter, Room } from '../lib/bus.js'

export const router = new Router()
const room = new Room()

async function* serverSentEvents(last) {
  yield ': the newsroom\n\n'
  for await (const { id, type, article } of eventsAfter(last)) {
    yield `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ slug: article.slug })}\n\n`
  }
}

router.get('/events', (ctx) => {
  const last = Number(ctx.get('last-event-id') || ctx.query.last || 0)
  ctx.type = 'text/event-stream'
  ctx.set('cache-control', 'no-cache')
  ctx.body = Readable.from(serverSentEvents(last))
})

// The board in the newsroom: how many read each of the topics, every so often.
router.get('/events/board', (ctx) => {
  const topics = (ctx.query.topics ?? '').split(',')
  const readers = { weather: 31, traffic: 12 }
  const body = new PassThrough()
  const timer = setInterval(() => {
    const topic = topics.shift()
    body.write(`data: ${topic} ${readers[topic].toFixed(0)}\n\n`)
  }, 30)
  ctx.res.on('close', () => clearInterval(timer))
  ctx.type = 'text/event-stream'
  ctx.body = body
})

router.get('/events/room', (ctx) => {
  const name = ctx.query.name
  const body = new PassThrough()
  if (name) room.join(name)
  ctx.res.on('close', () => {
    console.log(`room: ${name} has read for ${room.leave(name)} ms`)
  })
  ctx.type = 'text/event-stream'
  ctx.body = body
  body.write(`data: ${room.size} in the room\n\n`)
})

// Fetches the feeds of others, later.
router.post('/feeds/refresh', (ctx) => {
  const { feeds } = ctx.request.body ?? {}
  ctx.status = 202
  setTimeout(() => {
    for (const feed of feeds) console.log(`refresh ${feed}`)
  }, 50)
})
