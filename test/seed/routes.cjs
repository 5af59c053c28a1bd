'use strict'
// An application with nested routers; EXPRESS says which one.
const express = require(process.env.EXPRESS ?? 'express')
const { debugMiddleware } = require('@throwpoint/express')

const app = express()
app.use(debugMiddleware())
const items = express.Router()
items.get('/:item', (req, res) => res.json(req.params))
const orders = express.Router()
orders.get('/', (req, res) => res.send('all'))
orders.post('/', (req, res) => res.status(201).send('made'))
orders.use('/:id/items', items)
app.use('/orders', orders)
app.all('/any', (req, res) => res.send('any'))
app.get('/x', (req, res) => res.send('x'))
const server = app.listen(0, '127.0.0.1', () => console.log('listening', server.address().port))
