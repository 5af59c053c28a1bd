'use strict'

const express = require('express')
const createError = require('http-errors')
const { findCart, findProduct, findVoucher } = require('../lib/database.js')
const { formatPrice } = require('../lib/money.js')
const { rateFor } = require('../lib/carrier.js')
const giftCards = require('../lib/gift-cards.js')

const router = express.Router()

async function cartTotal(id, voucherCode) {
  const cart = await findCart(id)
  if (!cart) throw createError(404, `There is no cart ${id}`)
  let amount = 0
  for (const { slug, count } of cart.lines) amount += findProduct(slug).price.amount * count
  if (voucherCode) {
    const voucher = await findVoucher(voucherCode)
    amount -= Math.round((amount * voucher.percent) / 100)
  }
  return { amount, currency: 'EUR' }
}

router.get('/cart/:id/total', async (req, res) => {
  const total = await cartTotal(req.params.id, req.query.voucher)
  res.json({ total, text: formatPrice(total) })
})

router.get('/cart/:id/shipping', async (req, res) => {
  const rate = await rateFor(req.query.country)
  res.json({ rate })
})

router.get('/gift-cards/:number', async (req, res) => {
  res.json(await giftCards.balance(req.params.number))
})

router.post('/checkout', express.json(), async (req, res) => {
  const { cartId, email } = req.body
  const total = await cartTotal(cartId)
  res.status(201).json({ email, total })
})

module.exports = router
