import { setTimeout as delay } from 'node:timers/promises'

/** The mailing list. The provider answers with a result instead of throwing. */
export async function confirm(token) {
  await delay(1)
  if (token.length !== 8) return { ok: false }
  return { ok: true, address: 'reader@example.com' }
}

/** Tells the hubs that subscribe to the feed. */
export async function pingHubs(slug) {
  await delay(20)
  const hubs = process.env.HUBS
  for (const hub of hubs.split(',')) console.log(`ping ${hub}: ${slug}`)
}
