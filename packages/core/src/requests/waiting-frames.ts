import type { Frame } from '@throwpoint/protocol'
import { instrumentRuntime } from '../engine/instrument-runtime.ts'
import { locateInstrumented } from '../engine/placed-frame.ts'
import { Locator } from '../source/locator.ts'
import type { Exchange } from '../scope/exchange.ts'

/** Frames of one request that are shown. */
const most = 50

export interface Waiting {
  /** The functions that have begun and not ended, the one that began last first. */
  readonly frames: readonly Frame[]
  readonly notes: readonly string[]
}

/** Whether this process knows where requests wait. */
export function knowsWhere(): boolean {
  return instrumentRuntime()?.listsRequests === true
}

/** Where a request waits, as far as the preload knows. Never throws. */
export function waitingFrames(exchange: Exchange): Waiting {
  const runtime = instrumentRuntime()
  const locator = new Locator()
  try {
    const active = runtime?.activeFrames?.(exchange) ?? []
    const frames = active
      .slice(-most)
      .reverse()
      .map(({ functionName, file, line, column }): Frame => {
        const located = locateInstrumented(file, { line, column }, locator, runtime!)
        const source = locator.excerpt(located)
        return {
          functionName,
          kind: 'app',
          async: true,
          live: false,
          birth: false,
          location: { file: located.file, line: located.line, column: located.column, exact: true },
          ...(located.generated && { generated: located.generated }),
          ...(source && { source }),
          scopes: [],
        }
      })
    const left = active.length - frames.length
    const more = left > 0 ? [`${left} more functions of this request have not ended.`] : []
    return { frames, notes: [...more, ...locator.notes] }
  } catch {
    // A runtime of another make.
    return { frames: [], notes: [] }
  }
}
