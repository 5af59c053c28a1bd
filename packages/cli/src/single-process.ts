/**
 * `throwpoint --single-process`: `node:cluster` tells the program that it is the only worker, so its worker code runs
 * in this process and the code of the primary does not. Loaded by the preload.
 */
import type cluster from 'node:cluster'
import type { Worker } from 'node:cluster'
import dgram from 'node:dgram'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** What `listen` wants of a worker, which gets its sockets from the primary. */
interface Query {
  readonly address: string | null
  readonly port: number
  readonly addressType: number
  readonly fd?: number
  readonly flags?: number
}

type Handle = object
type Make = (
  address: string | null,
  port: number,
  addressType: number,
  fd?: number,
  flags?: number,
) => Handle | number

/** Parts of Node that its declarations leave out; `listen` of its own processes uses the same. */
interface NetInternals {
  readonly _createServerHandle: Make
}

interface Settings {
  exec?: string
  args?: readonly string[]
}

type ClusterModule = typeof cluster & { readonly Worker: new (options: object) => Worker }

/** The parts of `cluster` that a program reads, which are constants of the process otherwise. */
interface WritableCluster {
  isPrimary: boolean
  isMaster: boolean
  isWorker: boolean
  worker: Worker
  settings: Settings
  fork: (environment?: Record<string, unknown>) => Worker
  setupPrimary: (settings?: Settings) => void
  setupMaster: (settings?: Settings) => void
  disconnect: (callback?: () => void) => void
  _getServer: (
    server: { close?: () => void },
    query: Query,
    callback: (error: number, handle: Handle | null) => void,
  ) => void
}

const servers = new Set<{ close?: () => void }>()

/** Makes this process the only worker. Once. */
export function runSingleProcess(): void {
  if ('NODE_UNIQUE_ID' in process.env) return
  const cluster = clusterOfWorker()
  const writable = cluster as unknown as WritableCluster
  if (writable.worker instanceof cluster.Worker) return
  const worker = theWorker(cluster)
  let hasRun = false
  writable.isPrimary = writable.isMaster = false
  writable.isWorker = true
  writable.worker = worker
  writable._getServer = getServer
  writable.setupPrimary = writable.setupMaster = (settings = {}) => {
    writable.settings = { ...writable.settings, ...settings }
  }
  // A program whose primary is a file of its own comes by here: its worker is another file
  writable.fork = (environment = {}) => {
    const { exec, args = [] } = writable.settings ?? {}
    if (hasRun) return worker
    hasRun = true
    if (exec === undefined || path.resolve(exec) === process.argv[1]) {
      process.stderr.write(
        'throwpoint: cluster.fork() does nothing in a single process: this program forks without asking cluster.isPrimary\n',
      )
      return worker
    }
    for (const [name, value] of Object.entries(environment)) process.env[name] = String(value)
    process.argv = [process.argv[0]!, path.resolve(exec), ...args]
    void import(pathToFileURL(path.resolve(exec)).href)
    return worker
  }
  writable.disconnect = (callback) => {
    worker.disconnect()
    if (callback !== undefined) process.nextTick(callback)
  }
  if (process.send === undefined) Object.assign(process, { send: dropMessage, connected: true })
  bindAlone()
  syncBuiltinESMExports()
}

/**
 * Node has two modules by this name, and by this variable decides which of them a process has: that of a worker exports
 * `worker`, and no `fork`.
 */
function clusterOfWorker(): ClusterModule {
  process.env['NODE_UNIQUE_ID'] = '1'
  try {
    return process.getBuiltinModule('node:cluster') as unknown as ClusterModule
  } finally {
    delete process.env['NODE_UNIQUE_ID']
  }
}

function theWorker(cluster: ClusterModule): Worker {
  const worker = new cluster.Worker({ id: 1, process, state: 'online' })
  worker.isConnected = () => true
  worker.isDead = () => false
  worker.send = dropMessage as typeof worker.send
  worker.disconnect = () => {
    worker.exitedAfterDisconnect = true
    for (const server of servers) close(server)
    process.nextTick(() => {
      worker.emit('disconnect')
      cluster.emit('disconnect', worker)
    })
    return worker
  }
  worker.kill = worker.destroy = () => {
    worker.exitedAfterDisconnect = true
    process.exit(0)
  }
  return worker
}

function close(server: { close?: () => void }): void {
  try {
    server.close?.()
  } catch {
    // It is closed
  }
}

/** There is no primary that would answer. */
function dropMessage(...args: unknown[]): boolean {
  const callback = args.findLast((one) => typeof one === 'function') as ((error: null) => void) | undefined
  if (callback !== undefined) process.nextTick(callback, null)
  return true
}

/** Opens the socket itself instead of asking a primary. */
function getServer(
  server: { close?: () => void },
  { address, port, addressType, fd, flags }: Query,
  callback: (error: number, handle: Handle | null) => void,
): void {
  servers.add(server)
  const make = (net as unknown as NetInternals)._createServerHandle
  const isAnywhere = addressType !== -1 && !address && (fd === undefined || fd < 0)
  // As Node itself does it: IPv6 with IPv4, or IPv4 alone
  let handle = isAnywhere ? make('::', port, 6, fd, flags) : make(address, port, addressType, fd, flags)
  if (isAnywhere && typeof handle === 'number') handle = make('0.0.0.0', port, 4, fd, flags)
  if (typeof handle === 'number') callback(handle, null)
  else callback(0, handle)
}

/** A socket that is exclusive asks no primary. */
function bindAlone(): void {
  const prototype = dgram.Socket.prototype as { bind: (...args: unknown[]) => dgram.Socket }
  const bind = prototype.bind
  prototype.bind = function (this: dgram.Socket, ...args: unknown[]) {
    const [first, second] = args
    const isOptions = typeof first === 'object' && first !== null
    if (isOptions && 'recvStart' in first) return bind.apply(this, args)
    const callback = args.find((one) => typeof one === 'function')
    const options = isOptions ? first : { ...plain('port', first), ...plain('address', second) }
    return bind.call(this, { ...options, exclusive: true }, ...(callback === undefined ? [] : [callback]))
  }
}

function plain(name: string, value: unknown): object {
  return value === undefined || typeof value === 'function' ? {} : { [name]: value }
}

runSingleProcess()
