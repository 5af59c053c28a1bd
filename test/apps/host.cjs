'use strict'
// Runs cases of the matrix in one process, each as an application of its own behind a server of its own:
//
//   node express.cjs <package of the framework> <case>...
//
// What the parent must know goes to fd 3 as JSON lines, written synchronously, for the process may be dying. The
// end of stdin ends the process, so that none is left behind when the parent goes away.
const { writeSync } = require('node:fs')
const http = require('node:http')
const http2 = require('node:http2')

function tell(message) {
  const line = Buffer.from(`${JSON.stringify(message)}\n`)
  for (let at = 0; at < line.length;) {
    try {
      at += writeSync(3, line, at)
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
    }
  }
}

/** Marks a case that installs the middleware itself. */
function manual(setup) {
  return Object.assign(setup, { manual: true })
}

/** Marks a case that is served over HTTP/2. */
function overHttp2(setup) {
  return Object.assign(setup, { http2: true })
}

/**
 * @param {object} framework
 * @param {Record<string, (tools: object) => unknown>} framework.cases
 * @param {(options: object) => unknown} framework.debugMiddleware
 * @param {() => object} framework.createApp
 * @param {(app: object) => Function} framework.listenerOf
 * @param {object} framework.tools what the cases get beside `app` and `install`
 */
function host({ cases, debugMiddleware, createApp, listenerOf, tools }) {
  const names = process.argv.slice(3)
  const withDebugger = process.env.THROWPOINT_TEST === 'on'
  let waiting = names.length
  for (const name of names) {
    const setup = cases[name]
    if (setup === undefined) throw new Error(`There is no case "${name}".`)
    const onReport = (report) => tell({ type: 'report', case: name, report })
    /** A new middleware, or nothing when the run is plain. */
    const debug = () => (withDebugger ? [debugMiddleware({ onReport, terminal: 'off' })] : [])
    const install = (app) => {
      for (const middleware of debug()) app.use(middleware)
      return app
    }
    const app = createApp()
    if (!setup.manual) install(app)
    const note = (text) => tell({ type: 'note', case: name, text })
    const result = setup({ ...tools, app, install, debug, note, name }) ?? app
    const listener = listenerOf(result.app ?? result)
    const server = setup.http2 ? http2.createServer(listener) : http.createServer(listener)
    server.on('connection', (socket) => socket.on('close', () => tell({ type: 'closed', case: name })))
    server.listen(0, '127.0.0.1', () => {
      tell({ type: 'listening', case: name, port: server.address().port })
      if (--waiting === 0) tell({ type: 'ready' })
    })
  }
  process.stdin.resume()
  process.stdin.on('end', () => process.exit(0))
}

module.exports = { host, manual, overHttp2 }
