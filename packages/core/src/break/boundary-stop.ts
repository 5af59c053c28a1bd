import type { ThrowRecord } from '../recorder/throw-record.ts'
import { unreadCallSites, safeGet } from '../primordials.ts'
import type { Site } from '../source/capture.ts'
import { siteOf } from '../source/call-site.ts'
import { type Located, Locator } from '../source/locator.ts'
import { parseStack } from '../source/parse-stack.ts'
import type { TerminalReport } from '../terminal/terminal-report.ts'
import { isInspected } from './attached.ts'
import { compileStop } from './stop.ts'

/** What a developer sees of a frame in the debugger. */
interface StoppedFrame {
  readonly functionName: string
  readonly file: string
  readonly line: number
  readonly column: number
}

type Stop = (error: unknown, request: unknown, frames: readonly StoppedFrame[]) => void

const mostFrames = 50
let told = false
let stop: Stop | undefined

/**
 * Stops an attached debugger, before the framework sees the exception, in a small function that has `error`, `request`
 * and `frames` in scope. Without a debugger it does nothing and says so, once. While the inspector listens and nobody
 * is attached, nothing happens: Node does not tell whether somebody is.
 *
 * Looking at `error` makes V8 format its stack, so a message that the application changes afterwards is not in it.
 */
export function stopAtBoundary(record: ThrowRecord, terminal: TerminalReport): void {
  if (!isInspected()) {
    if (told) return
    told = true
    terminal.notice(
      'break: \'boundary\' has no debugger to stop: start the process with "node --inspect" and attach one',
    )
    return
  }
  stop ??= compileStop<Stop>(
    'boundary',
    `(function throwpoint(error, request, frames) {
  // An exception is leaving your code: look at error, request and frames.
  // Continue, and everything goes on as if it had not been stopped.
  debugger
})`,
  )
  stop(record.thrown, record.exchange?.req ?? null, framesOf(record.thrown))
}

/**
 * Where it was thrown. `error.stack` is not read: the first read fixes its text and would change what the
 * application's handlers log.
 */
function framesOf(thrown: unknown): StoppedFrame[] {
  const locator = new Locator()
  const sites = unreadCallSites(thrown)
  if (sites !== undefined) {
    return sites.slice(0, mostFrames).flatMap((site) => {
      const found = siteOf(site as Site, locator)
      return found === undefined ? [] : frameOf(found.functionName, found)
    })
  }
  const { value: stack } = safeGet(thrown, 'stack')
  if (typeof stack !== 'string') return []
  const { value: message } = safeGet(thrown, 'message')
  const header = typeof message === 'string' ? { message } : {}
  return parseStack(stack, { ...header, most: mostFrames }).flatMap(
    ({ functionName, file, line, column, mapped }) => {
      if (file === undefined) return []
      const position = { file, line, column }
      return frameOf(functionName, mapped ? locator.asWritten(position) : locator.locate(position))
    },
  )
}

function frameOf(functionName: string, { own, file, line, column }: Located): StoppedFrame[] {
  return own ? [] : [{ functionName, file, line, column }]
}
