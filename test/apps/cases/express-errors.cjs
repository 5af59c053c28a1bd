'use strict'
// Error handlers of the application.
const { values, boom, soon } = require('../values.cjs')

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
  // With a route behind it, the final handler runs inside the handler's layer, which catches what it throws.
  'unreadable-behind-routes'({ app }) {
    app.get('/case', (req, res, next) => next(values['revoked-proxy']()))
    app.get('/other', (req, res) => res.send('other'))
  },
  'unreadable-caught'({ app }) {
    app.get('/case', (req, res, next) => {
      try {
        next(values['throwing-headers']())
      } catch {
        res.status(503).send('own answer')
      }
    })
    app.get('/other', (req, res) => res.send('other'))
  },
  'unreadable-after-head'({ app }) {
    app.get('/case', (req, res) => {
      res.write('first ')
      throw values['revoked-proxy']()
    })
    app.get('/other', (req, res) => res.send('other'))
  },
  'trailer-in-answer'({ app }) {
    app.use((req, res, next) => next(res.setHeader('Trailer', 'X-Checksum') && undefined))
    failing({ app })
  },
  'hook-fails-in-answer'({ app }) {
    app.use((req, res, next) => {
      res.writeHead = () => {
        throw boom('the hook failed')
      }
      next()
    })
    failing({ app })
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
