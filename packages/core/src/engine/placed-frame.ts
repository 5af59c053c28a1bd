import Module from 'node:module'
import { isAbsolute } from 'node:path'
import type { Located, Locator } from '../source/locator.ts'
import type { StackFrame } from '../source/parse-stack.ts'
import { pathOf } from '../source/project.ts'
import type { InstrumentRuntime, NotedFrame, Place } from './instrument-runtime.ts'

/** Where a noted frame is in the text that stacks name. */
export interface Placed {
  readonly frame: NotedFrame
  readonly located: Located | undefined
  /** The last place of it; undefined where that is not known. */
  readonly last: Place | undefined
  /** Node has mapped the stack: its places are those of another text than the one that was instrumented. */
  readonly isMapped: boolean
  /** Whether no function inside of it has the place. */
  readonly isInnermost: (place: Place) => boolean
}

export function placed(frame: NotedFrame, locator: Locator, runtime: InstrumentRuntime): Placed {
  const { start, end, file } = frame
  const isMapped = mapsStack(file)
  const table = runtime.table(file)
  const isInnermost = (at: Place): boolean => {
    const inside = (table?.functions ?? []).filter(
      (entry) => entry.kind === 'function' && !isBefore(at, entry.start) && isBefore(at, entry.end),
    )
    return !inside.some((entry) => start !== undefined && isBefore(start, entry.start))
  }
  if (start === undefined || end === undefined) {
    return { frame, located: undefined, last: undefined, isMapped, isInnermost }
  }
  const path = pathOf(file)
  const locate = ({ line, column }: Place): Located =>
    isMapped
      ? locator.locate({ file: path, line, column: runningColumn(table?.columns ?? [], line, column) }, file)
      : locator.locate({ file: path, line, column })
  return { frame, located: locate(start), last: isMapped ? locate(end) : end, isMapped, isInnermost }
}

export function isBefore(one: Place, other: Place): boolean {
  return one.line < other.line || (one.line === other.line && one.column < other.column)
}

/** The column in the text that runs. */
function runningColumn(columns: readonly number[], line: number, column: number): number {
  let found = column
  for (let index = 0; index < columns.length; index += 3) {
    if (columns[index] !== line || columns[index + 2]! > column) continue
    found = columns[index + 1]! + column - columns[index + 2]!
  }
  return found
}

/** Whether Node itself maps the places of a file when it makes a stack. */
function mapsStack(file: string): boolean {
  if (!(process as { sourceMapsEnabled?: boolean }).sourceMapsEnabled) return false
  try {
    return Module.findSourceMap(file) !== undefined
  } catch {
    return false
  }
}

/** Lines never move; columns are those of the rewritten text, until here. */
export function restored(found: StackFrame, text: string, runtime: InstrumentRuntime): StackFrame {
  const { file, start, end, line, column } = found
  if (file === undefined || start === -1 || !isAbsolute(file)) return found
  const script = text.slice(start, end).replace(/:\d+:\d+$/, '')
  if (mapsStack(script)) return found
  const original = runtime.originalColumn(script, line, column)
  return original === column ? found : { ...found, column: original }
}
