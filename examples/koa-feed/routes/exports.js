import { createReadStream } from 'node:fs'
import { Readable, pipeline } from 'node:stream'
import { createGzip } from 'node:zlib'
import Router from '@koa/router'
import { authorOf, readArticles } from '../lib/articles.js'
import { entry, foot, head } from '../lib/atom.js'

export const router = new Router()

async function* ndjson(since) {
  for await (const article of readArticles(since)) {
    yield `${JSON.stringify({ ...article, author: authorOf(article).name })}\n`
  }
}

router.get('/export.ndjson', (ctx) => {
  ctx.type = 'application/x-ndjson'
  ctx.body = Readable.from(ndjson(ctx.query.since))
})

router.get('/export.ndjson.gz', (ctx) => {
  ctx.attachment('export.ndjson.gz')
  ctx.body = Readable.from(ndjson(ctx.query.since))
  ctx.body = ctx.body.pipe(createGzip())
})

router.get('/feed.xml', (ctx) => {
  ctx.type = 'application/atom+xml'
  ctx.body = pipeline(
    readArticles(ctx.query.since),
    async function* atom(articles) {
      yield head
      for await (const article of articles) yield entry(article)
      yield foot
    },
    () => {},
  )
})

// The front page as it is read aloud: HTML from a web stream.
router.get('/digest', (ctx) => {
  const articles = readArticles()
  ctx.type = 'html'
  ctx.body = new ReadableStream({
    start(controller) {
      controller.enqueue('<!doctype html><title>Digest</title><h1>Digest</h1><ul>')
    },
    async pull(controller) {
      const { done, value: article } = await articles.next()
      if (done) return controller.close()
      controller.enqueue(`<li>${article.title}, by ${authorOf(article).name}`)
    },
  }).pipeThrough(new TextEncoderStream())
})

// Written by hand, for the teleprinter: it wants a pause after each line.
router.get('/wire', async (ctx) => {
  ctx.status = 200
  ctx.type = 'text/plain'
  ctx.flushHeaders()
  for await (const article of readArticles()) {
    ctx.res.write(`${article.title.toUpperCase()} + ${authorOf(article).name}\r\n`)
  }
  ctx.res.end()
  ctx.respond = false
})

router.get('/archive/:year.json', (ctx) => {
  ctx.type = 'json'
  ctx.body = createReadStream(new URL(`../archive/${Number(ctx.params.year)}.json`, import.meta.url))
})

async function* csv(lines) {
  const started = Date.now()
  try {
    for await (const { slug, words } of lines) yield `${slug},${words}\n`
  } finally {
    log.info(`export took ${Date.now() - started} ms`)
  }
}

router.get('/export.csv', (ctx) => {
  ctx.type = 'csv'
  ctx.body = Readable.from(csv(readArticles()))
})
