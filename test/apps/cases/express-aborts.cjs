'use strict'
// Clients that go away. None of these is an exception of the application.
const { pipeline, Readable, Writable } = require('node:stream')
const { pipeline: piped } = require('node:stream/promises')
const { boom, soon } = require('../values.cjs')
const { endless, temporaryFile } = require('../sources.cjs')

const large = Buffer.alloc(4_000_000, 'x')

module.exports = {
  'abort-piped'({ app }) {
    app.get('/case', (req, res) => {
      const source = Readable.from(endless())
      // The framework leaves the generator running for ever.
      res.on('close', () => source.unpipe())
      source.pipe(res)
    })
  },
  'abort-pipeline'({ app, note }) {
    app.get('/case', (req, res) => {
      pipeline(endless(), res, (error) => note(error.code))
    })
  },
  'abort-pipeline-next'({ app }) {
    app.get('/case', (req, res, next) => {
      pipeline(Readable.from(endless()), res, next)
    })
  },
  'abort-awaited'({ app }) {
    app.get('/case', async (req, res) => {
      await piped(endless(), res)
    })
  },
  'abort-large'({ app }) {
    app.get('/case', (req, res) => {
      for (let i = 0; i < 8; i++) res.write(large)
      res.end()
    })
  },
  'abort-upload-read'({ app }) {
    app.post('/case', async (req, res, next) => {
      try {
        for await (const chunk of req) void chunk
        res.send('whole')
      } catch (error) {
        next(error)
      }
    })
  },
  'abort-upload-async'({ app }) {
    app.post('/case', async (req, res) => {
      for await (const chunk of req) void chunk
      res.send('whole')
    })
  },
  'abort-upload-parser'({ app, express }) {
    app.use(express.json())
    app.post('/case', (req, res) => res.send('whole'))
  },
  'abort-web'({ app }) {
    app.get('/case', async (req, res, next) => {
      await Readable.toWeb(Readable.from(endless())).pipeTo(Writable.toWeb(res)).catch(next)
    })
  },
  'abort-controller'({ app }) {
    app.get('/case', async (req, res, next) => {
      const controller = new AbortController()
      res.on('close', () => controller.abort())
      res.write('first ')
      const work = new Promise((resolve, reject) => {
        controller.signal.addEventListener('abort', () => reject(controller.signal.reason))
      })
      await work.catch(next)
    })
  },
  'abort-send-file'({ app }) {
    const file = temporaryFile(large)
    app.get('/case', (req, res) => res.sendFile(file))
  },
  'abort-send-file-callback'({ app, note }) {
    const file = temporaryFile(large)
    app.get('/case', (req, res, next) => {
      res.sendFile(file, (error) => {
        note(error.code)
        next(error)
      })
    })
  },
  'abort-then-throw'({ app }) {
    app.get('/case', (req, res, next) => {
      res.write('first ')
      res.on('close', () => next(boom('after the client left')))
    })
  },
  'abort-then-throw-async'({ app }) {
    app.get('/case', (req, res, next) => {
      res.write('first ')
      res.on('close', () => void soon().then(() => next(boom('after the client left'))))
    })
  },
  'abort-finally-readable'({ app }) {
    app.get('/case', (req, res) => {
      const source = Readable.from(
        endless(() => {
          throw boom('in the clean-up')
        }),
      )
      pipeline(source, res, () => {})
    })
  },
  'abort-finally-generator'({ app }) {
    app.get('/case', (req, res) => {
      const source = endless(() => {
        throw boom('in the clean-up')
      })
      pipeline(source, res, () => {})
    })
  },
}
