// Exceptions in code that a request started and nobody awaits.
import { EventEmitter } from 'node:events'
import { readFile } from 'node:fs'
import { Readable } from 'node:stream'
import shared from '../values.cjs'

const { boom, soon } = shared

const fail = () => {
  throw boom('in the background')
}
const never = new Promise(() => {})

/** A middleware whose answer never comes: only the background can end this request. */
const waiting = (app, start) => {
  app.use((ctx) => {
    start(ctx)
    return never
  })
}

export default {
  timer: ({ app }) => waiting(app, () => setTimeout(fail, 5)),
  tick: ({ app }) => waiting(app, () => process.nextTick(fail)),
  microtask: ({ app }) => waiting(app, () => queueMicrotask(fail)),
  'fs-callback': ({ app }) => waiting(app, () => readFile(import.meta.filename, fail)),
  'request-data': ({ app }) => waiting(app, (ctx) => ctx.req.on('data', fail)),
  'request-end': ({ app }) => {
    waiting(app, (ctx) => {
      ctx.req.on('data', () => {})
      ctx.req.on('end', fail)
    })
  },
  'response-finish'({ app }) {
    app.use((ctx) => {
      ctx.res.on('finish', fail)
      ctx.body = 'answered'
    })
  },
  'response-close'({ app }) {
    app.use((ctx) => {
      ctx.res.on('close', fail)
      ctx.body = 'answered'
    })
  },
  'shared-emitter'({ app }) {
    const shared = new EventEmitter()
    setInterval(() => shared.emit('tick'), 5)
    waiting(app, () => shared.once('tick', fail))
  },
  'unawaited-rejection': ({ app }) => waiting(app, () => void soon().then(fail)),
  'unawaited-after-answer'({ app }) {
    app.use((ctx) => {
      void soon().then(soon).then(fail)
      ctx.body = 'answered'
    })
  },
  'started-by-body'({ app }) {
    app.use((ctx) => {
      ctx.body = Readable.from(
        (async function* () {
          yield 'first '
          setTimeout(fail, 5)
          await never
        })(),
      )
    })
  },
  'timer-with-listener'({ app }) {
    process.on('uncaughtException', () => {})
    app.use(async (ctx) => {
      setTimeout(fail, 5)
      await new Promise((resolve) => setTimeout(resolve, 40))
      ctx.body = 'answered all the same'
    })
  },
  'rejection-with-listener'({ app }) {
    process.on('unhandledRejection', () => {})
    app.use(async (ctx) => {
      void soon().then(fail)
      await new Promise((resolve) => setTimeout(resolve, 40))
      ctx.body = 'answered all the same'
    })
  },
}
