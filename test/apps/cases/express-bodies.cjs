'use strict'
// Bodies produced by streams that fail.
const { truncateSync } = require('node:fs')
const http = require('node:http')
const net = require('node:net')
const { pipeline, Readable, Writable } = require('node:stream')
const { pipeline: piped } = require('node:stream/promises')
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
} = require('../sources.cjs')

const cases = {
  'error-to-next-before': ({ app }) => {
    app.get('/case', (req, res, next) => streams.before().on('error', next).pipe(res))
  },
  'error-to-next-midway': ({ app }) => {
    app.get('/case', (req, res, next) => streams.midway().on('error', next).pipe(res))
  },
  'pipeline-next': ({ app }) => {
    app.get('/case', (req, res, next) => {
      pipeline(failsMidway, res, (error) => error && next(error))
    })
  },
  'pipeline-next-before': ({ app }) => {
    app.get('/case', (req, res, next) => {
      pipeline(failsBefore, res, (error) => error && next(error))
    })
  },
  'proxy-upstream-resets': ({ app }) => {
    const upstream = net.createServer((socket) => socket.on('data', () => socket.resetAndDestroy()))
    upstream.listen(0, '127.0.0.1')
    app.get('/case', (req, res) => {
      http.get({ port: upstream.address().port, agent: false }, (answer) => answer.pipe(res))
    })
  },
  'proxy-upstream-breaks': ({ app }) => {
    const upstream = breakingServer()
    app.get('/case', (req, res) => {
      http.get({ port: upstream.address().port, agent: false }, (answer) => answer.pipe(res))
    })
  },
  'web-before': ({ app }) => {
    app.get('/case', async (req, res) => webStream('before').pipeTo(Writable.toWeb(res)))
  },
  'web-midway': ({ app }) => {
    app.get('/case', async (req, res) => webStream('midway').pipeTo(Writable.toWeb(res)))
  },
  blob: ({ app }) => {
    app.get('/case', async (req, res) => {
      const blob = await changedBlob()
      Readable.fromWeb(blob.stream()).pipe(res)
    })
  },
  'file-shrinks': ({ app }) => {
    const file = temporaryFile('x'.repeat(200_000))
    app.get('/case', (req, res) => {
      res.once('pipe', () => truncateSync(file, 1000))
      res.sendFile(file)
    })
  },
  'compressed-midway': ({ app }) => {
    app.use(require('compression')({ threshold: 0 }))
    app.get('/case', (req, res) => {
      res.type('text')
      Readable.from(failsOnceBegun(res)).pipe(res)
    })
  },
  'compressed-throw': ({ app }) => {
    app.use(require('compression')({ threshold: 0 }))
    app.get('/case', () => {
      throw new Error('boom')
    })
  },
  'compressed-pipeline': ({ app }) => {
    app.use(require('compression')({ threshold: 0 }))
    app.get('/case', (req, res) => {
      res.type('text')
      pipeline(failsOnceBegun(res), res, () => {})
    })
  },
  'head-stream': ({ app }) => {
    app.head('/case', (req, res) => streams.midway().pipe(res))
  },
  'no-content-stream': ({ app }) => {
    app.get('/case', (req, res) => streams.midway().pipe(res.status(204)))
  },
  'keep-alive-throw': ({ app }) => {
    app.get('/case', () => {
      throw new Error('boom')
    })
    app.get('/fine', (req, res) => res.send('fine'))
  },
  'keep-alive-midway': ({ app }) => {
    app.get('/case', async (req, res, next) => pipeline(failsMidway, res, () => {}))
    app.get('/fine', (req, res) => res.send('fine'))
  },
  'html-midway': ({ app }) => {
    app.get('/case', (req, res) => {
      res.type('html')
      pipeline(failsMidway, res, () => {})
    })
  },
}

for (const [name, make] of Object.entries(streams)) {
  cases[`stream-${name}`] = ({ app }) => {
    app.get('/case', (req, res) => make().pipe(res))
  }
}

const generators = { before: failsBefore, 'midway-sync': failsMidwaySync, midway: failsMidway }
for (const [name, generate] of Object.entries(generators)) {
  cases[`pipeline-${name}`] = ({ app, note }) => {
    app.get('/case', (req, res) => pipeline(generate, res, (error) => note(error.message)))
  }
  cases[`pipeline-awaited-${name}`] = ({ app }) => {
    app.get('/case', async (req, res) => {
      await piped(generate, res)
    })
  }
  cases[`pipeline-unawaited-${name}`] = ({ app }) => {
    app.get('/case', (req, res) => {
      void piped(generate, res)
    })
  }
}

module.exports = cases
