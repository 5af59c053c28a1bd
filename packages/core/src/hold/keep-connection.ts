import { IncomingMessage } from 'node:http'
import type { Exchange } from '../scope/exchange.ts'

/** Of one body, in bytes. */
const mostOfOne = 16 * 2 ** 20
let left = 64 * 2 ** 20

type Incoming = IncomingMessage & { readonly _readableState?: { highWaterMark?: unknown } }

/**
 * Keeps the connection of a request that waits. Node's server cuts it when the whole body has not come within
 * `server.requestTimeout`, and the body stops coming when nobody reads it. So Node is let buffer more of it, up to
 * 16 MiB of one request and 64 MiB of all that wait: nothing is read, and the application finds every byte where it
 * would have been. A time limit of the socket itself (`server.timeout`, `socket.setTimeout`) stands still meanwhile.
 *
 * @returns what ends it
 */
export function keepConnection({ req }: Exchange): () => void {
  // A stream of HTTP/2 has no such limit of time.
  if (!(req instanceof IncomingMessage) || req.httpVersionMajor >= 2) return () => {}
  const ends = [keepTime(req), keepBody(req)]
  return () => {
    for (const end of ends) end?.()
  }
}

function keepTime({ socket }: IncomingMessage): (() => void) | undefined {
  const ms = socket.timeout
  if (ms === undefined || !(ms > 0)) return undefined
  socket.setTimeout(0)
  return () => {
    if (!socket.destroyed && !(socket.timeout! > 0)) socket.setTimeout(ms)
  }
}

function keepBody(req: Incoming): (() => void) | undefined {
  const { socket, _readableState: state, complete, destroyed } = req
  const before = state?.highWaterMark
  if (complete || destroyed || state === undefined || typeof before !== 'number') return undefined
  const length = Number(req.headers['content-length'] ?? mostOfOne)
  // One more than there is, for at the mark itself Node stops.
  const taken = Math.min(length + 1, mostOfOne, left)
  if (!(taken > before)) return undefined
  left -= taken
  state.highWaterMark = taken
  // It was stopped when the buffer was full, and goes on as if somebody had read.
  if (socket.isPaused() && (socket as { _paused?: unknown })._paused !== true) socket.resume()
  return () => {
    left += taken
    if (state.highWaterMark === taken) state.highWaterMark = before
  }
}
