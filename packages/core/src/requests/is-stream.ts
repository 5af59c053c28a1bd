import type { Exchange } from '../scope/exchange.ts'

/** Whether a response is meant to stay open: server-sent events, and connections that were handed over. */
export function isStream({ req, res }: Exchange): boolean {
  if (res.statusCode === 101 || req.method === 'CONNECT') return true
  if (req.headers.upgrade !== undefined && /\bupgrade\b/i.test(req.headers.connection ?? '')) return true
  const type = res.getHeader('content-type')
  return typeof type === 'string' && /^\s*text\/event-stream\b/i.test(type)
}
