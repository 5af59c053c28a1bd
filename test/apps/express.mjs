process.env.NODE_ENV = 'development'
const { host } = await import('./host.cjs')
const { default: express } = await import(process.argv[2])
const { cases } = await import('./cases/express.cjs')

const { debugMiddleware } = process.env.THROWPOINT_TEST === 'on' ? await import('@throwpoint/express') : {}

host({ cases, debugMiddleware, createApp: express, listenerOf: (app) => app, tools: { express } })
