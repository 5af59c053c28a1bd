import type { ServerResponse } from 'node:http'
import type { Answer } from './answerer.ts'
import { guard } from './guard.ts'

/**
 * Lets the framework make its default error answer and replaces only the body: the status, the headers of the error,
 * the log line and the events stay the framework's. `answer` is called when the framework ends the response, with
 * the body it would have sent; undefined leaves that body.
 *
 * @param failed called when a hook of the application (of `on-headers`) throws instead of letting the answer leave
 * @returns a function that takes the hook back
 */
export function swapAnswer(
  res: ServerResponse,
  answer: (body: unknown) => Answer | undefined,
  failed: () => void,
): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(res, 'end')
  const end = res.end as (...args: unknown[]) => ServerResponse
  const restore = (): void => {
    if (res.end !== swapped) return
    if (descriptor === undefined) delete (res as { end?: unknown }).end
    else Object.defineProperty(res, 'end', descriptor)
  }
  function swapped(this: ServerResponse, ...args: unknown[]): ServerResponse {
    restore()
    let body = args
    let made = false
    try {
      const ours = res.headersSent ? undefined : answer(args[0])
      made = ours !== undefined
      if (ours !== undefined) {
        removeHeaders(res, ours.removeHeaders)
        for (const [name, value] of ours.headers) res.setHeader(name, value)
        if (ours.withheld === undefined) {
          res.setHeader('Content-Length', Buffer.byteLength(ours.body))
          // HEAD has no body, but the framework passes none then.
          if (typeof args[0] === 'string' || Buffer.isBuffer(args[0])) body = [ours.body, 'utf8']
        }
      }
    } catch {
      body = args
    }
    let returned = false
    try {
      const result = Reflect.apply(end, this, body)
      returned = true
      return result
    } finally {
      if (!returned && made) guard(failed)
    }
  }
  res.end = swapped as typeof res.end
  return restore
}

function removeHeaders(res: ServerResponse, names: readonly string[]): void {
  for (const name of res.getHeaderNames()) {
    // Node refuses it beside a length, in the framework's own answer too.
    if (name === 'trailer') continue
    const hit = names.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one))
    if (hit) res.removeHeader(name)
  }
}
