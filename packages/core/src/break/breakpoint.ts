import inspector from 'node:inspector'
import { Runtime } from '../runtime.ts'

let told = false

/** Stops an attached debugger; without one it says so, once. */
export function breakpoint(): void {
  if (inspector.url() === undefined) {
    if (told) return
    told = true
    Runtime.shared().terminal.notice(
      'breakpoint() has no debugger to stop: start the process with "node --inspect" and attach one',
    )
    return
  }
  // oxlint-disable-next-line no-debugger -- stopping an attached debugger is what this function is for
  debugger
}
