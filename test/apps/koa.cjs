'use strict'
process.env.NODE_ENV = 'development'
const { host } = require('./host.cjs')
const Koa = require(process.argv[2])

const debugMiddleware =
  process.env.THROWPOINT_TEST === 'on' ? require('@throwpoint/koa').debugMiddleware : undefined

void import('./cases/koa.mjs').then(({ cases }) => {
  host({
    cases,
    debugMiddleware,
    createApp: () => new Koa(),
    listenerOf: (app) => (typeof app === 'function' ? app : app.callback()),
    tools: { Koa },
  })
})
