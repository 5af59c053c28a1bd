import { isFromTerminal } from './signals.ts'

// Held from the start: fake timers of an application are not ours.
const { performance, setInterval, setTimeout } = globalThis

const everyMs = 1000
/** Time for the program to end by itself. */
const graceMs = 5000

/**
 * Ends this program when the command that started it is gone, killed where it could tell nobody: nothing else would.
 * The variable by which the command says so is for this process alone.
 */
export function watchLauncher(): void {
  const launcher = Number(process.env['THROWPOINT_LAUNCHER'])
  delete process.env['THROWPOINT_LAUNCHER']
  // A watcher may stand between: then it is the one who ends us
  if (process.ppid !== launcher) return
  takeSignalsOnce()
  const timer = setInterval(() => {
    if (isAlive(launcher)) return
    clearInterval(timer)
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs).unref()
    process.kill(process.pid, 'SIGTERM')
  }, everyMs)
  timer.unref()
}

/** Signals that the command passes on, and that a supervisor may have sent to the whole process group as well. */
const passedOn = new Set<unknown>(['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGTERM', 'SIGUSR2'])
/** So close together, two of them are one. */
const sameMs = 300

/** A program that handles a signal shall not handle it twice because the command passed it on. */
function takeSignalsOnce(): void {
  const last = new Map<unknown, number>()
  const { emit } = process
  const value = function (this: NodeJS.Process, event: string, ...args: unknown[]): boolean {
    if (passedOn.has(event) && !isFromTerminal(event as NodeJS.Signals)) {
      const now = performance.now()
      const before = last.get(event)
      last.set(event, now)
      if (before !== undefined && now - before < sameMs) return true
    }
    return Reflect.apply(emit as (...list: unknown[]) => boolean, this, [event, ...args])
  }
  Object.defineProperty(value, 'name', { value: 'emit', configurable: true })
  Object.defineProperty(process, 'emit', { value, configurable: true, writable: true })
}

function isAlive(launcher: number): boolean {
  if (process.platform !== 'win32') return process.ppid === launcher
  try {
    process.kill(launcher, 0)
    return true
  } catch {
    return false
  }
}
