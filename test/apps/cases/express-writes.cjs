'use strict'
// Responses written by hand that fail after they began or after they ended.
const { boom, soon } = require('../values.cjs')
const { failsMidway, failsMidwaySync } = require('../sources.cjs')

module.exports = {
  'write-then-throw'({ app }) {
    app.get('/case', (req, res) => {
      res.write('first ')
      throw boom()
    })
  },
  'write-then-reject'({ app }) {
    app.get('/case', async (req, res) => {
      res.write('first ')
      await soon()
      throw boom()
    })
  },
  'end-then-throw'({ app }) {
    app.get('/case', (req, res) => {
      res.end('answered')
      throw boom()
    })
  },
  'end-then-reject'({ app }) {
    app.get('/case', async (req, res) => {
      res.end('answered')
      await soon()
      throw boom()
    })
  },
  'send-twice'({ app }) {
    app.get('/case', (req, res) => {
      res.send('answered')
      res.send('again')
    })
  },
  'send-twice-async'({ app }) {
    app.get('/case', async (req, res) => {
      res.send('answered')
      await soon()
      res.send('again')
    })
  },
  'send-twice-timer'({ app }) {
    app.get('/case', (req, res) => {
      res.send('answered')
      setTimeout(() => res.send('again'), 5)
    })
  },
  'end-twice'({ app }) {
    app.get('/case', (req, res) => {
      res.end('answered')
      res.end('again')
    })
  },
  'write-after-end'({ app }) {
    app.get('/case', (req, res) => {
      res.end('answered')
      res.write('more')
    })
  },
  'length-mismatch'({ app }) {
    app.get('/case', (req, res) => {
      res.strictContentLength = true
      res.setHeader('Content-Length', 3)
      res.end('more than three')
    })
  },
  'length-too-large'({ app }) {
    app.get('/case', (req, res) => {
      res.setHeader('Content-Length', 1000)
      res.end('less than that')
    })
  },
  'for-await-write'({ app }) {
    app.get('/case', async (req, res) => {
      for await (const chunk of failsMidway()) res.write(chunk)
      res.end()
    })
  },
  'for-of-write'({ app }) {
    app.get('/case', (req, res) => {
      for (const chunk of failsMidwaySync()) res.write(chunk)
      res.end()
    })
  },
  sse({ app }) {
    app.get('/case', (req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' })
      let events = 0
      setInterval(() => {
        if (++events > 2) throw boom('in the interval')
        res.write(`data: ${events}\n\n`)
      }, 5)
    })
  },
}
