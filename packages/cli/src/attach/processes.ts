import {
  columnsOf,
  findProcesses,
  fit,
  type FoundProcess,
  type HoldLine,
  isRunning,
  oneLine,
  pad,
  type ProcessInfo,
  removeProcess,
  SocketClient,
} from '@throwpoint/core/client'

/** A process with a session, as it answered just now. */
export interface RunningProcess {
  readonly found: FoundProcess
  readonly info: ProcessInfo
  readonly holds: readonly HoldLine[]
  /** Why it did not answer; undefined when it did. */
  readonly silent: string | undefined
}

/** Milliseconds a process has to say what it is. */
const patienceMs = 3000

/** All processes with a session, the oldest first. What is left of those that are gone is removed. */
export async function runningProcesses(warn: (text: string) => void): Promise<readonly RunningProcess[]> {
  const { processes, refused } = findProcesses()
  for (const { directory, reason } of refused) warn(`${directory} is not looked into: ${reason}`)
  const answers = await Promise.all(processes.map(ask))
  return answers.filter((answer) => answer !== undefined)
}

async function ask(found: FoundProcess): Promise<RunningProcess | undefined> {
  try {
    const client = await SocketClient.open(found, { name: 'a list', acts: false, patienceMs })
    const { process: info, holds } = client.hello
    client.close()
    return { found, info, holds, silent: undefined }
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string }
    if (code === 'TP_GONE') {
      if (!isRunning(found.pid)) removeProcess(found)
      return undefined
    }
    return { found, info: found, holds: [], silent: message }
  }
}

/** `4242`, or `4242-1` for a thread of it. */
export function labelOf({ pid, thread }: ProcessInfo): string {
  return thread === 0 ? String(pid) : `${pid}-${thread}`
}

/** Plain JSON of one process. */
export function processData({ info, holds, silent, found }: RunningProcess): object {
  const age = Date.now() - info.started
  return { ...info, age, socket: found.socket, answers: silent === undefined, holds }
}

/** A table for people. */
export function processTable(processes: readonly RunningProcess[], columns: number): string {
  const rows = processes.map(({ info, holds, silent }) => [
    labelOf(info),
    age(Date.now() - info.started),
    silent === undefined ? String(holds.length) : 'silent',
    info.worker ?? '',
    oneLine(info.script || info.title),
    oneLine(info.cwd),
  ])
  const heads = ['PID', 'AGE', 'WAITING', 'WORKER', 'SCRIPT', 'DIRECTORY']
  // Most have no cluster.
  const shown = heads.map((_, at) => at !== 3 || rows.some((row) => row[3] !== ''))
  const table = [heads, ...rows].map((row) => row.filter((_, at) => shown[at]))
  const widths = table[0]!.map((_, at) => Math.max(...table.map((row) => columnsOf(row[at]!))))
  return table
    .map((row) =>
      fit(
        row
          .map((cell, at) => pad(cell, widths[at]!))
          .join('  ')
          .trimEnd(),
        Math.max(40, columns),
      ),
    )
    .join('\n')
}

function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 100) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 100) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`
}
