// Clients that go away. None of these is an exception of the application.
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { pipeline, Readable, Writable } from 'node:stream'
import { pipeline as piped } from 'node:stream/promises'
import host from '../host.cjs'
import sources from '../sources.cjs'
import shared from '../values.cjs'

const { boom, soon } = shared
const require = createRequire(import.meta.url)
const { endless, temporaryFile } = sources
const large = Buffer.alloc(4_000_000, 'x')

const piping = ({ app }) => {
  app.use((ctx) => {
    const source = Readable.from(endless())
    // Koa 2 leaves the generator running for ever.
    ctx.res.on('close', () => source.unpipe())
    ctx.body = source
  })
}

const cleaningUp = () =>
  endless(() => {
    throw boom('in the clean-up')
  })

export default {
  'abort-piped': piping,
  'abort-http2': host.overHttp2((tools) => piping(tools)),
  'abort-pipeline'({ app, note }) {
    app.use((ctx) => {
      ctx.respond = false
      pipeline(endless(), ctx.res, (error) => note(error.code))
    })
  },
  'abort-awaited'({ app }) {
    app.use(async (ctx) => {
      ctx.respond = false
      await piped(endless(), ctx.res)
    })
  },
  'abort-large'({ app }) {
    app.use((ctx) => {
      ctx.body = Buffer.alloc(32_000_000, 'x')
    })
  },
  'abort-file'({ app }) {
    const file = temporaryFile(large)
    app.use((ctx) => {
      ctx.body = createReadStream(file)
    })
  },
  'abort-upload-read'({ app }) {
    app.use(async (ctx) => {
      for await (const chunk of ctx.req) void chunk
      ctx.body = 'whole'
    })
  },
  'abort-upload-parser'({ app }) {
    app.use(require('koa-bodyparser')())
    app.use((ctx) => {
      ctx.body = 'whole'
    })
  },
  'abort-web'({ app }) {
    app.use(async (ctx) => {
      ctx.respond = false
      await Readable.toWeb(Readable.from(endless())).pipeTo(Writable.toWeb(ctx.res))
    })
  },
  'abort-controller'({ app }) {
    app.use(async (ctx) => {
      const controller = new AbortController()
      ctx.res.on('close', () => controller.abort())
      ctx.respond = false
      ctx.res.write('first ')
      await new Promise((resolve, reject) => {
        controller.signal.addEventListener('abort', () => reject(controller.signal.reason))
      })
    })
  },
  'abort-send-file'({ app }) {
    const file = temporaryFile(large)
    app.use(async (ctx) => {
      await require('koa-send')(ctx, file, { root: '/' })
    })
  },
  'abort-then-throw'({ app }) {
    app.use(async (ctx) => {
      ctx.respond = false
      ctx.res.write('first ')
      await new Promise((resolve) => ctx.res.on('close', resolve))
      throw boom('after the client left')
    })
  },
  'abort-then-throw-async'({ app }) {
    app.use(async (ctx) => {
      ctx.respond = false
      ctx.res.write('first ')
      await new Promise((resolve) => ctx.res.on('close', resolve))
      await soon()
      throw boom('after the client left')
    })
  },
  'abort-finally-readable'({ app }) {
    app.use((ctx) => {
      ctx.respond = false
      pipeline(Readable.from(cleaningUp()), ctx.res, () => {})
    })
  },
  'abort-finally-generator'({ app }) {
    app.use((ctx) => {
      ctx.respond = false
      pipeline(cleaningUp(), ctx.res, () => {})
    })
  },
}
