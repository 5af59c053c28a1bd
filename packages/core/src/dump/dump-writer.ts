import fs from 'node:fs'
import { dirname, join } from 'node:path'
import type { Report } from '@throwpoint/protocol'
import { debugLog } from '../debug-log.ts'
import { redactSource } from '../redact/redaction.ts'
import { jsonText } from '../report/json-text.ts'
import { dumpFault } from './dump-fault.ts'
import { dumpNameOf, isAbandoned, isDraftName, isDumpName, newDraftName } from './dump-file.ts'

// Held from the start: tests of an application replace the file system, and streams and promises are of no use to a
// process that is about to end.
const { chmodSync, closeSync, constants, fchmodSync, fsyncSync, lstatSync, mkdirSync } = fs
const { openSync, readdirSync, renameSync, unlinkSync, writeSync } = fs
const toBytes: (text: string) => Buffer = Buffer.from.bind(Buffer)
const { now } = Date

const log = debugLog('throwpoint:dump')

export interface DumpOptions {
  /** An absolute path. It is made when the first report is written. */
  readonly directory: string
  /** Dumps that are kept. @default 100 */
  readonly count?: number
  /** Bytes of all dumps. @default 256 MiB */
  readonly bytes?: number
}

export type DumpWritten =
  | { readonly file: string }
  /** One sentence: what failed, and what to do. */
  | { readonly error: string }

interface Dump {
  readonly name: string
  readonly size: number
}

/**
 * Writes reports to files, one each: whole or not at all, readable by their owner alone, never through a symbolic link.
 * Synchronous, so that it also works while the process dies. Of its own files the oldest go when there are too many.
 */
export class DumpWriter {
  readonly #directory: string
  readonly #count: number
  readonly #bytes: number
  readonly #safeSources = new SafeSources()

  constructor({ directory, count = 100, bytes = 256 * 1024 * 1024 }: DumpOptions) {
    this.#directory = directory
    this.#count = count
    this.#bytes = bytes
  }

  /** Never throws. `sources`: the whole text of files the report shows, by their names. */
  write(report: Report, sources: Readonly<Record<string, string>>): DumpWritten {
    try {
      const bytes = toBytes(jsonText({ ...report, sources: this.#safeSources.of(sources) }))
      if (bytes.byteLength > this.#bytes) {
        return {
          error: `the report is larger than all dumps together may be (${this.#bytes} bytes).`,
        }
      }
      this.#makeDirectory()
      const name = dumpNameOf(report)
      this.#writeFile(name, bytes)
      this.#tidy(name)
      return { file: join(this.#directory, name) }
    } catch (error) {
      const { code, stack } = error as { code?: unknown; stack?: unknown }
      log(String(stack))
      return { error: dumpFault(this.#directory, typeof code === 'string' ? code : undefined) }
    }
  }

  #makeDirectory(): void {
    const found = lstatSync(this.#directory, { throwIfNoEntry: false })
    if (found === undefined) makeDirectories(this.#directory)
    const made = found ?? lstatSync(this.#directory)
    if (made.isSymbolicLink()) throw fault('ELOOP')
    if (!made.isDirectory()) throw fault('ENOTDIR')
    // One that somebody else uses too stays as it is; the files are closed anyway.
    if ((made.mode & 0o077) !== 0 && made.uid === process.getuid?.() && this.#isOurs()) {
      attempt(() => chmodSync(this.#directory, 0o700))
    }
  }

  #isOurs(): boolean {
    const names = readdirSync(this.#directory)
    for (let at = 0; at < names.length; at++) {
      if (!isDumpName(names[at]!) && !isDraftName(names[at]!)) return false
    }
    return true
  }

  #writeFile(name: string, bytes: Buffer): void {
    const file = join(this.#directory, name)
    if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) throw fault('EEXIST')
    const draft = join(this.#directory, newDraftName())
    // Windows has no O_NOFOLLOW.
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
    const descriptor = openSync(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    try {
      try {
        // An umask such as 0777 took away what we asked for.
        attempt(() => fchmodSync(descriptor, 0o600))
        for (let at = 0; at < bytes.byteLength;) at += writeSync(descriptor, bytes, at)
        fsyncSync(descriptor)
      } finally {
        closeSync(descriptor)
      }
      renameSync(draft, file)
    } catch (error) {
      attempt(() => unlinkSync(draft))
      throw error
    }
    attempt(() => this.#syncDirectory())
  }

  /** Makes the new name last; not every system has it. */
  #syncDirectory(): void {
    const descriptor = openSync(this.#directory, constants.O_RDONLY)
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  }

  /** Removes the oldest dumps, and drafts of processes that are dead. Another process may do the same right now. */
  #tidy(written: string): void {
    attempt(() => {
      const dumps: Dump[] = []
      let total = 0
      const names = readdirSync(this.#directory).sort()
      for (let at = 0; at < names.length; at++) {
        const name = names[at]!
        const ours = isDumpName(name)
        if (!ours && !isDraftName(name)) continue
        const found = lstatSync(join(this.#directory, name), { throwIfNoEntry: false })
        if (found === undefined || !found.isFile()) continue
        if (ours) {
          dumps[dumps.length] = { name, size: found.size }
          total += found.size
        } else if (isAbandoned(name, now() - found.mtimeMs)) {
          attempt(() => unlinkSync(join(this.#directory, name)))
        }
      }
      let count = dumps.length
      for (let at = 0; at < dumps.length && (count > this.#count || total > this.#bytes); at++) {
        const { name, size } = dumps[at]!
        if (name === written) continue
        attempt(() => unlinkSync(join(this.#directory, name)))
        count--
        total -= size
      }
    })
  }
}

/** Files are redacted once, as long as their text stays the same. */
class SafeSources {
  #known: Record<string, { readonly text: string; readonly safe: string }> = Object.create(null) as never
  #size = 0

  of(sources: Readonly<Record<string, string>>): Record<string, string> {
    const result = Object.create(null) as Record<string, string>
    const files = Object.keys(sources)
    for (let at = 0; at < files.length; at++)
      result[files[at]!] = this.#safe(files[at]!, sources[files[at]!]!)
    return result
  }

  #safe(file: string, text: string): string {
    const known = this.#known[file]
    if (known?.text === text) return known.safe
    const safe = redactSource(text)
    if (known === undefined && ++this.#size > 100) {
      this.#known = Object.create(null) as never
      this.#size = 1
    }
    this.#known[file] = { text, safe }
    return safe
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
