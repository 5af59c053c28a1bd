import fs from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

const { closeSync, constants, fstatSync, openSync, readFileSync } = fs

const mostBytes = 64 * 1024

export interface RcFile {
  readonly path: string
  readonly lines: readonly string[]
  /** Why it was not read. */
  readonly problem?: string
}

/** `$XDG_CONFIG_HOME/throwpoint/rc`: the user's own. None from a project: what was checked out must run no code. */
export function rcPath(): string | undefined {
  const given = process.env['XDG_CONFIG_HOME'] ?? ''
  try {
    return join(isAbsolute(given) ? given : join(homedir(), '.config'), 'throwpoint', 'rc')
  } catch {
    return undefined
  }
}

/** The lines of an rc file, without comments; undefined when there is none. Others must not be able to write it. */
export function readRcFile(path: string): RcFile | undefined {
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    return { path, lines: [], problem: `it cannot be read (${code})` }
  }
  try {
    const stat = fstatSync(descriptor)
    const problem = !stat.isFile()
      ? 'it is no file'
      : stat.size > mostBytes
        ? `it is larger than ${mostBytes} bytes`
        : process.getuid !== undefined && stat.uid !== process.getuid()
          ? 'it belongs to somebody else'
          : process.platform !== 'win32' && (stat.mode & 0o022) !== 0
            ? 'others may write it (chmod go-w)'
            : undefined
    if (problem !== undefined) return { path, lines: [], problem }
    const lines = readFileSync(descriptor, 'utf8').split(/\r?\n/)
    return { path, lines: lines.filter((line) => line.trim() !== '' && !line.trim().startsWith('#')) }
  } catch (error) {
    return { path, lines: [], problem: `it cannot be read (${(error as NodeJS.ErrnoException).code})` }
  } finally {
    closeSync(descriptor)
  }
}
