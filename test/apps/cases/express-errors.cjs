'use strict'
// Error handlers of the application.
const { boom, soon } = require('../values.cjs')

const failing = ({ app }) => {
  app.get('/case', () => {
    throw boom()
  })
}

module.exports = {
  'error-handler-answers'({ app }) {
    failing({ app })
    app.use((err, req, res, next) => res.status(503).send(`handled: ${err.message}`))
  },
  'error-handler-answers-later'({ app }) {
    failing({ app })
    app.use((err, req, res, next) => setTimeout(() => res.status(503).send('handled'), 60))
  },
  'error-handler-passes-on'({ app }) {
    failing({ app })
    app.use((err, req, res, next) => next(err))
  },
  'error-handler-throws'({ app }) {
    failing({ app })
    app.use((err, req, res, next) => {
      throw boom('the error handler failed')
    })
  },
  'error-handler-rejects'({ app }) {
    failing({ app })
    app.use(async (err, req, res, next) => {
      await soon()
      throw boom('the error handler failed')
    })
  },
  'error-handler-forgets'({ app }) {
    failing({ app })
    app.use((err, req, res, next) => {})
  },
  'error-handler-after-headers'({ app }) {
    app.get('/case', async (req, res, next) => {
      res.write('first ')
      await soon()
      next(boom())
    })
    app.use((err, req, res, next) => res.status(503).send('too late'))
  },
  'nested-router'({ app, express }) {
    const inner = express.Router()
    failing({ app: inner })
    const outer = express.Router()
    outer.use('/inner', inner)
    app.use('/outer', outer)
  },
  'sub-app'({ app, express }) {
    const sub = express()
    failing({ app: sub })
    app.use('/sub', sub)
  },
  'sub-app-handler'({ app, express }) {
    const sub = express()
    failing({ app: sub })
    sub.use((err, req, res, next) => res.status(502).send('the sub-application answers'))
    app.use('/sub', sub)
  },
}
