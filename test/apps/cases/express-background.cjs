'use strict'
// Exceptions in code that a request started and nobody awaits.
const { EventEmitter } = require('node:events')
const { readFile } = require('node:fs')
const { boom, soon } = require('../values.cjs')

const fail = () => {
  throw boom('in the background')
}

module.exports = {
  timer({ app }) {
    app.get('/case', () => {
      setTimeout(fail, 5)
    })
  },
  tick({ app }) {
    app.get('/case', () => {
      process.nextTick(fail)
    })
  },
  microtask({ app }) {
    app.get('/case', () => {
      queueMicrotask(fail)
    })
  },
  'fs-callback'({ app }) {
    app.get('/case', () => {
      readFile(__filename, fail)
    })
  },
  'request-data'({ app }) {
    app.post('/case', (req) => {
      req.on('data', fail)
    })
  },
  'request-end'({ app }) {
    app.post('/case', (req) => {
      req.on('data', () => {})
      req.on('end', fail)
    })
  },
  'response-finish'({ app }) {
    app.get('/case', (req, res) => {
      res.on('finish', fail)
      res.send('answered')
    })
  },
  'response-close'({ app }) {
    app.get('/case', (req, res) => {
      res.on('close', fail)
      res.send('answered')
    })
  },
  'shared-emitter'({ app }) {
    const shared = new EventEmitter()
    setInterval(() => shared.emit('tick'), 5)
    app.get('/case', () => {
      shared.once('tick', fail)
    })
  },
  'unawaited-rejection'({ app }) {
    app.get('/case', () => {
      void soon().then(fail)
    })
  },
  'unawaited-after-answer'({ app }) {
    app.get('/case', (req, res) => {
      void soon().then(soon).then(fail)
      res.send('answered')
    })
  },
  'timer-with-listener'({ app }) {
    process.on('uncaughtException', () => {})
    app.get('/case', (req, res) => {
      setTimeout(fail, 5)
      setTimeout(() => res.send('answered all the same'), 40)
    })
  },
  'rejection-with-listener'({ app }) {
    process.on('unhandledRejection', () => {})
    app.get('/case', (req, res) => {
      void soon().then(fail)
      setTimeout(() => res.send('answered all the same'), 40)
    })
  },
}
