import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

/** All together is no larger than this, in bytes. */
const mostBytes = 64_000_000
/** What has not been used for so long goes, in milliseconds. */
const mostAge = 30 * 24 * 3_600_000
/** A process that was killed while it wrote leaves a draft. */
const mostDraftAge = 3_600_000

const ours = /^throwpoint-[\w.-]+\.(?:pack(?:\.\w+)?|code)$/

/** Where the cache is: `THROWPOINT_CACHE` names a folder, or is `0` for none. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = environment['THROWPOINT_CACHE']
  if (named === '0') return undefined
  if (named !== undefined && named !== '' && named !== '1') return path.resolve(named)
  const base = environment['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache')
  return path.isAbsolute(base) ? path.join(base, 'throwpoint', 'instrument') : undefined
}

/** Where Node keeps the compiled code of a project. */
export function codeFolder(folder: string, root: string): string {
  return path.join(folder, `throwpoint-${shortHash(root)}.code`)
}

/** Sixteen hexadecimal digits. It names a file; nothing depends on it being hard to guess. */
export function shortHash(text: string): string {
  let high = 0xde_ad_be_ef
  let low = 0x41_c6_ce_57
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    high = Math.imul(high ^ code, 2_654_435_761)
    low = Math.imul(low ^ code, 1_597_334_677)
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909)
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909)
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
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
      const { mtimeMs } = statSync(file)
      files.push({ file, bytes: bytesOf(file), age: Date.now() - mtimeMs })
    } catch {
      // Another process has removed it
    }
  }
  return files
}

/** Of a file, or of all that is in a folder. */
function bytesOf(place: string): number {
  const entry = statSync(place, { throwIfNoEntry: false })
  if (entry?.isDirectory() !== true) return entry?.size ?? 0
  return namesIn(place).reduce((sum, name) => sum + bytesOf(path.join(place, name)), 0)
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
    const isDraft = !/\.(?:pack|code)$/.test(entry.file)
    bytes += entry.bytes
    if (bytes > mostBytes || entry.age > (isDraft ? mostDraftAge : mostAge)) {
      bytes -= entry.bytes
      try {
        rmSync(entry.file, { recursive: true })
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
  /** Of rewritten modules: one for each project. */
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
  const all = filesIn(folder)
  const packs = all.filter(({ file }) => !file.endsWith('.code'))
  return { folder, usable, bytes: all.reduce((sum, { bytes }) => sum + bytes, 0), files: packs.length }
}
