import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach } from 'vitest'
import { InTerminal, stateOf } from './in-terminal.ts'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))
export const heldServer: string = fileURLToPath(new URL('held-server.mjs', import.meta.url))

export interface ServerOptions {
  /** Shell text; `$NODE` and `$SERVER` are in its environment, and the programs of node_modules on its path. */
  readonly command?: string
  /** What the server does beside: `patched`, `reads`, `cluster`. */
  readonly mode?: string
  /** An interactive shell in which the command is typed: it has job control. */
  readonly interactive?: boolean
  /** Only `go()` runs the command. */
  readonly wait?: boolean
  readonly env?: Readonly<Record<string, string>>
  /** @default a directory of its own */
  readonly cwd?: string
}

/** A process that listens. */
export interface Listening {
  readonly pid: number
  readonly port: number
}

/** A server below a shell in a terminal. */
export class ServerInTerminal {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'throwpoint-prompt-'))
  readonly terminal: InTerminal
  /** The modes of the terminal before anything ran in it. */
  readonly modes: string

  constructor({
    command = '"$NODE" "$SERVER"',
    mode = '',
    interactive = false,
    wait = false,
    env = {},
    cwd,
  }: ServerOptions) {
    const shell = interactive
      ? ['--norc', '--noprofile', '-i']
      : ['-c', `read -r _; ${command}; echo "END $?"; read -r _`]
    this.terminal = new InTerminal('bash', shell, {
      cwd: cwd ?? this.directory,
      env: {
        PS1: '$ ',
        PATH: `${join(root, 'node_modules', '.bin')}:${process.env['PATH']}`,
        NODE: process.execPath,
        SERVER: heldServer,
        MODE: mode,
        LOG: join(this.directory, 'log'),
        PORT_FILE: join(this.directory, 'ports'),
        XDG_STATE_HOME: join(this.directory, 'state'),
        XDG_CONFIG_HOME: join(this.directory, 'config'),
        XDG_RUNTIME_DIR: join(this.directory, 'run'),
        NODE_COMPILE_CACHE: undefined,
        ...env,
      },
    })
    this.modes = this.terminal.modes()
    if (interactive) this.terminal.type(`${command}\r`)
    else if (!wait) this.go()
  }

  go(): void {
    this.terminal.type('\r')
  }

  /** What the server noted for the test. */
  get log(): string {
    try {
      return readFileSync(join(this.directory, 'log'), 'utf8')
    } catch {
      return ''
    }
  }

  /** Waits for the processes that listen. */
  async listening(count = 1): Promise<Listening[]> {
    await this.terminal.when('the server listens', () => this.#ports().length >= count)
    return this.#ports()
  }

  async logged(pattern: RegExp): Promise<void> {
    await this.terminal.when(`${pattern} in the log`, () => pattern.test(this.log))
  }

  close(): void {
    this.terminal.kill()
    for (const { pid } of this.#ports()) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended.
      }
    }
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }

  #ports(): Listening[] {
    try {
      const lines = readFileSync(join(this.directory, 'ports'), 'utf8').trim().split('\n')
      return lines.map((line) => {
        const [pid, port] = line.split(' ').map(Number) as [number, number]
        return { pid, port }
      })
    } catch {
      return []
    }
  }
}

const open: ServerInTerminal[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

/** Started now, and ended with the test. */
export function start(options: ServerOptions = {}): ServerInTerminal {
  const server = new ServerInTerminal(options)
  open.push(server)
  return server
}

export async function get({ port }: Listening, path: string, signal?: AbortSignal): Promise<string> {
  const response = await fetch(`http://localhost:${port}/${path}`, signal === undefined ? {} : { signal })
  return response.text()
}

/** Never true of a server: whoever reads a terminal from its background is stopped. */
export function isStopped({ pid }: Listening): boolean {
  return stateOf(pid) === 'T'
}
