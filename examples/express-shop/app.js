'use strict'

const path = require('node:path')
const express = require('express')
const { debugMiddleware } = require('@throwpoint/express')
const { failureList } = require('./lib/failure-list.js')

const app = express()
app.use(debugMiddleware({ dump: true }))

app.set('view engine', 'ejs')
app.set('views', path.join(__dirname, 'views'))

app.get('/', (req, res) => {
  res.type('text/plain').send(failureList(`${req.protocol}://${req.get('host')}`))
})

app.use(require('./routes/catalogue.js'))
app.use(require('./routes/cart.js'))
app.use(require('./routes/orders.js'))
app.use('/api', require('./routes/api.js'))

module.exports = { app }
