import { mkdirSync, readdirSync, statSync, unlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

/** All packs together are no larger than this, in bytes. */
const mostBytes = 64_000_000
/** What has not been used for so long goes, in milliseconds. */
const mostAge = 30 * 24 * 3_600_000
/** A process that was killed while it wrote leaves a draft. */
const mostDraftAge = 3_600_000

const ours = /^throwpoint-[\w.-]+\.pack(?:\.\w+)?$/

/** Where the cache is: `THROWPOINT_CACHE` names a folder, or is `0` for none. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = environment['THROWPOINT_CACHE']
  if (named === '0') return undefined
  if (named !== undefined && named !== '' && named !== '1') return path.resolve(named)
  const base = environment['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache')
  return path.isAbsolute(base) ? path.join(base, 'throwpoint', 'instrument') : undefined
}

/** Code is run from there: nobody else may write to it. Makes it, for its owner alone, where it is missing. */
export function isUsable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { uid, mode } = statSync(folder)
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)
  } catch {
    return false
  }
}

interface CachedFile {
  readonly file: string
  readonly bytes: number
  readonly age: number
}

function filesIn(folder: string): CachedFile[] {
  const files: CachedFile[] = []
  for (const name of namesIn(folder)) {
    if (!ours.test(name)) continue
    const file = path.join(folder, name)
    try {
      const { size, mtimeMs } = statSync(file)
      files.push({ file, bytes: size, age: Date.now() - mtimeMs })
    } catch {
      // Another process has removed it
    }
  }
  return files
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Removes what is old, and the oldest of what is too much. `kept` stays. Never throws. */
export function prune(folder: string, kept: string): void {
  let bytes = 0
  for (const entry of filesIn(folder).sort((a, b) => a.age - b.age)) {
    if (entry.file === kept) {
      bytes += entry.bytes
      continue
    }
    const isDraft = !entry.file.endsWith('.pack')
    bytes += entry.bytes
    if (bytes > mostBytes || entry.age > (isDraft ? mostDraftAge : mostAge)) {
      bytes -= entry.bytes
      try {
        unlinkSync(entry.file)
      } catch {
        // Read-only, or gone already
      }
    }
  }
}

/** How large the cache is. */
export interface CacheUsage {
  /** Absolute; undefined when there is none: `THROWPOINT_CACHE=0`. */
  readonly folder: string | undefined
  /** Nothing stops us from reading and writing it. */
  readonly usable: boolean
  readonly bytes: number
  readonly files: number
}

/**
 * What `throwpoint doctor` tells of the cache. Makes the folder where it is missing.
 *
 * @example
 * const { folder, bytes } = cacheUsage()
 */
export function cacheUsage(environment: NodeJS.ProcessEnv = process.env): CacheUsage {
  const folder = cacheFolder(environment)
  if (folder === undefined) return { folder, usable: false, bytes: 0, files: 0 }
  const usable = isUsable(folder)
  const packs = filesIn(folder)
  return { folder, usable, bytes: packs.reduce((sum, { bytes }) => sum + bytes, 0), files: packs.length }
}
