import Koa from 'koa'
import { debugMiddleware } from '@throwpoint/koa'
import { failureList } from './lib/failure-list.js'
import { router as articles } from './routes/articles.js'
import { router as exports } from './routes/exports.js'
import { router as live } from './routes/live.js'

export const app = new Koa()
app.use(debugMiddleware({ dump: true }))

// Failures by route, for the dashboard.
const failures = new Map()
for (const router of [articles, exports, live]) {
  for (const { path } of router.stack) failures.set(path, { count: 0 })
}
app.on('error', (error, ctx) => {
  failures.get(ctx._matchedRoute).count += 1
  if (!error.expose) app.onerror(error)
})

app.use(async (ctx, next) => {
  if (ctx.path === '/') ctx.body = failureList(`${ctx.protocol}://${ctx.host}`)
  else await next()
})

// Links that old feed readers still ask for.
app.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/rss/')) return next()
  const [, , topic] = ctx.path.split('/')
  const moved = { all: '/feed.xml' }
  ctx.redirect(moved[topic].toString())
})

app.use(articles.routes())
app.use(exports.routes())
app.use(live.routes())
