import Module from 'node:module'
import { guard, Runtime } from '@throwpoint/core'

type Callback = (this: object, ...args: unknown[]) => unknown

const hooked: unique symbol = Symbol.for('throwpoint.koa.callback.1') as never

/**
 * Lets a session know the applications of each copy of Koa that is loaded, before their first request: a middleware is
 * told of its application by that alone. `app.callback()` is called when a server is made.
 */
export function findApplications(): void {
  guard(() => {
    const { _cache: cache } = Module as unknown as {
      _cache?: Record<string, { exports?: unknown } | undefined>
    }
    for (const [file, module] of Object.entries(cache ?? {})) {
      const exported = module?.exports
      if (typeof exported !== 'function' || !/[\\/]lib[\\/]application\.js$/.test(file)) continue
      const prototype = (exported as { prototype?: { callback?: unknown; onerror?: unknown } }).prototype
      if (typeof prototype?.callback === 'function' && typeof prototype.onerror === 'function')
        hook(prototype as { callback: Callback })
    }
  })
}

function hook(prototype: { callback: Callback; [hooked]?: true }): void {
  if (prototype[hooked] === true) return
  Object.defineProperty(prototype, hooked, { value: true })
  const { callback } = prototype
  prototype.callback = function callbackOfKnown(this: object, ...args: unknown[]): unknown {
    guard(() => Runtime.shared().arrivals.know('koa', this))
    return Reflect.apply(callback, this, args)
  }
}
