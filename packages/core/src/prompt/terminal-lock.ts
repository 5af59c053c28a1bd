import fs from 'node:fs'
import { join } from 'node:path'
import { socketPlace, surroundings } from '../socket/run-directory.ts'

/**
 * One prompt on one terminal, however many processes of ours share it: workers of a cluster, several servers under
 * `concurrently`. A file that holds a process id; that of a dead process does not count.
 */
export class TerminalLock {
  readonly #file: string
  #held = false

  private constructor(file: string) {
    this.#file = file
  }

  /**
   * The lock of the terminal a path names; undefined where none can be made: then nobody is asked.
   *
   * @param directory one that only this user may enter. @default the one of our sockets
   */
  static of(device: string, directory: string | undefined = ownDirectory()): TerminalLock | undefined {
    return directory === undefined
      ? undefined
      : new TerminalLock(join(directory, `prompt-${nameOf(device)}.lock`))
  }

  /** @returns true when it is ours now, or the process that has it */
  take(): true | number {
    if (this.#held) return true
    const mine = `${this.#file}.${process.pid}`
    try {
      fs.writeFileSync(mine, `${process.pid} ${startOf(process.pid)}\n`, { mode: 0o600 })
      for (let attempt = 0; attempt < 3; attempt++) {
        try {
          // With its content at once: no other process ever sees it empty.
          fs.linkSync(mine, this.#file)
          this.#held = true
          return true
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return true
        }
        const owner = this.#owner()
        if (owner !== undefined) return owner
        this.#removeStale()
      }
      return true
    } catch {
      // A file system that cannot do it: better two prompts than none.
      return true
    } finally {
      fs.rmSync(mine, { force: true })
    }
  }

  free(): void {
    if (!this.#held) return
    this.#held = false
    try {
      if (this.#owner() === process.pid) fs.unlinkSync(this.#file)
    } catch {
      // Somebody tidied up.
    }
  }

  /** @returns undefined when it is dead, or there is none */
  #owner(file: string = this.#file): number | undefined {
    try {
      const [pid, start] = fs.readFileSync(file, 'utf8').trim().split(' ')
      const owner = Number(pid)
      return alive(owner) && startOf(owner) === start ? owner : undefined
    } catch {
      return undefined
    }
  }

  /** Moves it aside first: between our look and this another process may have taken it. */
  #removeStale(): void {
    const aside = `${this.#file}.stale.${process.pid}`
    try {
      fs.renameSync(this.#file, aside)
      if (this.#owner(aside) !== undefined) fs.linkSync(aside, this.#file)
    } catch {
      // Somebody else was quicker.
    } finally {
      fs.rmSync(aside, { force: true })
    }
  }
}

function ownDirectory(): string | undefined {
  const place = socketPlace(surroundings())
  return 'directory' in place ? place.directory : undefined
}

/** By the number of the device: `/dev/tty`, stdin and the terminal's own path are one. */
function nameOf(device: string): string {
  try {
    if (device === '/dev/tty') return field(process.pid, 4)
    return String(device === 'stdin' ? fs.fstatSync(0).rdev : fs.statSync(device).rdev)
  } catch {
    return device.replace(/\W+/g, '-')
  }
}

function alive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Process ids come again; with the time of its start it is the same process. */
function startOf(pid: number): string {
  return field(pid, 19)
}

/** A field of /proc/<pid>/stat after the name, 0-based from the state; `-` where there is none. */
function field(pid: number, index: number): string {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[index] ?? '-'
  } catch {
    return '-'
  }
}
