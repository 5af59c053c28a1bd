process.env.NODE_ENV = 'development'
const { host } = await import('./host.cjs')
const { default: Koa } = await import(process.argv[2])
const { cases } = await import('./cases/koa.mjs')

const { debugMiddleware } = process.env.THROWPOINT_TEST === 'on' ? await import('@throwpoint/koa') : {}

host({
  cases,
  debugMiddleware,
  createApp: () => new Koa(),
  listenerOf: (app) => (typeof app === 'function' ? app : app.callback()),
  tools: { Koa },
})
