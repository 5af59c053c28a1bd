// Exceptions that leave a middleware, and answers that are errors.
import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import createError from 'http-errors'
import host from '../host.cjs'
import shared from '../values.cjs'

const { values, boom, soon } = shared
// Loaded by the cases that use them: most processes have one case.
const require = createRequire(import.meta.url)

const cases = {
  'sync-throw': ({ app }) => {
    app.use(() => {
      throw boom()
    })
  },
  'stack-overflow': ({ app }) => {
    app.use(() => {
      const deeper = () => deeper() + 1
      deeper()
    })
  },
  'emit-error': ({ app }) => {
    app.use(() => {
      new EventEmitter().emit('error', boom())
    })
  },
  'async-throw': ({ app }) => {
    app.use(async () => {
      throw boom()
    })
  },
  'throw-after-await': ({ app }) => {
    app.use(async () => {
      await soon()
      throw boom()
    })
  },
  'throw-route': ({ app }) => {
    app.use(() => {
      throw 'route'
    })
  },
  'bad-encoding': ({ app }) => {
    app.use((ctx) => {
      ctx.body = decodeURIComponent(ctx.path)
    })
  },
  'rejection-handled': ({ app }) => {
    app.use(async (ctx) => {
      const failing = Promise.reject(boom())
      await failing.catch(() => {})
      ctx.body = 'fine'
    })
  },
  'handles-its-own': ({ app }) => {
    app.use((ctx) => {
      try {
        throw boom()
      } catch {
        ctx.body = 'fine'
      }
    })
  },
  'json-circular': ({ app }) => {
    app.use((ctx) => {
      const value = {}
      value.itself = value
      ctx.body = value
    })
  },
  'json-bigint': ({ app }) => {
    app.use((ctx) => {
      ctx.body = { value: 1n }
    })
  },
  'json-throws': ({ app }) => {
    app.use((ctx) => {
      ctx.body = {
        toJSON() {
          throw boom('in toJSON')
        },
      }
    })
  },
  'bad-header': ({ app }) => {
    app.use((ctx) => {
      ctx.set('X-Name', 'two\nlines')
      ctx.body = 'never'
    })
  },
  'bad-status-code': ({ app }) => {
    app.use((ctx) => {
      ctx.status = 9999
    })
  },
  'http-404': ({ app }) => {
    app.use((ctx) => ctx.throw(404, 'no such order'))
  },
  'http-400': ({ app }) => {
    app.use(() => {
      throw createError(400, 'bad order', { expose: true })
    })
  },
  'http-503': ({ app }) => {
    app.use((ctx) => ctx.throw(503, 'too busy'))
  },
  'http-headers': ({ app }) => {
    app.use((ctx) => ctx.throw(503, 'too busy', { headers: { 'Retry-After': '7' } }))
  },
  'body-json': ({ app }) => {
    app.use(require('koa-bodyparser')())
    app.use((ctx) => {
      ctx.body = ctx.request.body
    })
  },
  'body-too-large': ({ app }) => {
    app.use(require('koa-bodyparser')({ jsonLimit: 100 }))
    app.use((ctx) => {
      ctx.body = ctx.request.body
    })
  },
  'send-file-missing': ({ app }) => {
    app.use(async (ctx) => {
      await require('koa-send')(ctx, 'missing', { root: import.meta.dirname })
    })
  },
  'raw-generator': ({ app }) => {
    app.use((ctx) => {
      ctx.body = (function* () {
        yield 'never'
      })()
    })
  },
  'head-throw': ({ app }) => {
    app.use(() => {
      throw boom()
    })
  },
  'next-twice': ({ app }) => {
    app.use(async (ctx, next) => {
      await next()
      await next()
    })
    app.use((ctx) => {
      ctx.body = 'never'
    })
  },
  'throw-after-next': ({ app }) => {
    app.use(async (ctx, next) => {
      await next()
      throw boom()
    })
    app.use((ctx) => {
      ctx.body = 'never'
    })
  },
  'koa-router': ({ app }) => {
    const Router = require('@koa/router')
    const router = new Router()
    router.get('/case', async () => {
      await soon()
      throw boom()
    })
    app.use(router.routes())
  },
  'nested-router': ({ app }) => {
    const Router = require('@koa/router')
    const inner = new Router()
    inner.get('/case', () => {
      throw boom()
    })
    const outer = new Router()
    outer.use('/outer/inner', inner.routes())
    app.use(outer.routes())
  },
  'sub-app': ({ app, Koa }) => {
    const sub = new Koa()
    sub.use(() => {
      throw boom()
    })
    app.use(require('koa-mount')('/sub', sub))
  },
  'http2-throw': host.overHttp2(({ app }) => {
    app.use(() => {
      throw boom()
    })
  }),
  'http2-fine': host.overHttp2(({ app }) => {
    app.use((ctx) => {
      ctx.body = 'fine'
    })
  }),
}

for (const [name, make] of Object.entries(values)) {
  cases[`throw-${name}`] = ({ app }) => {
    app.use(() => {
      throw make()
    })
  }
  cases[`reject-${name}`] = ({ app }) => {
    app.use(async () => {
      await soon()
      throw make()
    })
  }
}

export default cases
