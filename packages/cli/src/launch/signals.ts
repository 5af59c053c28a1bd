import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { isatty } from 'node:tty'

/** A terminal sends these to every process of the foreground group: the program has got it already. */
const fromTerminal: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGHUP']
/** Sent to one process by its number, and that is ours. */
const toOneProcess: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGUSR1', 'SIGUSR2']

/** How long a signal may take to end a program that does not handle it. */
const patience = 300

/**
 * Makes the child get each signal once. Only needed where the command cannot become the program itself.
 *
 * @returns stops it
 */
export function relaySignals(child: ChildProcess): () => void {
  const listeners = new Map<NodeJS.Signals, () => void>()
  for (const signal of fromTerminal) {
    listeners.set(signal, () => {
      if (process.platform === 'win32') return
      if (!isFromTerminal(signal)) child.kill(signal)
      else setTimeout(() => isIgnorant(child, signal) && child.kill(signal), patience)
    })
  }
  if (process.platform !== 'win32') {
    for (const signal of toOneProcess) listeners.set(signal, () => child.kill(signal))
  }
  for (const [signal, listener] of listeners) process.on(signal, listener)
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener)
  }
}

/** Whether this signal most likely came from the terminal; a signal does not say who sent it. */
export function isFromTerminal(signal: NodeJS.Signals): boolean {
  if (!fromTerminal.includes(signal)) return false
  const stat = processStat()
  if (stat === undefined) return [0, 1, 2].some((stream) => isatty(stream))
  // When the terminal goes away, the leader of its session is told alone
  if (signal === 'SIGHUP' && stat.session === process.pid) return false
  return stat.terminal !== 0 && stat.group === stat.foreground
}

/** The program lives on without handling the signal: it has not got it. */
function isIgnorant(child: ChildProcess, signal: NodeJS.Signals): boolean {
  if (child.exitCode !== null || child.signalCode !== null) return false
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, 'latin1')
    const caught = BigInt(`0x${/^SigCgt:\s*([\da-f]+)/m.exec(status)![1]}`)
    const ignored = BigInt(`0x${/^SigIgn:\s*([\da-f]+)/m.exec(status)![1]}`)
    return (((caught | ignored) >> BigInt(constants.signals[signal] - 1)) & 1n) === 0n
  } catch {
    return false
  }
}

interface ProcessStat {
  readonly group: number
  readonly session: number
  readonly terminal: number
  readonly foreground: number
}

/** What Linux says about this process and its terminal. */
function processStat(): ProcessStat | undefined {
  try {
    const text = readFileSync('/proc/self/stat', 'latin1')
    // The name in front may hold anything
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [group, session, terminal, foreground] = fields.slice(2, 6)
    return { group: group!, session: session!, terminal: terminal!, foreground: foreground! }
  } catch {
    return undefined
  }
}
