'use strict'
// Exceptions that leave a handler, and answers that are errors.
const { EventEmitter } = require('node:events')
const path = require('node:path')
const createError = require('http-errors')
const { values, boom, soon } = require('../values.cjs')

const views = path.join(__dirname, '..', 'views')

const cases = {
  'sync-throw': ({ app }) => {
    app.get('/case', () => {
      throw boom()
    })
  },
  'stack-overflow': ({ app }) => {
    app.get('/case', () => {
      const deeper = () => deeper() + 1
      deeper()
    })
  },
  'emit-error': ({ app }) => {
    app.get('/case', () => {
      new EventEmitter().emit('error', boom())
    })
  },
  'async-throw': ({ app }) => {
    app.get('/case', async () => {
      throw boom()
    })
  },
  'throw-after-await': ({ app }) => {
    app.get('/case', async () => {
      await soon()
      throw boom()
    })
  },
  'next-error': ({ app }) => {
    app.get('/case', (req, res, next) => next(boom()))
  },
  'next-error-later': ({ app }) => {
    app.get('/case', (req, res, next) => {
      setTimeout(() => next(boom()), 5)
    })
  },
  'next-error-after-answer': ({ app }) => {
    app.use((req, res, next) => {
      next()
      next(boom())
    })
    app.get('/case', (req, res) => res.send('answered'))
  },
  'next-route': ({ app }) => {
    app.get('/case', (req, res, next) => next('route'))
    app.get('/case', (req, res) => res.send('the next route'))
  },
  'next-router': ({ app, express }) => {
    const router = express.Router()
    router.get('/case', (req, res, next) => next('router'))
    app.use(router)
    app.get('/case', (req, res) => res.send('the next router'))
  },
  'throw-route': ({ app }) => {
    app.get('/case', () => {
      throw 'route'
    })
    app.get('/case', (req, res) => res.send('the next route'))
  },
  'bad-encoding': ({ app }) => {
    app.get('/case/:name', (req, res) => res.send(req.params.name))
  },
  'rejection-handled': ({ app }) => {
    app.get('/case', async (req, res) => {
      const failing = Promise.reject(boom())
      await failing.catch(() => {})
      res.send('fine')
    })
  },
  'handles-its-own': ({ app }) => {
    app.get('/case', (req, res) => {
      try {
        throw boom()
      } catch {
        res.send('fine')
      }
    })
  },
  'json-circular': ({ app }) => {
    app.get('/case', (req, res) => {
      const value = {}
      value.itself = value
      res.json(value)
    })
  },
  'json-bigint': ({ app }) => {
    app.get('/case', (req, res) => res.json({ value: 1n }))
  },
  'json-throws': ({ app }) => {
    app.get('/case', (req, res) =>
      res.json({
        toJSON() {
          throw boom('in toJSON')
        },
      }),
    )
  },
  'bad-header': ({ app }) => {
    app.get('/case', (req, res) => {
      res.setHeader('X-Name', 'two\nlines')
      res.send('never')
    })
  },
  'bad-status-code': ({ app }) => {
    app.get('/case', (req, res) => {
      res.statusCode = 9999
      res.send('never')
    })
  },
  'http-404': ({ app }) => {
    app.get('/case', (req, res, next) => next(createError(404, 'no such order')))
  },
  'http-400': ({ app }) => {
    app.get('/case', () => {
      throw createError(400, 'bad order', { expose: true })
    })
  },
  'http-503': ({ app }) => {
    app.get('/case', (req, res, next) => next(createError(503, 'too busy')))
  },
  'http-headers': ({ app }) => {
    app.get('/case', (req, res, next) => {
      next(createError(503, 'too busy', { headers: { 'Retry-After': '7' } }))
    })
  },
  'body-json': ({ app, express }) => {
    app.use(express.json())
    app.post('/case', (req, res) => res.json(req.body))
  },
  'body-too-large': ({ app, express }) => {
    app.use(express.json({ limit: 100 }))
    app.post('/case', (req, res) => res.json(req.body))
  },
  'render-runtime': ({ app }) => {
    app.set('views', views).set('view engine', 'ejs')
    app.get('/case', (req, res) => res.render('runtime'))
  },
  'render-syntax': ({ app }) => {
    app.set('views', views).set('view engine', 'ejs')
    app.get('/case', (req, res) => res.render('syntax'))
  },
  'render-missing': ({ app }) => {
    app.set('views', views).set('view engine', 'ejs')
    app.get('/case', (req, res) => res.render('missing'))
  },
  'render-no-engine': ({ app }) => {
    app.set('views', views)
    app.get('/case', (req, res) => res.render('runtime'))
  },
  'param-throws': ({ app }) => {
    app.param('name', () => {
      throw boom()
    })
    app.get('/case/:name', (req, res) => res.send('never'))
  },
  'param-next': ({ app }) => {
    app.param('name', (req, res, next) => next(boom()))
    app.get('/case/:name', (req, res) => res.send('never'))
  },
  'param-async': ({ app }) => {
    app.param('name', async () => {
      throw boom()
    })
    app.get('/case/:name', (req, res) => res.send('never'))
  },
  'send-file-missing': ({ app }) => {
    app.get('/case', (req, res) => res.sendFile('missing', { root: __dirname }))
  },
  'download-missing': ({ app }) => {
    app.get('/case', (req, res) => res.download(path.join(__dirname, 'missing')))
  },
  'send-file-callback': ({ app }) => {
    app.get('/case', (req, res) => {
      res.sendFile('missing', { root: __dirname }, () => res.status(410).send('gone'))
    })
  },
  'send-file-callback-throws': ({ app }) => {
    app.get('/case', (req, res) => {
      res.sendFile('missing', { root: __dirname }, () => {
        throw boom('in the callback')
      })
    })
  },
  'raw-generator': ({ app }) => {
    app.get('/case', (req, res) => {
      res.send(
        (function* () {
          yield 'never'
        })(),
      )
    })
  },
  'head-throw': ({ app }) => {
    app.get('/case', () => {
      throw boom()
    })
  },
  'http2-anything': require('../host.cjs').overHttp2(({ app }) => {
    app.get('/case', (req, res) => res.send('never'))
  }),
}

for (const [name, make] of Object.entries(values)) {
  cases[`throw-${name}`] = ({ app }) => {
    app.get('/case', () => {
      throw make()
    })
  }
  cases[`reject-${name}`] = ({ app }) => {
    app.get('/case', async () => {
      await soon()
      throw make()
    })
  }
}

module.exports = cases
