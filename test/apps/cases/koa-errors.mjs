// Error handling of the application.
import shared from '../values.cjs'

const { boom, soon } = shared

const failing = (app) => {
  app.use(() => {
    throw boom()
  })
}

export default {
  'error-handler-answers'({ app }) {
    app.use(async (ctx, next) => {
      try {
        await next()
      } catch (error) {
        ctx.status = 503
        ctx.body = `handled: ${error.message}`
      }
    })
    failing(app)
  },
  'error-handler-emits'({ app }) {
    app.use(async (ctx, next) => {
      try {
        await next()
      } catch (error) {
        ctx.status = 503
        ctx.body = `handled: ${error.message}`
        ctx.app.emit('error', error, ctx)
      }
    })
    failing(app)
  },
  'error-handler-throws'({ app }) {
    app.use(async (ctx, next) => {
      try {
        await next()
      } catch {
        throw boom('the error handler failed')
      }
    })
    failing(app)
  },
  'error-handler-rejects'({ app }) {
    app.use(async (ctx, next) => {
      try {
        await next()
      } catch {
        await soon()
        throw boom('the error handler failed')
      }
    })
    failing(app)
  },
  'listener-throws'({ app }) {
    app.on('error', () => {
      throw boom('the listener failed')
    })
    failing(app)
  },
  'no-listener'({ app }) {
    app.use((ctx, next) => {
      app.removeAllListeners('error')
      return next()
    })
    failing(app)
  },
  'custom-onerror'({ app }) {
    app.context.onerror = function (error) {
      if (error === null || error === undefined) return
      this.res.statusCode = 502
      this.res.end(`own answer: ${error.message}`)
    }
    failing(app)
  },
}
