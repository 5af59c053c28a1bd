import type { EventEmitter } from 'node:events'
import { callSite, type Exchange, guard } from '@throwpoint/core'

/** Listeners for 'error' that Koa itself put on a body. */
const frameworkListeners = new WeakSet<object>()

export function isFrameworkListener(listener: object): boolean {
  return frameworkListeners.has(listener)
}

type Setter = (value: unknown) => void

/** Runs Koa's own setter and watches what was set; remembers which listeners are Koa's. */
export function setBody(
  exchange: Exchange,
  response: { _body?: unknown },
  value: unknown,
  set: Setter,
): void {
  const previous = response._body
  const before = [...errorListeners(previous), ...errorListeners(value)]
  Reflect.apply(set, response, [value])
  guard(() => {
    const after = [...errorListeners(previous), ...errorListeners(value)]
    for (const listener of after) if (!before.includes(listener)) frameworkListeners.add(listener)
    const kind = kindOf(value)
    if (kind === undefined) return
    if (isEmitter(value)) exchange.debugger.runtime.recorder.producedBy(exchange, value, kind)
    else exchange.debugger.runtime.recorder.attached(exchange, value as object, kind)
  })
}

function errorListeners(value: unknown): object[] {
  return isEmitter(value) ? value.rawListeners('error') : []
}

function isEmitter(value: unknown): value is EventEmitter {
  return typeof (value as { rawListeners?: unknown } | null)?.rawListeners === 'function'
}

/** Bodies that are produced while they are sent. */
function kindOf(value: unknown): string | undefined {
  if (value instanceof ReadableStream) return 'ReadableStream'
  if (value instanceof Blob) return 'Blob'
  if (value instanceof Response) return 'Response'
  if (isEmitter(value) && typeof (value as { pipe?: unknown }).pipe === 'function') {
    return value.constructor?.name || 'Stream'
  }
  return undefined
}
