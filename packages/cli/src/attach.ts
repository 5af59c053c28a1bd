import { readFileSync, readlinkSync } from 'node:fs'
import { AttachPrompt, type Notice, SocketClient } from '@throwpoint/core/client'
import { choose } from './attach/choose.ts'
import { processData, processTable, type RunningProcess, runningProcesses } from './attach/processes.ts'
import { runCommands } from './attach/run-commands.ts'
import { parseArguments } from './command/arguments.ts'
import { commandNamed } from './command/table.ts'
import { UsageError } from './command/usage-error.ts'

/**
 * `throwpoint attach [pid]`: the session of a running program, in this terminal or for a script.
 *
 * @returns 0; 1 when a command failed or the program ended; 2 when there is no such program or nothing waits
 * @throws UsageError
 */
export async function attach(args: string[]): Promise<number> {
  const { options, operands } = parseArguments(commandNamed('attach')!, args)
  const [pid] = operands
  if (operands.length > 1) throw new UsageError('attach takes one pid', 'attach')
  if (pid !== undefined && !/^\d+(?:-\d+)?$/.test(pid)) {
    throw new UsageError(`attach takes the pid of a program, not ${pid}`, 'attach')
  }
  const waitMs = waitOf(options.get('wait')?.[0])
  const json = options.has('json')
  const processes = await runningProcesses((text) => process.stderr.write(`throwpoint: ${text}\n`))
  if (options.has('list')) return list(processes, json)
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true
  if (process.stdin.isTTY === true && !isTerminal && !options.has('commands')) {
    throw new UsageError(
      "attach is a conversation, and stdout is no terminal; for a script: -c 'where; locals'",
      'attach',
    )
  }
  const commands = options.get('commands') ?? (isTerminal ? undefined : [readFileSync(0, 'utf8')])
  const interactive = commands === undefined
  if (interactive && json)
    throw new UsageError("--json goes with --list or with commands: -c 'where; locals'", 'attach')
  const target = await choose(processes, pid, interactive)
  if (target === undefined) return 2
  if (target.silent !== undefined) {
    process.stderr.write(`throwpoint: ${target.silent}\n`)
    return 1
  }
  return interactive ? converse(target) : runCommands(target, { commands, json, waitMs, name: ownName() })
}

function waitOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  if (given === '') return Infinity
  const seconds = Number(given)
  if (seconds > 0 && seconds <= 86_400) return seconds * 1000
  throw new UsageError(`--wait takes a number of seconds, not ${given}`, 'attach')
}

function list(processes: readonly RunningProcess[], json: boolean): number {
  if (json) process.stdout.write(`${JSON.stringify(processes.map(processData))}\n`)
  else if (processes.length > 0)
    process.stdout.write(`${processTable(processes, process.stdout.columns ?? 80)}\n`)
  else process.stderr.write('No program with a session runs. Start one: throwpoint --session app.js\n')
  return 0
}

async function converse(target: RunningProcess): Promise<number> {
  // What comes before the prompt is there waits for it.
  const early: Notice[] = []
  let prompt: AttachPrompt | undefined
  const client = await SocketClient.open(target.found, {
    name: ownName(),
    acts: true,
    notice: (notice) => (prompt === undefined ? void early.push(notice) : prompt.notice(notice)),
    closed: (reason) => prompt?.closed(reason),
  })
  return new Promise((resolve, reject) => {
    try {
      prompt = new AttachPrompt(client, 'stdin', resolve)
      for (const notice of early) prompt.notice(notice)
    } catch (error) {
      client.close()
      reject(error as Error)
    }
  })
}

/** As the others see us. */
function ownName(): string {
  try {
    const terminal = readlinkSync('/proc/self/fd/0')
    if (terminal.startsWith('/dev/pts/') || terminal.startsWith('/dev/tty'))
      return `the terminal ${terminal.slice(5)}`
  } catch {
    // Only Linux says so.
  }
  return `throwpoint attach (pid ${process.pid})`
}
