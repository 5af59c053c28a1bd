import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { relaySignals } from './signals.ts'

/** A program to run in place of the command. */
export interface Program {
  /** What follows `node`. */
  readonly arguments: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  /** Our preload is among the arguments: it ends the program when this process is killed. */
  readonly isWatching: boolean
}

interface Exec {
  execve?: (file: string, args: readonly string[], env: NodeJS.ProcessEnv) => never
}

/** What `process.channel` has, and its declaration has not. */
interface Channel {
  readonly fd?: number
}

/**
 * Becomes the program where the system can do that: the same process, with nothing between it and its terminal, its
 * parent and its signals. Elsewhere the program is a child in the same process group that ends as it ends and
 * ends this process the way it ended itself.
 *
 * Call it in the first turn of the process: what waits in an IPC channel is for the program.
 */
export function start(program: Program): void {
  closeInspector()
  const { execve } = process as Exec
  if (execve !== undefined && process.platform !== 'win32' && process.channel === undefined) {
    execve.call(process, process.execPath, [process.argv0, ...program.arguments], program.environment)
  }
  const child = spawnInPlace(program)
  child.on('error', (error) => {
    process.stderr.write(`throwpoint: cannot start ${process.execPath}: ${error.message}\n`)
    process.exitCode = 1
  })
  const stopRelaying = relaySignals(child)
  child.on('exit', (code, signal) => {
    stopRelaying()
    if (signal === null) process.exit(code ?? 1)
    dieBy(signal)
  })
}

function spawnInPlace({ arguments: args, environment, isWatching }: Program): ChildProcess {
  const env: NodeJS.ProcessEnv = { ...environment }
  if (isWatching) env['THROWPOINT_LAUNCHER'] = String(process.pid)
  const stdio: Array<'inherit' | 'ipc' | number> = ['inherit', 'inherit', 'inherit']
  const channel = process.channel as Channel | undefined
  const isHandedOver = channel?.fd !== undefined && channel.fd >= 0
  if (isHandedOver) {
    env['NODE_CHANNEL_FD'] = String(stdio.push(channel.fd) - 1)
    env['NODE_CHANNEL_SERIALIZATION_MODE'] = serialization()
  } else if (channel !== undefined) stdio.push('ipc')
  const child = spawn(process.execPath, args, {
    stdio,
    env,
    argv0: process.argv0,
    serialization: serialization(),
  })
  // The parent now speaks with the program itself
  if (isHandedOver) process.disconnect()
  else if (channel !== undefined) relayMessages(child)
  return child
}

/** Node removes the variable that says so, but the channel keeps different things for each kind. */
function serialization(): 'json' | 'advanced' {
  const kept = (object: object, name: string): symbol | undefined =>
    Object.getOwnPropertySymbols(object).find(({ description }) => description === name)
  const key = kept(process, 'kChannelHandle')
  const handle = key && (process as unknown as Record<symbol, object | undefined>)[key]
  return handle !== undefined && kept(handle, 'kMessageBuffer') !== undefined ? 'advanced' : 'json'
}

/** Windows has pipes that cannot be given away. */
function relayMessages(child: ChildProcess): void {
  process.on('message', (message, handle) => {
    child.send(message as object, handle as undefined, () => {})
  })
  process.on('disconnect', () => child.connected && child.disconnect())
  child.on('message', (message, handle) => {
    process.send?.(message, handle, undefined, () => {})
  })
  child.on('disconnect', () => process.connected && process.disconnect())
}

/** `NODE_OPTIONS=--inspect` is meant for the program, and both cannot have the port. */
function closeInspector(): void {
  const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ')
  if (!given.includes('--inspect')) return
  const inspector = process.getBuiltinModule('node:inspector')
  inspector.close()
}

/** Whoever waits for this process shall see what happened to the program. */
function dieBy(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal)
  // Where a signal cannot be sent to oneself, the code says which it was
  setTimeout(() => process.exit(128 + constants.signals[signal]), 1000)
  process.kill(process.pid, signal)
}
