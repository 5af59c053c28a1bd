import type { ServerResponse } from 'node:http'
import type { Exchange } from '../scope/exchange.ts'
import type { Answer } from './answerer.ts'
import { guard } from './guard.ts'
import type { ThrowRecord } from './throw-record.ts'

/**
 * Lets the framework make its default error answer and replaces only the body: the status, the headers of the error,
 * the log line and the events stay the framework's. When a hook of the application (of `on-headers`) throws instead of
 * letting ours leave, that is noted as lost.
 *
 * @param isDefault whether it is the framework that answers, told by the body it would send; any other answer is left
 * @returns a function that takes the hook back
 */
export function swapAnswer(
  exchange: Exchange,
  record: ThrowRecord,
  isDefault: (body: unknown) => boolean,
): () => void {
  const { res } = exchange
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
      const ours = res.headersSent || !isDefault(args[0]) ? undefined : answerTo(exchange, record)
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
      if (!returned && made) guard(() => exchange.debugger.runtime.recorder.answerLost(record))
    }
  }
  res.end = swapped as typeof res.end
  return restore
}

function answerTo(exchange: Exchange, record: ThrowRecord): Answer | undefined {
  if (!exchange.debugger.options.page) return undefined
  record.client = 'error-response'
  exchange.outcome = 'page'
  const answer = exchange.debugger.answer(record)
  if (answer?.withheld !== undefined) exchange.outcome = undefined
  return answer
}

function removeHeaders(res: ServerResponse, names: readonly string[]): void {
  for (const name of res.getHeaderNames()) {
    // Node refuses it beside a length, in the framework's own answer too.
    if (name === 'trailer') continue
    const hit = names.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one))
    if (hit) res.removeHeader(name)
  }
}
