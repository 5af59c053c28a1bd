import type { EventEmitter } from 'node:events'
import { types } from 'node:util'
import { type Exchange, guard } from '@throwpoint/core'

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
  let before: readonly object[] = []
  const previous = response._body
  guard(() => {
    before = [...errorListeners(previous), ...errorListeners(value)]
  })
  Reflect.apply(set, response, [value])
  guard(() => {
    for (const listener of [...errorListeners(previous), ...errorListeners(value)]) {
      if (!before.includes(listener)) frameworkListeners.add(listener)
    }
    const kind = kindOf(value)
    if (kind === undefined) return
    if (isEmitter(value)) exchange.debugger.runtime.recorder.producedBy(exchange, value, kind)
    else exchange.debugger.runtime.recorder.attached(exchange, value as object, kind)
  })
}

/** Whether a body is produced while it is sent. Most are not, and cost nothing more than this question. */
export function isProduced(value: unknown): boolean {
  try {
    return kindOf(value) !== undefined
  } catch {
    return false
  }
}

function errorListeners(value: unknown): object[] {
  return isEmitter(value) ? value.rawListeners('error') : []
}

function isEmitter(value: unknown): value is EventEmitter {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false
  return typeof (value as { rawListeners?: unknown }).rawListeners === 'function'
}

/** By their tags: a look at the globals `Response` and `ReadableStream` would load what stands behind them. */
const webBodies = new Set<unknown>(['ReadableStream', 'Blob', 'File', 'Response'])

function kindOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined
  if (typeof (value as { pipe?: unknown }).pipe === 'function') {
    return isEmitter(value) ? value.constructor?.name || 'Stream' : undefined
  }
  const tag = (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return webBodies.has(tag) ? (tag as string) : undefined
}
