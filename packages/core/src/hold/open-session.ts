import { debugLog } from '../debug-log.ts'
import { later } from '../later.ts'
import type { Runtime } from '../runtime.ts'

const log = debugLog('throwpoint:session')
let opened = false
/** Milliseconds in which it is known whether somebody is there; then exceptions are held no more if nobody is. */
const openingMs = 10_000

/**
 * Loads what talks with people, once in a process: the first middleware whose option `terminal` is `session` does it.
 * A process without a session loads nothing of it. Until it is known whether somebody is there, exceptions are held.
 */
export function openSession(runtime: Runtime): void {
  if (opened) return
  opened = true
  const opening = runtime.holds.claim('opening')
  later(openingMs, opening)
  void load(runtime).finally(opening)
}

async function load(runtime: Runtime): Promise<void> {
  const parts = [
    async () => {
      const { captureDebuggee } = await import('../session/capture-debuggee.ts')
      runtime.holds.present(captureDebuggee)
    },
    async () => (await import('../prompt/start-prompt.ts')).startPrompt(runtime),
    async () => (await import('../socket/start-socket.ts')).startSocket(runtime),
  ]
  for (const part of parts) {
    try {
      await part()
    } catch (error) {
      log(error instanceof Error ? (error.stack ?? error.message) : String(error))
      runtime.terminal.notice(`the session cannot open here (${String((error as Error | null)?.message)})`)
    }
  }
}
