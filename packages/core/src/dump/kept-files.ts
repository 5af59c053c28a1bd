import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { debugLog } from '../debug-log.ts'
import { isAbandoned, isDraftName, newDraftName } from './dump-file.ts'

// Held from the start: tests of an application replace the file system, and streams and promises are of no use to a
// process that is about to end.
const { chmodSync, closeSync, constants, fchmodSync, fsyncSync, lstatSync, mkdirSync } = fs
const { openSync, readdirSync, renameSync, unlinkSync, writeSync } = fs
const { now } = Date

const log = debugLog('throwpoint:dump')

export interface KeptFilesOptions {
  /** An absolute path. It is made when the first file is written. */
  readonly directory: string
  /** Files that are kept. */
  readonly count: number
  /** Bytes of all files. */
  readonly bytes: number
  /** Names of the files that are counted, and removed when there are too many. */
  readonly isKept: (name: string) => boolean
  /** Names of other files of Throwpoint's that may be in the same directory. */
  readonly isOurs?: (name: string) => boolean
  /** Files that are written between two looks at what is there: a look costs more than a small file. @default 1 */
  readonly tidyEvery?: number
}

export interface PutOptions {
  /** A file of this name is replaced; else it is a fault. @default false */
  readonly replace?: boolean
  /** It is on the disk when this returns. @default true */
  readonly lasting?: boolean
}

interface Kept {
  readonly name: string
  readonly size: number
}

/**
 * Files in a directory of ours: each whole or not there at all, readable by its owner alone, never through a symbolic
 * link. Synchronous, so that it also works while the process dies. The oldest go when there are too many.
 */
export class KeptFiles {
  readonly directory: string
  readonly #options: KeptFilesOptions
  #untidied = 0
  #untidiedBytes = 0
  #tidied = false

  constructor(options: KeptFilesOptions) {
    this.directory = options.directory
    this.#options = options
  }

  /**
   * @returns the path of the file
   * @throws what the file system says, with its `code`
   */
  put(name: string, bytes: Buffer, { replace = false, lasting = true }: PutOptions = {}): string {
    this.#makeDirectory()
    this.#writeFile(name, bytes, replace, lasting)
    this.#untidied++
    this.#untidiedBytes += bytes.byteLength
    const { tidyEvery = 1, bytes: most } = this.#options
    if (!this.#tidied || this.#untidied >= tidyEvery || this.#untidiedBytes > most / 16) this.#tidy(name)
    return join(this.directory, name)
  }

  #makeDirectory(): void {
    const found = lstatSync(this.directory, { throwIfNoEntry: false })
    if (found === undefined) makeDirectories(this.directory)
    const made = found ?? lstatSync(this.directory)
    if (made.isSymbolicLink()) throw fault('ELOOP')
    if (!made.isDirectory()) throw fault('ENOTDIR')
    // One that somebody else uses too stays as it is; the files are closed anyway.
    if ((made.mode & 0o077) !== 0 && made.uid === process.getuid?.() && this.#isOurs()) {
      attempt(() => chmodSync(this.directory, 0o700))
    }
  }

  #isOurs(): boolean {
    const { isKept, isOurs } = this.#options
    const names = readdirSync(this.directory)
    for (let at = 0; at < names.length; at++) {
      const name = names[at]!
      if (!isKept(name) && !isDraftName(name) && isOurs?.(name) !== true) return false
    }
    return true
  }

  #writeFile(name: string, bytes: Buffer, replace: boolean, lasting: boolean): void {
    const file = join(this.directory, name)
    const there = lstatSync(file, { throwIfNoEntry: false })
    if (there !== undefined && !(replace && there.isFile())) throw fault('EEXIST')
    const draft = join(this.directory, newDraftName())
    // Windows has no O_NOFOLLOW.
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
    const descriptor = openSync(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    try {
      try {
        // An umask such as 0777 took away what we asked for.
        attempt(() => fchmodSync(descriptor, 0o600))
        for (let at = 0; at < bytes.byteLength;) at += writeSync(descriptor, bytes, at)
        if (lasting) fsyncSync(descriptor)
      } finally {
        closeSync(descriptor)
      }
      renameSync(draft, file)
    } catch (error) {
      attempt(() => unlinkSync(draft))
      throw error
    }
    if (lasting) attempt(() => this.#syncDirectory())
  }

  /** Makes the new name last; not every system has it. */
  #syncDirectory(): void {
    const descriptor = openSync(this.directory, constants.O_RDONLY)
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  }

  /** Removes the oldest files, and drafts of processes that are dead. Another process may do the same right now. */
  #tidy(written: string): void {
    this.#tidied = true
    this.#untidied = 0
    this.#untidiedBytes = 0
    attempt(() => {
      const { count: mostFiles, bytes: mostBytes, isKept } = this.#options
      const files: Kept[] = []
      let total = 0
      const names = readdirSync(this.directory).sort()
      for (let at = 0; at < names.length; at++) {
        const name = names[at]!
        const kept = isKept(name)
        if (!kept && !isDraftName(name)) continue
        const found = lstatSync(join(this.directory, name), { throwIfNoEntry: false })
        if (found === undefined || !found.isFile()) continue
        if (kept) {
          files[files.length] = { name, size: found.size }
          total += found.size
        } else if (isAbandoned(name, now() - found.mtimeMs)) {
          attempt(() => unlinkSync(join(this.directory, name)))
        }
      }
      let count = files.length
      for (let at = 0; at < files.length && (count > mostFiles || total > mostBytes); at++) {
        const { name, size } = files[at]!
        if (name === written) continue
        attempt(() => unlinkSync(join(this.directory, name)))
        count--
        total -= size
      }
    })
  }
}

/** One by one: `recursive` of Node 20 never returns where the file system refuses with ENOENT, as /proc does. */
function makeDirectories(path: string): void {
  const missing: string[] = []
  for (let at = path; lstatSync(at, { throwIfNoEntry: false }) === undefined; at = dirname(at)) {
    missing[missing.length] = at
    if (dirname(at) === at) break
  }
  for (let at = missing.length - 1; at >= 0; at--) {
    try {
      mkdirSync(missing[at]!, { mode: 0o700 })
    } catch (error) {
      // Another process was faster.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

function fault(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/** What is good to have, and no reason to fail. */
function attempt(action: () => void): void {
  try {
    action()
  } catch (error) {
    log(String((error as { stack?: unknown }).stack))
  }
}
