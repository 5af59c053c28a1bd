import { instrumentRuntime } from '../engine/instrument-runtime.ts'
import { ThrowRecord } from '../recorder/throw-record.ts'
import { Runtime } from '../runtime.ts'
import type { Release } from './hold.ts'

const cannot = 'the program has not finished here; "continue" lets it go on'

/**
 * Holds the code that calls `above`, in a session that somebody answers.
 *
 * @returns what it awaits; undefined when it goes on at once
 */
export function holdCaller(above: Function): Promise<void> | undefined {
  const runtime = Runtime.shared()
  if (!runtime.holds.open) return undefined
  const exchange = runtime.scope.current()
  const owner = exchange?.debugger ?? runtime.first
  if (owner === undefined || owner.options.terminal !== 'session') return undefined
  const marker = new Error('the program waits here')
  marker.name = 'Breakpoint'
  Error.captureStackTrace(marker, above)
  instrumentRuntime()?.adoptBreakpoint?.(marker)
  const record = new ThrowRecord(
    marker,
    exchange,
    exchange === undefined ? 'background' : 'handler',
    'exception',
  )
  // It is no exception: no report of it is printed or written.
  record.shown = true
  return new Promise((resolve, reject) => {
    const go = (release: Release): void => {
      if (release.kind === 'throw') reject(release.error as Error)
      else resolve()
    }
    const way = { can: () => cannot, go, follow: go }
    if (runtime.holds.hold(record, owner, way, { reason: 'breakpoint' }) === undefined) resolve()
  })
}
