import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import tty from 'node:tty'
import { isMainThread } from 'node:worker_threads'
import { type Ancestor, pagers } from './competing-reader.ts'
import type { TerminalFacts } from './ownership.ts'

/** Levels above us that are looked at. */
const levels = 16

interface Process {
  readonly pid: number
  readonly parent: number
  readonly group: number
  /** Of its controlling terminal; not positive: it has none. */
  readonly foreground: number
  /** Its controlling terminal, as the process table calls it. */
  readonly terminal: string
}

/**
 * Looks at the terminal as it is now. Reads the process table, and descriptor 0 only as far as whether it is a
 * terminal; creates no stream of the application's, `process.stdin` least of all.
 *
 * @param mine streams of ours that read, if any
 */
export function terminalFacts(mine: ReadonlySet<unknown> = new Set()): TerminalFacts {
  const { platform, pid } = process
  const base = {
    override: process.env['THROWPOINT_TTY'],
    namesOurs: false,
    platform,
    mainThread: isMainThread,
    stdinTty: isTerminal(0),
    deaf: deafLauncher(process.env),
    applicationReads: readsTerminal(mine),
  }
  const table = platform === 'win32' ? undefined : platform === 'linux' ? procTable : psTable()
  const self = table?.get(pid)
  if (table === undefined || self === undefined || self.foreground <= 0) {
    return { ...base, groups: undefined, ancestors: [], siblings: [] }
  }
  return {
    ...base,
    namesOurs: isNamed(base.override, self.terminal),
    groups: { own: self.group, foreground: self.foreground },
    ancestors: ancestorsOf(self, table),
    siblings: isTerminal(1) && isTerminal(2) ? [] : table.pagers(self.group),
  }
}

function isNamed(path: string | undefined, terminal: string): boolean {
  if (path === undefined || path === '' || path === 'stdin' || path === 'off') return false
  if (path === '/dev/tty') return true
  try {
    return String(fs.statSync(path).rdev) === terminal || path === `/dev/${terminal}`
  } catch {
    return false
  }
}

/** `turbo run` makes a terminal for each task, and shows what comes out of it by lines; its full screen takes keys. */
function deafLauncher(env: NodeJS.ProcessEnv): string | undefined {
  return env['TURBO_HASH'] === undefined || env['TURBO_IS_TUI'] === 'true'
    ? undefined
    : 'turbo (without --ui=tui)'
}

/** Whether our process group is in the foreground now: the cheap question before each touch of the terminal. */
export function inForeground(): boolean {
  if (process.platform === 'win32') return true
  const table = process.platform === 'linux' ? procTable : psTable([process.pid])
  const self = table.get(process.pid)
  // Without a controlling terminal there is no job control that could stop us.
  return self === undefined || self.foreground <= 0 || self.foreground === self.group
}

interface ProcessTable {
  get(pid: number): Process | undefined
  ancestor(pid: number): Ancestor | undefined
  pagers(group: number): readonly string[]
}

function ancestorsOf(self: Process, table: ProcessTable): readonly Ancestor[] {
  const found: Ancestor[] = []
  let { parent } = self
  for (let level = 0; level < levels && parent > 1; level++) {
    const process = table.get(parent)
    // A process of another group is in the background now: it cannot be reading.
    if (process === undefined || process.group !== self.group) break
    const ancestor = table.ancestor(parent)
    if (ancestor !== undefined) found.push(ancestor)
    parent = process.parent
  }
  return found
}

const procTable: ProcessTable = {
  get(pid) {
    const text = read(`/proc/${pid}/stat`)
    // The second field is the name of the program, which may hold anything.
    const [, parent, group, , terminal, foreground] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    if (foreground === undefined) return undefined
    return {
      pid,
      parent: Number(parent),
      group: Number(group),
      foreground: terminal === '0' ? -1 : Number(foreground),
      terminal: terminal!,
    }
  },
  ancestor(pid) {
    const argv = read(`/proc/${pid}/cmdline`)
      .split('\0')
      .filter((arg) => arg !== '')
    return { argv, stdinTty: terminalLink(`/proc/${pid}/fd/0`) }
  },
  pagers(group) {
    const names: string[] = []
    for (const entry of entries('/proc')) {
      if (!/^\d+$/.test(entry)) continue
      const text = read(`/proc/${entry}/stat`)
      const end = text.lastIndexOf(')')
      if (Number(text.slice(end + 2).split(' ')[2]) !== group) continue
      const name = text.slice(text.indexOf('(') + 1, end)
      if (pagers.has(name)) names.push(name)
    }
    return names
  },
}

/** What `ps` says, where there is no /proc. */
function psTable(pids?: readonly number[]): ProcessTable {
  const all = new Map<number, Process & { command: string }>()
  try {
    const which = pids === undefined ? ['-A'] : ['-p', pids.join(',')]
    const text = execFileSync('ps', [...which, '-o', 'pid=,ppid=,pgid=,tpgid=,tty=,command='], {
      encoding: 'utf8',
      timeout: 2000,
      maxBuffer: 8 << 20,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    for (const line of text.split('\n')) {
      const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(-?\d+)\s+(\S+)\s+(.*)$/.exec(line)
      if (match === null) continue
      const [pid, parent, group, foreground] = match.slice(1, 5).map(Number) as [
        number,
        number,
        number,
        number,
      ]
      all.set(pid, { pid, parent, group, foreground, terminal: match[5]!, command: match[6]! })
    }
  } catch {
    // Nothing is known: there is no terminal for us.
  }
  return {
    get: (pid) => all.get(pid),
    ancestor: (pid) => {
      const process = all.get(pid)
      return process && { argv: process.command.split(/\s+/), stdinTty: undefined }
    },
    pagers: (group) =>
      [...all.values()]
        .filter((process) => process.group === group)
        .map(({ command }) => command.split(/\s+/)[0]!.replace(/^.*\//, ''))
        .filter((name) => pagers.has(name)),
  }
}

function isTerminal(fd: number): boolean {
  try {
    return tty.isatty(fd)
  } catch {
    return false
  }
}

function terminalLink(path: string): boolean | undefined {
  try {
    return /^\/dev\/(?:pts\/|tty|console)/.test(fs.readlinkSync(path))
  } catch {
    return undefined
  }
}

function read(path: string): string {
  try {
    return fs.readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function entries(path: string): readonly string[] {
  try {
    return fs.readdirSync(path)
  } catch {
    return []
  }
}

/**
 * Whether a terminal stream of the application is being read. Asked of the active handles, as touching
 * `process.stdin` would create it.
 */
function readsTerminal(mine: ReadonlySet<unknown>): boolean {
  try {
    const handles = (process as { _getActiveHandles?: () => unknown[] })._getActiveHandles?.() ?? []
    // It exists in every program that imports `node:process`; that alone reads nothing.
    return handles.some(
      (handle) => handle instanceof tty.ReadStream && !mine.has(handle) && isReading(handle),
    )
  } catch {
    return false
  }
}

function isReading(stream: tty.ReadStream): boolean {
  const { reading } = (stream as unknown as { _handle?: { reading?: boolean } | null })._handle ?? {}
  return reading ?? stream.readableFlowing === true
}
