// A client that asks once on a connection of its own, and tells how the answer ended.
const http = require('node:http')

exports.get = (port, path) =>
  new Promise((resolve) => {
    http
      .get({ port, host: '127.0.0.1', path, agent: false }, (res) => {
        let text = ''
        res.on('data', (data) => (text += data))
        res.on('error', () => {})
        res.on('close', () =>
          resolve({ status: res.statusCode, whole: res.complete, text: text.slice(0, 13) }),
        )
      })
      .on('error', (error) => resolve({ error: error.code }))
  })
