// Held from the start: fake timers of an application are not ours.
const { setInterval, setTimeout } = globalThis

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
  const timer = setInterval(() => {
    if (isAlive(launcher)) return
    clearInterval(timer)
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs).unref()
    process.kill(process.pid, 'SIGTERM')
  }, everyMs)
  timer.unref()
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
