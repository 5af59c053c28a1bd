'use strict'

const fs = require('node:fs')
const path = require('node:path')
const { Readable, pipeline } = require('node:stream')
const { Router } = require('express')
const createError = require('http-errors')
const { findProduct, products } = require('../lib/database.js')
const { formatPrice } = require('../lib/money.js')

const data = path.join(__dirname, '../data')
const router = Router()
const searches = []

router.get('/products', (req, res) => {
  res.json(products)
})

router.get('/products/:slug', (req, res) => {
  const product = findProduct(req.params.slug)
  if (!product) throw createError(404, `There is no product "${req.params.slug}"`)
  res.send(`<!doctype html><h1>${product.name}</h1><p>${formatPrice(product.price)}</p>`)
})

// The warehouse leaves one file a product every night, with JSON in it.
router.get('/products/:slug/stock', (req, res, next) => {
  fs.readFile(path.join(data, 'stock', `${req.params.slug}.txt`), 'utf8', (error, text) => {
    if (error) return next(error)
    res.json(JSON.parse(text))
  })
})

router.get('/products/:slug/photo', (req, res) => {
  const photo = fs.createReadStream(path.join(data, 'photos', `${req.params.slug}.jpg`))
  photo.on('error', (error) => console.error(`photo: ${error.message}`))
  photo.pipe(res.type('jpeg'))
})

router.get('/search', (req, res) => {
  const hits = products.filter(({ name }) => name.toLowerCase().includes(req.query.q.toLowerCase()))
  res.on('finish', () => {
    searches.push({ query: req.query.q, best: hits[0].slug })
  })
  res.json(hits)
})

async function* cataloguePage() {
  yield '<!doctype html><title>Catalogue</title><h1>Catalogue</h1><table>'
  for (const { name, price } of products) {
    yield `<tr><td>${name}<td>${formatPrice(price)}`
  }
  yield '</table>'
}

// To be printed: one long page.
router.get('/catalogue', (req, res) => {
  res.type('html')
  pipeline(Readable.from(cataloguePage()), res, (error) => {
    if (error) console.error(`catalogue: ${error.message}`)
  })
})

module.exports = router
