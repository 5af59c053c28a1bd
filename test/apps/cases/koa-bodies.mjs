// Bodies produced by streams that fail.
import { truncateSync } from 'node:fs'
import http from 'node:http'
import { createRequire } from 'node:module'
import net from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { pipeline as piped } from 'node:stream/promises'
import host from '../host.cjs'
import sources from '../sources.cjs'
import shared from '../values.cjs'

const { boom } = shared
const require = createRequire(import.meta.url)
const {
  streams,
  failsBefore,
  failsMidway,
  failsMidwaySync,
  failsOnceBegun,
  breakingServer,
  webStream,
  changedBlob,
  temporaryFile,
  transform,
} = sources

const body = (app, make) => {
  app.use(async (ctx) => {
    ctx.body = await make(ctx)
  })
}

const fine = (app) => {
  app.use((ctx, next) => {
    if (ctx.path !== '/fine') return next()
    ctx.body = 'fine'
  })
}

const cases = {
  'stream-then-throw'({ app }) {
    app.use((ctx) => {
      ctx.body = streams.midway()
      throw boom()
    })
  },
  'proxy-upstream-resets'({ app }) {
    const upstream = net.createServer((socket) => socket.on('data', () => socket.resetAndDestroy()))
    upstream.listen(0, '127.0.0.1')
    app.use((ctx) => {
      return new Promise((resolve) => {
        http.get({ port: upstream.address().port, agent: false }, (answer) => {
          ctx.body = answer
          resolve()
        })
      })
    })
  },
  'proxy-upstream-breaks'({ app }) {
    const upstream = breakingServer()
    body(app, () => {
      return new Promise((resolve) => {
        http.get({ port: upstream.address().port, agent: false }, resolve)
      })
    })
  },
  'web-before': ({ app }) => body(app, () => webStream('before')),
  'web-midway': ({ app }) => body(app, () => webStream('midway')),
  'response-before': ({ app }) => body(app, () => new Response(webStream('before'))),
  'response-midway': ({ app }) => body(app, () => new Response(webStream('midway'))),
  blob: ({ app }) => body(app, () => changedBlob()),
  'locked-web'({ app }) {
    body(app, () => {
      const stream = webStream('midway')
      stream.getReader()
      return stream
    })
  },
  'consumed-response'({ app }) {
    body(app, async () => {
      const response = new Response('once')
      await response.text()
      return response
    })
  },
  'file-shrinks'({ app }) {
    const file = temporaryFile('x'.repeat(200_000))
    app.use(async (ctx) => {
      ctx.res.once('pipe', () => truncateSync(file, 1000))
      await require('koa-send')(ctx, file, { root: '/' })
    })
  },
  'compressed-midway'({ app }) {
    app.use(require('koa-compress')({ threshold: 0 }))
    body(app, (ctx) => {
      ctx.type = 'text'
      return Readable.from(failsOnceBegun(ctx.res))
    })
  },
  'compressed-throw'({ app }) {
    app.use(require('koa-compress')({ threshold: 0 }))
    app.use(() => {
      throw boom()
    })
  },
  'compressed-pipeline'({ app }) {
    app.use(require('koa-compress')({ threshold: 0 }))
    app.use(async (ctx) => {
      ctx.type = 'text'
      ctx.respond = false
      await piped(failsOnceBegun(ctx.res), ctx.res)
    })
  },
  'replaced-body'({ app }) {
    app.use((ctx) => {
      ctx.body = streams.midway()
      ctx.body = ctx.body.pipe(transform())
    })
  },
  'replaced-body-before'({ app }) {
    app.use((ctx) => {
      ctx.body = streams.before()
      ctx.body = ctx.body.pipe(transform())
    })
  },
  'head-stream': ({ app }) => body(app, () => streams.midway()),
  'no-content-stream'({ app }) {
    app.use((ctx) => {
      ctx.body = streams.midway()
      ctx.status = 204
    })
  },
  'keep-alive-throw'({ app }) {
    fine(app)
    app.use(() => {
      throw boom()
    })
  },
  'keep-alive-midway'({ app }) {
    fine(app)
    body(app, () => streams.midway())
  },
  'html-midway'({ app }) {
    body(app, (ctx) => {
      ctx.type = 'html'
      return streams.midway()
    })
  },
  'http2-before': host.overHttp2(({ app }) => body(app, () => streams.before())),
  'http2-midway': host.overHttp2(({ app }) => body(app, () => streams.midway())),
}

for (const [name, make] of Object.entries(streams)) {
  cases[`stream-${name}`] = ({ app }) => body(app, make)
}

const generators = { before: failsBefore, 'midway-sync': failsMidwaySync, midway: failsMidway }
for (const [name, generate] of Object.entries(generators)) {
  cases[`pipeline-${name}`] = ({ app, note }) => {
    app.use((ctx) => {
      ctx.respond = false
      pipeline(generate, ctx.res, (error) => note(error.message))
    })
  }
  cases[`pipeline-awaited-${name}`] = ({ app }) => {
    app.use(async (ctx) => {
      ctx.respond = false
      await piped(generate, ctx.res)
    })
  }
  cases[`pipeline-unawaited-${name}`] = ({ app }) => {
    app.use((ctx) => {
      ctx.respond = false
      void piped(generate, ctx.res)
    })
  }
}

export default cases
