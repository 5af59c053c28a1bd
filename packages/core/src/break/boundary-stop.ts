import inspector from 'node:inspector'
import { parseStack } from '../source/parse-stack.ts'
import type { ThrowRecord } from '../recorder/throw-record.ts'
import type { TerminalReport } from '../terminal/terminal-report.ts'
import { safeGet } from '../primordials.ts'

let told = false

/** Stops the debugger that is attached, before the framework sees the exception; says once when none is. */
export function stopAtBoundary(record: ThrowRecord, terminal: TerminalReport): void {
  if (inspector.url() === undefined) {
    if (told) return
    told = true
    terminal.notice(
      'break: \'boundary\' has no debugger to stop: start the process with "node --inspect" and attach one',
    )
    return
  }
  const { value: stack } = safeGet(record.thrown, 'stack')
  const frames = typeof stack === 'string' ? parseStack(stack) : []
  throwpoint(record.thrown, record.exchange?.req ?? null, frames)
}

/** You are here because an exception is leaving your code: see `error`, `request` and `frames`. Continue goes on. */
function throwpoint(error: unknown, request: unknown, frames: unknown): void {
  // oxlint-disable-next-line no-debugger -- stopping an attached debugger is what this function is for
  debugger
  void error
  void request
  void frames
}
