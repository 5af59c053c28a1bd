'use strict'

const { Router } = require('express')
const { findOrder, findProduct } = require('../lib/database.js')

const router = Router()

class WarehouseClosedError extends Error {
  name = 'WarehouseClosedError'
  status = 503
}

router.get('/availability/:slug', (req, res) => {
  const product = findProduct(req.params.slug)
  if (!product.price) throw new WarehouseClosedError(`${product.name} is being counted`)
  res.json({ slug: product.slug, available: true })
})

router.get('/orders/:id', async (req, res) => {
  const { id, total, lines } = await findOrder(req.params.id)
  res.json({ id, total, lines })
})

// Clients of the API read JSON, errors included.
router.use((error, req, res, next) => {
  res.status(error.status).json({ error: error.message })
})

module.exports = router
