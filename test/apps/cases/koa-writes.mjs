// Responses written by hand that fail after they began or after they ended.
import sources from '../sources.cjs'
import shared from '../values.cjs'

const { boom, soon } = shared
const { failsMidway, failsMidwaySync } = sources

export default {
  'write-then-throw'({ app }) {
    app.use((ctx) => {
      ctx.status = 200
      ctx.res.write('first ')
      throw boom()
    })
  },
  'write-then-reject'({ app }) {
    app.use(async (ctx) => {
      ctx.status = 200
      ctx.res.write('first ')
      await soon()
      throw boom()
    })
  },
  'end-then-throw'({ app }) {
    app.use((ctx) => {
      ctx.status = 200
      ctx.res.end('answered')
      throw boom()
    })
  },
  'end-then-reject'({ app }) {
    app.use(async (ctx) => {
      ctx.status = 200
      ctx.res.end('answered')
      await soon()
      throw boom()
    })
  },
  'end-twice'({ app }) {
    app.use((ctx) => {
      ctx.status = 200
      ctx.respond = false
      ctx.res.end('answered')
      ctx.res.end('again')
    })
  },
  'write-after-end'({ app }) {
    app.use((ctx) => {
      ctx.status = 200
      ctx.respond = false
      ctx.res.end('answered')
      ctx.res.write('more')
    })
  },
  'length-mismatch'({ app }) {
    app.use((ctx) => {
      ctx.status = 200
      ctx.res.strictContentLength = true
      ctx.length = 3
      ctx.res.end('more than three')
    })
  },
  'length-too-large'({ app }) {
    app.use((ctx) => {
      ctx.status = 200
      ctx.respond = false
      ctx.res.setHeader('Content-Length', 1000)
      ctx.res.end('less than that')
    })
  },
  'for-await-write'({ app }) {
    app.use(async (ctx) => {
      ctx.status = 200
      for await (const chunk of failsMidway()) ctx.res.write(chunk)
      ctx.res.end()
    })
  },
  'for-of-write'({ app }) {
    app.use((ctx) => {
      ctx.status = 200
      for (const chunk of failsMidwaySync()) ctx.res.write(chunk)
      ctx.res.end()
    })
  },
  sse({ app }) {
    app.use((ctx) => {
      ctx.status = 200
      ctx.respond = false
      ctx.res.writeHead(200, { 'Content-Type': 'text/event-stream' })
      let events = 0
      setInterval(() => {
        if (++events > 2) throw boom('in the interval')
        ctx.res.write(`data: ${events}\n\n`)
      }, 5)
    })
  },
}
