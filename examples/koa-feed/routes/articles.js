import Router from '@koa/router'
import { allArticles, authorOf, findArticle } from '../lib/articles.js'
import { confirm, pingHubs } from '../lib/subscribers.js'

export const router = new Router()
const views = new Map(allArticles().map(({ slug, words }) => [slug, { views: 0n, words: BigInt(words) }]))

function byline(author) {
  return `by ${author.name} (${author.url})`
}

router.get('/articles', (ctx) => {
  ctx.body = allArticles()
})

router.get('/articles/:slug', async (ctx) => {
  const article = await findArticle(ctx.params.slug)
  ctx.assert(article, 404, `There is no article "${ctx.params.slug}"`)
  ctx.body = `${article.title}\n${byline(authorOf(article))}\n`
})

// Counted when the reader has got it, not before.
router.get('/articles/:slug/text', (ctx) => {
  ctx.res.on('finish', () => {
    views.get(ctx.params.slug).views += 1n
  })
  ctx.body = `The text of ${ctx.params.slug}\n`
})

router.get('/statistics', (ctx) => {
  ctx.body = { articles: Object.fromEntries(views) }
})

router.get('/subscriptions/:token/confirm', async (ctx) => {
  const result = await confirm(ctx.params.token)
  if (!result.ok) throw result.error
  ctx.body = `${result.address} will get the feed by mail\n`
})

router.post('/articles/:slug/publish', (ctx) => {
  pingHubs(ctx.params.slug)
  ctx.status = 202
})
