import { guard } from './recorder/guard.ts'

// Held from the start: fake timers of an application are not ours.
const { clearTimeout, setImmediate, setTimeout } = globalThis

/** Does a step of ours after so many milliseconds. It keeps no process alive, and its faults are dropped. */
export function later(ms: number, action: () => void): NodeJS.Timeout {
  return setTimeout(guard, ms, action).unref()
}

/** As `later`, for a wait that the process must live through. */
export function keepAlive(ms: number, action: () => void): NodeJS.Timeout {
  return setTimeout(guard, ms, action)
}

/** Forgets a step, and with it all that it holds on to. */
export function cancel(step: NodeJS.Timeout | undefined): void {
  if (step !== undefined) clearTimeout(step)
}

/** Does a step of ours in the next turn of the event loop. */
export function soon(action: () => void): void {
  setImmediate(guard, action).unref()
}
