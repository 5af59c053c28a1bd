'use strict'

const { app } = require('./app.js')

const server = app.listen(process.env.PORT ?? 3001, 'localhost', (error) => {
  if (error) throw error
  console.log(`express-shop: http://localhost:${server.address().port}/`)
})
