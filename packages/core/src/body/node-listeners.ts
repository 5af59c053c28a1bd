import type { EventEmitter } from 'node:events'
import { finished, PassThrough, pipeline, Stream } from 'node:stream'

/**
 * Who listens for the 'error' of a stream:
 * - `node`: `pipe()`, which only unpipes: nobody will answer
 * - `callback`: `pipeline()` or `finished()`, behind which stands code of the application
 * - `other`: the application, or a library
 */
export type Listens = 'node' | 'callback' | 'other'

let known: Map<string, Listens> | undefined

/** Node's own listeners are known by their source text, which is taken from samples when it is first asked for. */
export function whoListens(listener: object): Listens {
  known ??= samples()
  try {
    return known.get(textOf(listener)) ?? 'other'
  } catch {
    return 'other'
  }
}

function samples(): Map<string, Listens> {
  const texts = new Map<string, Listens>()
  const take = (stream: EventEmitter, kind: Listens): void => {
    for (const listener of stream.listeners('error')) texts.set(textOf(listener), kind)
  }
  const nothing = (): void => {}
  const source = new PassThrough()
  const target = new PassThrough()
  finished(source, nothing)
  pipeline(new PassThrough(), new PassThrough(), target, nothing)
  take(source, 'callback')
  take(target, 'callback')
  const legacy = new Stream()
  for (const from of [new PassThrough(), legacy]) {
    const to = new PassThrough()
    from.pipe(to)
    take(from, 'node')
    take(to, 'node')
  }
  return texts
}

function textOf(listener: object): string {
  return Reflect.apply(Function.prototype.toString, listener, [])
}
