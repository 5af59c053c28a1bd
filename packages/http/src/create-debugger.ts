import { Debugger, type DebugOptions, resolveOptions, Runtime } from '@throwpoint/core'
import { ReportAnswerer } from './report-answerer.ts'

/**
 * What `debugMiddleware(options)` of each adapter starts with: the debugger that answers over HTTP.
 *
 * @throws ThrowpointTypeError when an option is unknown or has the wrong type
 */
export function createDebugger(options: DebugOptions = {}): Debugger {
  const resolved = resolveOptions(options)
  const { hosts, editor } = resolved
  return new Debugger(resolved, Runtime.shared(), new ReportAnswerer({ hosts, editor }))
}
