import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { packageFile } from '../package-file.ts'
import { isUsable, prune, shortHash } from './cache-folder.ts'
import { flushCompiled } from './compile-cache.ts'
import { Pack, record, type Kept } from './pack.ts'

/** Another form of the emitted text is another number. */
const form = 9

/** One pack is written anew, with what counts, when it is larger than this, in bytes. */
const mostBytes = 32_000_000
const mostCompacted = 16_000_000
/** So much that no longer counts is left in it. */
const mostDead = 4_000_000
/** Without a question for so long, in milliseconds, it lets go of its files and memory. */
const idle = 3_000
const day = 24 * 3_600_000

// Held from the start: fake timers of an application are not ours.
const { setTimeout } = globalThis

/**
 * Rewritten modules across runs: one file for each project, opened when the first module is asked for, and added to. Any number of processes may do that at the same time. Fails open.
 */
export class RewriteCache {
  readonly #folder: string
  readonly #file: string
  #usable: boolean | undefined
  #pack: Pack | undefined
  #input: number | undefined
  #output: number | undefined
  #asked = false

  /** @param root - the project: the folder it is started in */
  constructor(folder: string, root: string) {
    this.#folder = folder
    this.#file = path.join(folder, `throwpoint-${version()}-${form}-${shortHash(root)}.pack`)
  }

  /** @param name - all that the result depends on, besides the text and the version of this package */
  read(name: string, source: string): Kept | undefined {
    if (!this.#isUsable()) return undefined
    try {
      return this.#opened().find(name, source)
    } catch {
      this.#usable = false
      return undefined
    }
  }

  write(name: string, source: string, kept: Kept): void {
    if (!this.#isUsable()) return
    try {
      const bytes = record(name, source, kept)
      if (bytes !== undefined) writeSync(this.#writable(), bytes)
    } catch {
      this.#usable = false
    }
  }

  #isUsable(): boolean {
    return (this.#usable ??= isUsable(this.#folder))
  }

  #opened(): Pack {
    this.#asked = true
    if (this.#pack === undefined) {
      this.#pack = this.#load()
      this.#release()
    }
    return this.#pack
  }

  #load(): Pack {
    try {
      this.#input = openSync(this.#file, 'r')
      const now = Date.now()
      // Its age is that of its last use; see `prune`
      if (now - fstatSync(this.#input).mtimeMs > day) utimesSync(this.#file, now / 1_000, now / 1_000)
      return new Pack(this.#input)
    } catch {
      return new Pack(undefined)
    }
  }

  /** A file that is opened to be added to: what several processes add does not mix. */
  #writable(): number {
    if (this.#output !== undefined) return this.#output
    const pack = this.#opened()
    const dead = pack.bytes - pack.live
    if (pack.isBroken || pack.bytes > mostBytes || dead > Math.max(mostDead, pack.live)) {
      const draft = `${this.#file}.${process.pid}${Date.now().toString(36)}`
      writeFileSync(draft, pack.compacted(mostCompacted), { mode: 0o600, flag: 'wx' })
      renameSync(draft, this.#file)
    }
    prune(this.#folder, this.#file)
    return (this.#output = openSync(this.#file, 'a', 0o600))
  }

  #release(): void {
    setTimeout(() => {
      if (this.#asked) {
        this.#asked = false
        this.#release()
        return
      }
      flushCompiled()
      for (const file of [this.#input, this.#output]) if (file !== undefined) closeSync(file)
      this.#pack = this.#input = this.#output = undefined
    }, idle).unref()
  }
}

function version(): string {
  try {
    const text = readFileSync(packageFile('../package.json'), 'utf8')
    return String((JSON.parse(text) as { version: unknown }).version).replaceAll(/[^\w.-]/g, '')
  } catch {
    return 'bundled'
  }
}
