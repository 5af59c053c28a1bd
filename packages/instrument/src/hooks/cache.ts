import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

/** Written into every key: another form of the emitted text is another number. */
const form = 3

/** Rewritten modules across runs. One file for each text; a changed text is another file. Fails open. */
export class RewriteCache {
  readonly #folder: string
  #usable: boolean | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  key(url: string, source: string, ...rest: readonly unknown[]): string {
    return createHash('sha256')
      .update(`${form}\0${rest.join()}\0${url}\0`)
      .update(source)
      .digest('base64url')
      .slice(0, 32)
  }

  read(key: string): string | undefined {
    if (!this.#isUsable()) return undefined
    try {
      return readFileSync(path.join(this.#folder, key), 'utf8')
    } catch {
      return undefined
    }
  }

  write(key: string, code: string): void {
    if (!this.#isUsable()) return
    try {
      const file = path.join(this.#folder, key)
      // Another process may write the same; a half-written file must never be read
      const draft = `${file}.${process.pid}`
      writeFileSync(draft, code, { mode: 0o600 })
      renameSync(draft, file)
    } catch {
      this.#usable = false
    }
  }

  /** Code is run from there: nobody else may write to it. */
  #isUsable(): boolean {
    if (this.#usable === undefined) {
      try {
        mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
        const { uid, mode } = statSync(this.#folder)
        this.#usable = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)
      } catch {
        this.#usable = false
      }
    }
    return this.#usable
  }
}

/** Where the cache is: `THROWPOINT_CACHE` names a folder, or is `0` for none. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = environment['THROWPOINT_CACHE']
  if (named === '0') return undefined
  if (named !== undefined && named !== '' && named !== '1') return path.resolve(named)
  const base = environment['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache')
  return path.isAbsolute(base) ? path.join(base, 'throwpoint', 'instrument') : undefined
}
