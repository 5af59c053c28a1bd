import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Frame, Report } from '@throwpoint/protocol'

export const nodes: ReadonlyArray<readonly [version: string, node: string]> = [
  ['20', process.execPath],
  ['24', fileURLToPath(new URL('../../node_modules/node24/bin/node', import.meta.url))],
]

export const preload: readonly string[] = ['--import', 'throwpoint/register']

/** An application of this folder in a process of its own. */
export class LiveServer {
  readonly #child: ChildProcess
  #out = ''
  err = ''

  private constructor(node: string, args: readonly string[], app: string, env: Record<string, string>) {
    this.#child = spawn(node, [...args, fileURLToPath(new URL(app, import.meta.url))], {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        NODE_ENV: 'development',
        NO_COLOR: '1',
        THROWPOINT_CACHE: '0',
        THROWPOINT_LIMITS: 'budgetMs=5000',
        ...env,
      },
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child.stdout!.on('data', (chunk: Buffer) => (this.#out += chunk.toString()))
    this.#child.stderr!.on('data', (chunk: Buffer) => (this.err += chunk.toString()))
  }

  static async start(
    node: string,
    args: readonly string[],
    app: string,
    env: Record<string, string> = {},
  ): Promise<LiveServer> {
    const server = new LiveServer(node, args, app, env)
    await server.said(/listening (\d+)/)
    return server
  }

  /** Waits for what the application prints. */
  async said(pattern: RegExp): Promise<string> {
    return (await this.#find(() => pattern.exec(this.#out)))[1]!
  }

  /** Waits for what Throwpoint prints. */
  async printed(pattern: RegExp): Promise<void> {
    await this.#find(() => pattern.exec(this.err))
  }

  async #find(search: () => RegExpExecArray | null): Promise<RegExpExecArray> {
    const deadline = Date.now() + 60_000
    for (;;) {
      const found = search()
      if (found !== null) return found
      if (Date.now() > deadline || this.#child.exitCode !== null)
        throw new Error(`it did not print what was expected\n${this.#out}\n${this.err}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async get(path: string, accept: string): Promise<string> {
    const port = await this.said(/listening (\d+)/)
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept } })
    return response.text()
  }

  async report(path: string): Promise<Report> {
    return (JSON.parse(await this.get(path, 'application/json')) as { throwpoint: Report }).throwpoint
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }
}

/** `load app:15:11 id=5 row={…}` of each frame of the user; `~` where only the function is known, `*` for a birth. */
export function summary(report: Report): string[] {
  return report.frames.filter(({ kind }) => kind === 'app').map(line)
}

function line({ functionName, location, birth, live, scopes }: Frame): string {
  const { line: at = 0, column = 0, exact = false } = location ?? {}
  const variables = scopes
    .filter(({ type }) => type !== 'module')
    .flatMap((scope) => scope.variables)
    .filter(({ name }) => !['req', 'res', 'next', 'ctx'].includes(name))
    .map(({ name, value }) => `${name}=${value.preview ?? value.description}`)
  const mark = `${birth ? '*' : ''}${live ? '' : '-'}`
  return [`${mark}${functionName}`, `${exact ? '' : '~'}${at}:${column}`, ...variables].join(' ')
}
