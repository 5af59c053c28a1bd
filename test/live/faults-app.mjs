import { AsyncLocalStorage } from 'node:async_hooks'
import express from 'express'
import { debugMiddleware } from '@throwpoint/express'
import { evaluateLater } from './evaluate.cjs'

const app = express()
app.use(debugMiddleware({ onReport: told }))

// Behind the middleware: a preload that comes this late still tells requests apart
if (process.env.LATE === '1') await import('throwpoint/register')
const { addRoutes } = await import('./faults-routes.mjs')

const storage = new AsyncLocalStorage()
app.use((req, res, next) => storage.run({ user: `user of ${req.url}` }, next))
addRoutes(app, storage)

function told(report) {
  console.log(
    `told ${report.request.url} ${report.error.name} ${report.frames.map((frame) => frame.functionName).join()}`,
  )
  evaluateLater(report)
}

const server = app.listen(0, () => console.log('listening', server.address().port))
