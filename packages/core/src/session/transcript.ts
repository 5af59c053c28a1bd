import fs from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'

// Held from the start: an application may replace them.
const { appendFileSync, closeSync, constants, fchmodSync, openSync, fstatSync } = fs

// oxlint-disable-next-line no-control-regex -- the colours of ours
const colours = /\u001b\[\d+m/g

/** What was typed and answered, in a file only its owner may read. */
export class Transcript {
  #file: string | undefined

  get file(): string | undefined {
    return this.#file
  }

  /** @throws what the file system says */
  start(file: string): string {
    const path = pathOf(file)
    const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants
    const descriptor = openSync(
      path,
      O_WRONLY | O_APPEND | O_CREAT | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0),
      0o600,
    )
    try {
      if (!fstatSync(descriptor).isFile()) throw Object.assign(new Error('not a file'), { code: 'EINVAL' })
      fchmodSync(descriptor, 0o600)
    } finally {
      closeSync(descriptor)
    }
    this.#file = path
    return path
  }

  stop(): void {
    this.#file = undefined
  }

  /** A file that is full or gone ends it; what was said is not lost for it. */
  add(prompt: string, line: string, text: string): void {
    if (this.#file === undefined) return
    try {
      const reply = text === '' ? '' : `${text.replaceAll(colours, '')}\n`
      appendFileSync(this.#file, `(${prompt}) ${line}\n${reply}`, { mode: 0o600 })
    } catch {
      this.#file = undefined
    }
  }
}

/** `~/x` and relative paths, as a shell has them. */
export function pathOf(file: string): string {
  return resolve(file.replace(/^~(?=\/|$)/, () => homedir()))
}
