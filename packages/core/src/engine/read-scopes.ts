import type { Frame, Limits, Scope, Variable } from '@throwpoint/protocol'
import { isObject, safeGet } from '../primordials.ts'
import { closed } from '../value/draft.ts'
import type { Look } from './engine.ts'
import type { NotedFrame, NotedScope, Place } from './instrument-runtime.ts'

/** A frame whose variables are being read. */
export interface Opened {
  readonly noted: NotedFrame
  readonly at: Place | undefined
  readonly frame: { -readonly [Key in keyof Frame]: Frame[Key] }
  /** Those of `frame`, still growing. */
  readonly scopes: Scope[]
}

/** So many frames have their variables in the report; the others can still be asked. */
const mostFrames = 10
/** And so many at the end: behind a deep recursion, that is where the handler is. */
const mostLast = 2
/** Levels of streams, requests and contexts that are opened: they hold the whole server. */
const heavyLevels = 1
/** Functions and names of a module. */
const moduleLevels = 1

const notRead = `Only the variables of the first ${mostFrames} and the last ${mostLast} frames are read into a report.`
const outOfTime = 'There was no time left to read them (limits.budgetMs).'

/** Blocks, locals and what functions close over, first frame first; what is heavy comes when all else is there. */
export function readVariables(opened: readonly Opened[], look: Look, limits: Limits): void {
  const later: (() => void)[] = []
  for (const [index, { noted, at, frame, scopes }] of opened.entries()) {
    const isBetween = index >= mostFrames && index < opened.length - mostLast
    const late = isBetween ? notRead : look.reader.isLate ? outOfTime : undefined
    if (late !== undefined) {
      scopes.push({ type: 'local', variables: [], unavailable: late })
      continue
    }
    for (const scope of noted.scopes(at)) {
      if (scope.type === 'module' || scope.names.length === 0) continue
      scopes.push(readScope(scope, look, limits, later))
    }
    const self = noted.hasThis ? noted.thisValue : undefined
    if (self !== undefined && self !== globalThis) {
      // At once, or a caller's name for the same object would have its properties in place of the frame itself
      if (!isHeavy(self, look)) frame.this = look.reader.read(self, 'this')
      else {
        later.push(() => {
          frame.this = look.reader.read(self, 'this', heavyLevels)
        })
      }
    }
  }
  for (const read of later) read()
}

/** The names of the modules, once for each, while there is time. */
export function readModuleScopes(opened: readonly Opened[], look: Look, limits: Limits): void {
  const seen = new Set<string>()
  for (const { noted, at, scopes } of opened.slice(0, mostFrames)) {
    const scope = noted.scopes(at).find(({ type, names }) => type === 'module' && names.length > 0)
    if (scope === undefined) continue
    const reason = seen.has(noted.file)
      ? 'Shown with an earlier frame of the same file.'
      : look.reader.isLate
        ? outOfTime
        : undefined
    seen.add(noted.file)
    scopes.push(
      reason === undefined
        ? readScope(scope, look, limits, undefined)
        : { type: 'module', variables: [], unavailable: reason },
    )
  }
}

function readScope(scope: NotedScope, look: Look, limits: Limits, later: (() => void)[] | undefined): Scope {
  const { names, type } = scope
  const shown = names.slice(0, limits.properties)
  const variables = shown.map((name): Variable => {
    const reading = readOne(scope, name)
    if ('unavailable' in reading) {
      const value =
        reading.unavailable === 'uninitialised'
          ? closed('undefined', '[uninitialized]', 'uninitialized')
          : closed('undefined', '[not kept]', 'engine')
      return { name, value }
    }
    const { value } = reading
    if (later === undefined) return { name, value: look.reader.read(value, name, moduleLevels) }
    const variable: { name: string; value: Variable['value'] } = { name, value: pending }
    if (isHeavy(value, look)) {
      later.push(() => {
        variable.value = look.reader.read(value, name, heavyLevels)
      })
    } else variable.value = look.reader.read(value, name)
    return variable
  })
  const more = names.length - shown.length
  return more > 0 ? { type, variables, unavailable: `${more} more variables` } : { type, variables }
}

const pending = closed('undefined', '[not read]', 'budget')

function readOne(scope: NotedScope, name: string): ReturnType<NotedScope['read']> {
  try {
    return scope.read(name)
  } catch {
    return { unavailable: 'not kept' }
  }
}

/** A stream, a function, or what the framework has made of the request. */
function isHeavy(value: unknown, { exchange }: Look): boolean {
  if (typeof value === 'function') return true
  if (!isObject(value)) return false
  if (
    exchange !== undefined &&
    (value === exchange.req || value === exchange.res || value === exchange.context)
  )
    return true
  return (
    typeof safeGet(value, 'pipe').value === 'function' && typeof safeGet(value, 'on').value === 'function'
  )
}
