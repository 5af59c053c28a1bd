import fs from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { Redaction } from '../redact/redaction.ts'
import { looksSecret } from '../redact/looks-secret.ts'

/** Entries that are read. */
const entries = 1000
/** Bytes above which the file is cut to its last entries. */
const roomy = 512 * 1024
const longest = 8192

/** What was typed, from one session to the next: one entry a line, oldest first, for its owner only. */
export class History {
  readonly #file: string | undefined
  #last: string | undefined

  /** @param file undefined: nothing is kept */
  constructor(file: string | undefined = historyFile()) {
    this.#file = file
  }

  /** Oldest first. Empty when there is none, or it cannot be read. */
  load(): readonly string[] {
    if (this.#file === undefined) return []
    try {
      const text = tail(this.#file)
      const all = text.split('\n').filter((line) => line !== '')
      const kept = all.slice(-entries)
      this.#last = kept.at(-1)
      return kept.map(unescaped)
    } catch {
      return []
    }
  }

  /** Appends an entry, unless it holds a secret, or repeats the last one. Never throws. */
  add(text: string): void {
    if (this.#file === undefined || text.trim() === '' || text.length > longest || holdsSecret(text)) return
    const line = escaped(text)
    if (line === this.#last) return
    try {
      fs.mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 })
      // One write at the end of the file: several processes mix entries, never parts of them.
      const file = fs.openSync(this.#file, 'a', 0o600)
      try {
        fs.writeSync(file, `${line}\n`)
        const { size, mode } = fs.fstatSync(file)
        if ((mode & 0o077) !== 0) fs.fchmodSync(file, 0o600)
        if (size > roomy) this.#trim()
      } finally {
        fs.closeSync(file)
      }
      this.#last = line
    } catch {
      // A session without a memory.
    }
  }

  #trim(): void {
    const kept = tail(this.#file!)
      .split('\n')
      .filter((line) => line !== '')
      .slice(-entries)
    const next = `${this.#file}.${process.pid}`
    let text = kept.join('\n')
    if (text.length > roomy / 2) text = text.slice(text.indexOf('\n', text.length - roomy / 2) + 1)
    fs.writeFileSync(next, `${text}\n`, { mode: 0o600 })
    fs.renameSync(next, this.#file!)
  }
}

/** `$XDG_STATE_HOME/throwpoint/history` */
export function historyFile(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = env['XDG_STATE_HOME'] ?? ''
  if (isAbsolute(given)) return join(given, 'throwpoint', 'history')
  const home = isAbsolute(env['HOME'] ?? '') ? env['HOME']! : homedir()
  return isAbsolute(home) ? join(home, '.local', 'state', 'throwpoint', 'history') : undefined
}

/** Whether a line is better not kept: a password, a token, what looks like a key. */
export function holdsSecret(text: string): boolean {
  if (new Redaction().forReport().text(text) !== text) return true
  return text.split(/[\s'"`,;()[\]{}<>=]+/).some((word) => looksSecret(word))
}

function tail(file: string): string {
  const handle = fs.openSync(file, 'r')
  try {
    const { size } = fs.fstatSync(handle)
    const bytes = Buffer.alloc(Math.min(size, 2 * roomy))
    const read = fs.readSync(handle, bytes, 0, bytes.length, size - bytes.length)
    const text = bytes.toString('utf8', 0, read)
    // The first line may be a part of one.
    return size > bytes.length ? text.slice(text.indexOf('\n') + 1) : text
  } finally {
    fs.closeSync(handle)
  }
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '')
}

function unescaped(line: string): string {
  return line.replace(/\\(.)/g, (_all, character: string) => (character === 'n' ? '\n' : character))
}
