import { createContext, runInContext } from 'node:vm'

/** What V8 tells of one activation. */
export interface Site {
  getFileName(): unknown
  getFunctionName(): unknown
  getLineNumber(): unknown
  getColumnNumber(): unknown
}

/** A stack that was taken and not looked at. */
export interface Captured {
  readonly stack?: unknown
}

/** Frames that are taken: those between the response and the user's code are ours and those of Node's streams. */
const most = 16

type Capture = (above: Function) => Captured

let capture: Capture | undefined

/**
 * Takes the stack of whoever called `above`. Nothing is formatted, and no setting of the application is looked at or
 * touched: V8 asks the realm of the `Error` that captures for `stackTraceLimit` and `prepareStackTrace`, and that realm
 * is ours. So a limit of 0, frozen, or a hook of the application's make no difference and no hook is called.
 */
export function captureAbove(above: Function): Captured {
  return (capture ??= openRealm())(above)
}

function openRealm(): Capture {
  try {
    const context = createContext(Object.create(null), { name: 'throwpoint' })
    const code = `'use strict'
Error.stackTraceLimit = ${most}
Error.prepareStackTrace = (error, sites) => sites
above => {
  const captured = {}
  Error.captureStackTrace(captured, above)
  return captured
}`
    return runInContext(code, context, { filename: 'throwpoint:call-site' }) as Capture
  } catch {
    return () => ({})
  }
}

/** The call sites, innermost first; none when V8 took none. */
export function sitesOf(captured: Captured): readonly Site[] {
  try {
    const { stack } = captured
    return Array.isArray(stack) ? (stack as Site[]) : []
  } catch {
    return []
  }
}
