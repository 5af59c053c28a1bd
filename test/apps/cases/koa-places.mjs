// Where the middleware may stand, and what may stand around it.
import { createRequire } from 'node:module'
import host from '../host.cjs'
import shared from '../values.cjs'

const { manual } = host
const { boom } = shared
const require = createRequire(import.meta.url)

const fail = () => {
  throw boom()
}

export default {
  'place-middle': manual(({ app, install }) => {
    app.use((ctx, next) => next())
    install(app)
    app.use(fail)
  }),
  'place-last': manual(({ app, install }) => {
    app.use(async (ctx, next) => {
      await next()
    })
    app.use((ctx, next) => (ctx.path === '/fine' ? undefined : next()))
    install(app)
  }),
  'place-twice'({ app, install }) {
    install(app)
    app.use(fail)
  },
  'place-one-twice': manual(({ app, debug }) => {
    for (const middleware of debug()) app.use(middleware).use(middleware)
    app.use(fail)
  }),
  'place-sub-app-too'({ app, Koa, install }) {
    const sub = install(new Koa())
    sub.use(fail)
    app.use(require('koa-mount')('/sub', sub))
  },
  'place-sub-app-only': manual(({ app, Koa, install }) => {
    const sub = install(new Koa())
    sub.use(fail)
    app.use(require('koa-mount')('/sub', sub))
  }),
  'place-other-major'({ app, Koa }) {
    const Other = require(Koa === require('koa') ? 'koa2' : 'koa')
    const sub = new Other()
    sub.use(fail)
    app.use(require('koa-mount')('/sub', sub))
  },
  'place-inside-express': manual(({ app, install }) => {
    const express = require('express')
    const outer = express()
    install(app)
    app.use(fail)
    const callback = app.callback()
    outer.use((req, res) => callback(req, res))
    return outer
  }),
}
