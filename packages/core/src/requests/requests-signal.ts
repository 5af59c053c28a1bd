import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { debugLog } from '../debug-log.ts'
import { guard } from '../recorder/guard.ts'
import type { Runtime } from '../runtime.ts'
import { requestsReply } from './requests-reply.ts'

const signal = 'SIGUSR2'
const log = debugLog('throwpoint:requests')
const startedKey = Symbol.for('throwpoint.requests-signal.1')

/**
 * `kill -USR2 <pid>` prints the requests in flight to stderr, as long as nobody else listens for the signal: nodemon
 * ends its program with it, and an application may have plans of its own. Once in a process.
 *
 * @returns what ends it
 */
export function printOnSignal(runtime: Runtime): () => void {
  const holder = runtime as { [startedKey]?: () => void }
  if (holder[startedKey] !== undefined) return holder[startedKey]
  let listening = false
  const print = (): void =>
    guard(() => {
      const { stderr } = process
      // Neither is there when it is no terminal.
      const { columns } = stderr as { columns?: number }
      const colors = (stderr as { hasColors?(): boolean }).hasColors?.() === true
      const { text } = requestsReply(runtime, { colors, columns: columns ?? 80 })
      runtime.terminal.print(text)
    })
  const stop = (): void => {
    if (!listening) return
    listening = false
    process.off('newListener', giveWay)
    process.off(signal, print)
  }
  /** Whoever comes now finds the signal as he would without us: alone he may well expect to die of it. */
  const giveWay = (event: unknown): void => {
    if (event === signal) stop()
  }
  Object.defineProperty(holder, startedKey, { value: stop })
  guard(() => {
    const why = refusal()
    if (why !== undefined) return log(`${signal} is left alone: ${why}`)
    process.on(signal, print)
    process.on('newListener', giveWay)
    listening = true
  })
  return stop
}

function refusal(): string | undefined {
  if (process.platform === 'win32') return 'Windows has none'
  if (!isMainThread) return 'it reaches the main thread alone'
  if (process.listenerCount(signal) > 0) return 'the application listens for it'
  const program = restarter(process.ppid)
  return program === undefined ? undefined : `${program} restarts the program with it`
}

/** A program above this process that ends it with the signal. Where the processes cannot be seen it may be one. */
function restarter(pid: number): string | undefined {
  let parent = pid
  for (let step = 0; step < 8 && parent > 1; step++) {
    const found = processOf(parent)
    if (found === undefined) return 'a process that cannot be seen'
    if (/(?:^|[/\\\s])nodemon(?:\.js)?(?:\s|$)/.test(found.command)) return 'nodemon'
    parent = found.parent
  }
  return undefined
}

function processOf(pid: number): { readonly parent: number; readonly command: string } | undefined {
  try {
    if (process.platform === 'linux') {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      // The name, in brackets, may have anything in it.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      return { parent, command }
    }
    const text = execFileSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 1000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [, parent, command = ''] = /^\s*(\d+)\s+(.*)$/s.exec(text) ?? []
    return parent === undefined ? undefined : { parent: Number(parent), command }
  } catch {
    return undefined
  }
}
