import { setTimeout as delay } from 'node:timers/promises'

/** A stand-in for the table of articles: asynchronous, and with the gaps that real data has. */

const authors = new Map([
  ['ines', { name: 'Ines Okafor', url: 'https://example.com/ines' }],
  ['tom', { name: 'Tom Berg', url: 'https://example.com/tom' }],
])

const articles = [
  { slug: 'rain-again', title: 'Rain again', author: 'ines', published: '2026-03-01', words: 420 },
  { slug: 'harbour-reopens', title: 'Harbour reopens', author: 'tom', published: '2026-03-02', words: 980 },
  { slug: 'night-trains', title: 'Night trains', author: 'ines', published: '2026-03-04', words: 1310 },
  // A letter to the editors: nobody of ours has written it.
  { slug: 'letter-on-noise', title: 'On noise', author: null, published: '2026-03-05', words: 260 },
  { slug: 'budget-vote', title: 'The budget vote', author: 'tom', published: '2026-03-06', words: 730 },
  // A draft that somebody has saved with the wrong state.
  { slug: 'summer-plans', title: 'Summer plans', author: 'ines', published: undefined, words: 90 },
]

export function allArticles() {
  return articles
}

export async function findArticle(slug) {
  await delay(1)
  return articles.find((article) => article.slug === slug)
}

export function authorOf(article) {
  return authors.get(article.author)
}

/** Reads the articles that were published at `since` or later, one after another. */
export async function* readArticles(since = '2026-01-01') {
  const from = new Date(since).toISOString()
  for (const article of articles) {
    await delay(5)
    if (article.published === undefined || article.published >= from.slice(0, 10)) yield article
  }
}
