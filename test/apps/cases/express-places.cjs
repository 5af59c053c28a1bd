'use strict'
// Where the middleware may stand, and what may stand around it.
const { manual } = require('../host.cjs')
const { boom } = require('../values.cjs')

const fail = () => {
  throw boom()
}

module.exports = {
  'place-middle': manual(({ app, install }) => {
    app.get('/fine', (req, res) => res.send('fine'))
    install(app)
    app.get('/case', fail)
  }),
  'place-middle-before': manual(({ app, install }) => {
    app.get('/case', fail)
    install(app)
  }),
  'place-last': manual(({ app, install }) => {
    app.get('/case', (req, res, next) => {
      next()
    })
    install(app)
    app.use('/case', fail)
  }),
  'place-after-error-handler': manual(({ app, install }) => {
    app.use((err, req, res, next) => res.send('never'))
    install(app)
    app.get('/case', fail)
  }),
  'place-twice'({ app, install }) {
    install(app)
    app.get('/case', fail)
  },
  'place-one-twice': manual(({ app, debug }) => {
    for (const middleware of debug()) app.use(middleware, middleware)
    app.get('/case', fail)
  }),
  'place-array': manual(({ app, debug }) => {
    app.use([...debug(), (req, res, next) => next()])
    app.get('/case', fail)
  }),
  'place-path': manual(({ app, debug }) => {
    for (const middleware of debug()) app.use('/outer', middleware)
    app.get('/outer/case', fail)
  }),
  'place-wrapped': manual(({ app, debug }) => {
    for (const middleware of debug()) app.use((req, res, next) => middleware(req, res, next))
    app.get('/case', fail)
  }),
  'place-sub-app-too'({ app, express, install }) {
    const sub = install(express())
    sub.get('/case', fail)
    app.use('/sub', sub)
  },
  'place-sub-app-only': manual(({ app, express, install }) => {
    const sub = install(express())
    sub.get('/case', fail)
    app.use('/sub', sub)
  }),
  'place-router': manual(({ app, express, install }) => {
    const router = install(express.Router())
    router.get('/case', fail)
    app.use('/sub', router)
  }),
  'place-other-major'({ app, express }) {
    const other = require(express.application.del ? 'express' : 'express4')
    const sub = other()
    sub.get('/case', fail)
    app.use('/sub', sub)
  },
  'place-other-major-later'({ app, express }) {
    setImmediate(() => {
      const other = require(express.application.del ? 'express' : 'express4')
      const sub = other()
      sub.get('/case', (req, res, next) => next(boom()))
      sub.use((err, req, res, next) => next(err))
      app.use('/sub', sub)
    })
  },
  'place-inside-koa': manual(({ app, express, debug }) => {
    const Koa = require('koa')
    const koa = new Koa()
    const inner = express()
    for (const middleware of debug()) inner.use(middleware)
    inner.get('/case', fail)
    koa.use((ctx) => {
      ctx.respond = false
      inner(ctx.req, ctx.res)
    })
    return koa.callback()
  }),
  'route-added-later'({ app }) {
    setImmediate(() => app.get('/case', fail))
  },
  'handler-added-later'({ app }) {
    app.get('/case', fail)
    setImmediate(() => app.use((err, req, res, next) => res.status(503).send('added later')))
  },
}
