import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { basename, join } from 'node:path'
import type { ProcessInfo } from './messages.ts'
import { runDirectories, type Surroundings, surroundings, unsafe } from './run-directory.ts'

/** What is written beside a socket, so that a list can be made of those that answer and those that do not. */
export interface ProcessFile extends ProcessInfo {
  readonly format: 'throwpoint-process'
  readonly version: number
  /** Path of the socket, or name of the pipe. */
  readonly socket: string
}

/** A process that was found, with the file that tells of it. */
export interface FoundProcess extends ProcessFile {
  readonly file: string
}

/** Files of one directory that are looked at. */
const most = 1000
const largest = 64 * 1024

/** Written under another name first: who reads it finds it whole. */
export function writeProcessFile(directory: string, name: string, content: ProcessFile): string {
  const file = join(directory, `${name}.json`)
  const draft = `${file}.new`
  rmSync(draft, { force: true })
  writeFileSync(draft, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: 'wx' })
  renameSync(draft, file)
  return file
}

/** What was found, and which directories were left alone because others may write there. */
export interface Found {
  readonly processes: readonly FoundProcess[]
  readonly refused: ReadonlyArray<{ readonly directory: string; readonly reason: string }>
}

/** Reads what is there; whether anybody answers is not known yet. */
export function findProcesses(around: Surroundings = surroundings()): Found {
  const processes: FoundProcess[] = []
  const refused: Array<{ directory: string; reason: string }> = []
  for (const directory of runDirectories(around)) {
    let names: string[]
    try {
      lstatSync(directory)
    } catch {
      continue
    }
    const reason = unsafe(directory, around)
    if (reason !== undefined) {
      refused.push({ directory, reason })
      continue
    }
    try {
      names = readdirSync(directory)
    } catch {
      continue
    }
    for (const name of names.filter((one) => one.endsWith('.json')).slice(0, most)) {
      const found = readProcessFile(join(directory, name), directory, around)
      if (found !== undefined) processes.push(found)
    }
  }
  return { processes: processes.sort((a, b) => a.started - b.started || a.pid - b.pid), refused }
}

function readProcessFile(file: string, directory: string, around: Surroundings): FoundProcess | undefined {
  try {
    const stat = lstatSync(file)
    if (!stat.isFile() || stat.size > largest) return undefined
    const given = JSON.parse(readFileSync(file, 'utf8')) as Partial<Record<keyof ProcessFile, unknown>>
    if (given.format !== 'throwpoint-process') return undefined
    const text = (value: unknown): string => (typeof value === 'string' ? value : '')
    const number = (value: unknown): number => (Number.isFinite(value) ? (value as number) : 0)
    const socket = socketOf(text(given.socket), directory, around)
    if (socket === undefined) return undefined
    return {
      format: 'throwpoint-process',
      version: number(given.version),
      pid: number(given.pid),
      thread: number(given.thread),
      cwd: text(given.cwd),
      script: text(given.script),
      title: text(given.title),
      started: number(given.started),
      node: text(given.node),
      worker: typeof given.worker === 'string' ? given.worker : null,
      socket,
      file,
    }
  } catch {
    // Half written, removed meanwhile, or no file of ours.
    return undefined
  }
}

/** The one beside the file, whatever the directory was called there; another one may be anybody's. */
function socketOf(given: string, directory: string, { platform }: Surroundings): string | undefined {
  if (platform === 'win32') return given.startsWith('\\\\.\\pipe\\throwpoint-') ? given : undefined
  const name = basename(given)
  return /^[\w-]+\.sock$/.test(name) ? join(directory, name) : undefined
}

/** Takes away what is left of a process that is gone. */
export function removeProcess({ file, socket }: Pick<FoundProcess, 'file' | 'socket'>): void {
  for (const path of [file, socket]) {
    if (path.startsWith('\\\\.\\pipe\\')) continue
    try {
      unlinkSync(path)
    } catch {
      // It is gone already.
    }
  }
}

/** Whether there is such a process; in a container with processes of its own it may be one we cannot see. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM'
  }
}

/** Removes sockets of processes that ended without a chance to do so: they are gone, and nobody listens. */
export function removeStale(around: Surroundings): void {
  for (const found of findProcesses(around).processes) {
    if (found.pid === process.pid || isRunning(found.pid)) continue
    const probe = connect(found.socket)
    probe.unref()
    probe.on('connect', () => probe.destroy())
    probe.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') removeProcess(found)
    })
  }
}
