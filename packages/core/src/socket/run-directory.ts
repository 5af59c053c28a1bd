import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { threadId } from 'node:worker_threads'

/** The parts of the surroundings that decide where sockets are. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  /** Of the effective user; undefined on Windows. */
  readonly uid: number | undefined
  readonly tmp: string
}

export function surroundings(): Surroundings {
  return { env: process.env, platform: process.platform, uid: process.geteuid?.(), tmp: tmpdir() }
}

/** What fits into `sun_path` with its end: 108 bytes on Linux, 104 on macOS and the BSDs. */
export function longestPath(platform: NodeJS.Platform): number {
  return (platform === 'linux' ? 108 : 104) - 1
}

/**
 * Where sockets of this user may be, the best first; `THROWPOINT_RUN_DIR` alone where it is set, to an absolute path. A
 * client looks into all of them: the server may have been started with another environment (by a process manager, or
 * in a session of its own).
 */
export function runDirectories({ env, platform, uid, tmp }: Surroundings): string[] {
  const found: string[] = []
  const { THROWPOINT_RUN_DIR: given = '' } = env
  if (isAbsolute(given)) return [resolve(given)]
  const { XDG_RUNTIME_DIR: runtime = '', XDG_STATE_HOME: state = '' } = env
  // Relative ones are to be ignored: https://specifications.freedesktop.org/basedir-spec/latest/
  if (isAbsolute(runtime)) found.push(join(runtime, 'throwpoint'))
  if (isAbsolute(state)) found.push(join(state, 'throwpoint', 'run'))
  const own = `throwpoint-${uid ?? windowsUser()}`
  found.push(join(tmp, own))
  if (platform !== 'win32') found.push(join('/tmp', own))
  return [...new Set(found)]
}

function windowsUser(): string {
  try {
    return userInfo().username.replace(/[^\w.-]/g, '-')
  } catch {
    return 'user'
  }
}

/**
 * Why a directory must not be used; undefined when it may: it is a directory itself and no link to one, it belongs to
 * us, and nobody else may enter. Whoever may write in it could put a socket of his own in place of ours.
 */
export function unsafe(directory: string, { platform, uid }: Surroundings): string | undefined {
  let found
  try {
    found = lstatSync(directory)
  } catch (error) {
    return `it cannot be read (${codeOf(error)})`
  }
  if (found.isSymbolicLink()) return 'it is a symbolic link'
  if (!found.isDirectory()) return 'it is no directory'
  if (platform === 'win32') return undefined
  if (found.uid !== uid) return `it belongs to another user (${found.uid})`
  if ((found.mode & 0o077) !== 0) {
    return `others may enter it (mode ${(found.mode & 0o777).toString(8)}): chmod 700 it`
  }
  return undefined
}

/** A place for the socket of this process, or why there is none. */
export type Place = { readonly directory: string; readonly name: string } | { readonly problem: string }

/** Makes and checks the first directory that will do. */
export function socketPlace(around: Surroundings, pid: number = process.pid): Place {
  const name = threadId === 0 ? String(pid) : `${pid}-${threadId}`
  const problems: string[] = []
  for (const directory of runDirectories(around)) {
    const problem = tooLong(join(directory, `${name}.sock`), around) ?? made(directory, around)
    if (problem === undefined) return { directory, name }
    problems.push(`${directory}: ${problem}`)
  }
  return { problem: problems.join('; ') }
}

function tooLong(path: string, { platform }: Surroundings): string | undefined {
  if (platform === 'win32') return undefined
  const most = longestPath(platform)
  return Buffer.byteLength(path) > most
    ? `a socket in it would have a path of more than ${most} bytes`
    : undefined
}

function made(directory: string, around: Surroundings): string | undefined {
  try {
    mkdirSync(join(directory, '..'), { recursive: true, mode: 0o700 })
  } catch (error) {
    return `it cannot be made (${codeOf(error)})`
  }
  try {
    // Not recursive: that would take a link for what it points to.
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') return `it cannot be made (${codeOf(error)})`
  }
  return unsafe(directory, around)
}

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : 'unknown'
}
