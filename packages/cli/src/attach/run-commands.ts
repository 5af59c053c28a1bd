import {
  type HoldLine,
  type Notice,
  type Reply,
  SocketClient,
  split,
  type View,
} from '@throwpoint/core/client'
import type { RunningProcess } from './processes.ts'

export interface CommandRun {
  /** Each may hold several. */
  readonly commands: readonly string[]
  readonly json: boolean
  /** Milliseconds to wait for an exception when none waits; undefined: none; Infinity: for ever. */
  readonly waitMs: number | undefined
  readonly name: string
}

/** What works without anything that waits. */
const always = /^\.?(?:requests|rq|sessions|ss)$/

/**
 * Runs commands on the oldest request that waits, and prints what they say.
 *
 * @returns the exit code: 1 when a command failed, 2 when nothing waits
 */
export async function runCommands(target: RunningProcess, run: CommandRun): Promise<0 | 1 | 2> {
  const lines = run.commands.flatMap(commandsOf)
  const arrivals = new Arrivals()
  const client = await SocketClient.open(target.found, {
    name: run.name,
    acts: true,
    notice: (notice) => arrivals.notice(notice),
    closed: (reason) => arrivals.closed(reason),
  })
  try {
    const view: View = {
      colors: process.stdout.hasColors?.() === true && !run.json,
      columns: process.stdout.columns ?? 80,
    }
    const needsHold = lines.length === 0 || lines.some((line) => !always.test(line))
    let hold: HoldLine | undefined = client.hello.holds[0]
    if (hold === undefined && needsHold && run.waitMs !== undefined) hold = await arrivals.next(run.waitMs)
    if (hold === undefined && needsHold) return nothingWaits(target, run)
    return await execute(client, { target, hold, lines, view, json: run.json })
  } finally {
    client.close()
  }
}

/** `where; locals`; with `;;` the parts may hold semicolons of JavaScript. */
export function commandsOf(text: string): string[] {
  const separator = text.includes(';;') || text.includes('\n') ? ';;' : ';'
  return text
    .split(/\r?\n/)
    .flatMap((line) => split(line, separator))
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function nothingWaits({ found }: RunningProcess, { json, waitMs }: CommandRun): 2 {
  const message =
    waitMs === undefined
      ? `No request waits in ${found.pid}. --wait waits for the next exception.`
      : `No exception came in ${found.pid} in that time.`
  if (json) process.stdout.write(`${JSON.stringify({ error: { code: 'TP_NO_HOLD', message } })}\n`)
  else process.stderr.write(`throwpoint: ${message}\n`)
  return 2
}

interface Execution {
  readonly target: RunningProcess
  readonly hold: HoldLine | undefined
  readonly lines: readonly string[]
  readonly view: View
  readonly json: boolean
}

async function execute(client: SocketClient, { target, hold, lines, view, json }: Execution): Promise<0 | 1> {
  const { pid, thread } = target.info
  let code: 0 | 1 = 0
  let current = hold?.number
  if (current !== undefined) {
    const { reply } = await client.call({ type: 'greet', hold: current, view })
    if (lines.length === 0)
      print(
        process.stdout,
        json ? JSON.stringify({ pid, thread, hold: current, data: reply.data }) : reply.text,
      )
  }
  for (const line of lines) {
    const reply = await one(client, current, line, view)
    const { data, error, action } = reply
    if (error !== undefined) code = 1
    if (json)
      print(
        process.stdout,
        JSON.stringify({ pid, thread, hold: current ?? null, line, data, ...(error && { error }) }),
      )
    else if (reply.text !== '') print(error === undefined ? process.stdout : process.stderr, reply.text)
    if (action?.kind === 'switch') current = action.hold
    if (action?.kind === 'released') {
      const [next] = await client.call({ type: 'holds' })
      current = next?.number
    }
  }
  return code
}

async function one(client: SocketClient, hold: number | undefined, line: string, view: View): Promise<Reply> {
  if (hold !== undefined) {
    const { reply } = await client.call({ type: 'execute', hold, line, view })
    return reply
  }
  if (/^\.?(?:requests|rq)$/.test(line)) return client.call({ type: 'requests', view })
  if (always.test(line)) return { text: 'No request waits.', data: [] }
  const message = `No request waits any more, so "${line}" was not run.`
  return { text: message, data: null, error: { code: 'TP_NO_HOLD', message } }
}

function print(stream: NodeJS.WriteStream, text: string): void {
  stream.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** The next hold that comes. */
class Arrivals {
  #first: HoldLine | undefined
  #tell: ((hold: HoldLine | undefined) => void) | undefined
  #fail: ((error: Error) => void) | undefined

  notice(notice: Notice): void {
    if (notice.event !== 'held') return
    this.#first ??= notice.hold
    this.#tell?.(notice.hold)
  }

  closed(reason: string): void {
    this.#fail?.(Object.assign(new Error(`It was waited for in vain: ${reason}.`), { code: 'TP_GONE' }))
  }

  async next(ms: number): Promise<HoldLine | undefined> {
    if (this.#first !== undefined) return this.#first
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise((resolve, reject) => {
        this.#tell = resolve
        this.#fail = reject
        if (ms !== Infinity) timer = setTimeout(() => resolve(undefined), ms)
      })
    } finally {
      clearTimeout(timer)
    }
  }
}
