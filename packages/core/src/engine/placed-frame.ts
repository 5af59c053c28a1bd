import Module from 'node:module'
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Located, Locator } from '../source/locator.ts'
import type { StackFrame } from '../source/parse-stack.ts'
import { pathOf } from '../source/project.ts'
import type { InstrumentRuntime, NotedFrame, NotedTable, Place } from './instrument-runtime.ts'

/** A place a line of a stack names. */
export interface LinePlace {
  readonly file: string | undefined
  readonly place: Place
}

/** Where a noted frame is in the text that was instrumented, and in the one that stacks name. */
export interface Placed {
  readonly frame: NotedFrame
  readonly located: Located | undefined
  /** Where in the instrumented text a line stands, if it stands in this function; the innermost one counts. */
  readonly standsAt: (line: LinePlace) => { readonly at: Place; readonly isInnermost: boolean } | undefined
}

export function placed(frame: NotedFrame, locator: Locator, runtime: InstrumentRuntime): Placed {
  const { start, end, file } = frame
  const table = runtime.table(file)
  const path = pathOf(file)
  const isInnermost = (at: Place): boolean =>
    !(table?.functions ?? []).some(
      (entry) => start !== undefined && isBefore(start, entry.start) && isIn(entry, at),
    )
  if (start === undefined || end === undefined) {
    return { frame, located: undefined, standsAt: () => undefined }
  }
  return {
    frame,
    located: locateInstrumented(file, start, locator, runtime),
    standsAt(line) {
      const places = givenPlaces(line, path, table).filter((place) => frame.contains(place))
      const at = places.find(isInnermost) ?? places[0]
      return at === undefined ? undefined : { at, isInnermost: isInnermost(at) }
    },
  }
}

/** The places of the instrumented text that a line of a stack means. */
function givenPlaces(
  { file, place }: LinePlace,
  path: string,
  table: NotedTable | undefined,
): readonly Place[] {
  const upstream = table?.upstream
  if (file === undefined) return []
  if (file === path && upstream?.inMemory !== true) return [place]
  return upstream?.given(file, place) ?? []
}

/** The module a line of a stack stands in, when it stands in none of its functions: the program has just loaded it. */
export function placedModule(line: LinePlace, runtime: InstrumentRuntime): Placed | undefined {
  const { file } = line
  if (file === undefined || !isAbsolute(file)) return undefined
  for (const name of [file, pathToFileURL(file).href]) {
    const frame = runtime.moduleFrame?.(name)
    if (frame === undefined) continue
    const table = runtime.table(name)
    const places = givenPlaces(line, file, table)
    const isTop = places.some((place) => !table?.functions.some((entry) => isIn(entry, place)))
    return isTop ? { frame, located: undefined, standsAt: () => undefined } : undefined
  }
  return undefined
}

/** Where the user wrote a place of the text that was instrumented. */
export function locateInstrumented(
  file: string,
  { line, column }: Place,
  locator: Locator,
  runtime: InstrumentRuntime,
): Located {
  const upstream = runtime.table(file)?.upstream
  return locator.locate({ file: pathOf(file), line, column }, () => upstream?.original({ line, column }))
}

function isIn({ kind, start, end }: NotedTable['functions'][number], at: Place): boolean {
  return kind === 'function' && !isBefore(at, start) && isBefore(at, end)
}

export function isBefore(one: Place, other: Place): boolean {
  return one.line < other.line || (one.line === other.line && one.column < other.column)
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

/**
 * A place of a stack in the text the user wrote, as far as only we can know it. Lines never move; columns are those of
 * the rewritten text, until here.
 */
export function restored(
  found: StackFrame,
  thrown: unknown,
  text: string,
  runtime: InstrumentRuntime,
): StackFrame {
  const { file, start, end, line, column } = found
  if (file === undefined || start === -1 || !isAbsolute(file)) return found
  const script = text.slice(start, end).replace(/:\d+:\d+$/, '')
  const form = runtime.stackForm?.(thrown, script) ?? (mapsStack(script) ? 'mapped' : undefined)
  if (form === 'mapped') return found
  const given = form === 'given' ? column : runtime.originalColumn(script, line, column)
  const upstream = runtime.table(script)?.upstream
  // What has been compiled in memory is on no disk: nobody else could find its original
  const original = upstream?.inMemory === true ? upstream.original({ line, column: given }) : undefined
  if (original !== undefined) return { ...found, ...original, mapped: true }
  return given === column ? found : { ...found, column: given }
}
