import { randomBytes } from 'node:crypto'
import { chmodSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { debugLog } from '../debug-log.ts'
import { later } from '../later.ts'
import { guard } from '../recorder/guard.ts'
import type { Runtime } from '../runtime.ts'
import { protocolVersion } from './messages.ts'
import { ownInfo } from './process-info.ts'
import { removeProcess, removeStale, writeProcessFile } from './process-files.ts'
import { codeOf, type Place, socketPlace, type Surroundings, surroundings } from './run-directory.ts'
import { SessionServer } from './session-server.ts'

const log = debugLog('throwpoint:socket')
const startedKey = Symbol.for('throwpoint.socket.1')

/**
 * Lets `throwpoint attach` in: listens on a Unix socket that only this user can reach (a named pipe on Windows), once
 * in a process. Opens no port, keeps no process alive, and is removed at the end of the process. Never throws; where no
 * socket can be made, the terminal says why.
 */
export function startSocket(runtime: Runtime): void {
  const holder = runtime as { [startedKey]?: true }
  if (holder[startedKey] === true) return
  Object.defineProperty(holder, startedKey, { value: true })
  guard(() => {
    const around = surroundings()
    const place = socketPlace(around)
    if ('problem' in place) return refuse(runtime, place.problem)
    start(runtime, place, around)
  })
}

function start(
  runtime: Runtime,
  { directory, name }: Exclude<Place, { problem: string }>,
  around: Surroundings,
): void {
  const isPipe = around.platform === 'win32'
  // Whoever knows the name of a pipe may open it: it is in a file of ours alone.
  const socket = isPipe
    ? `\\\\.\\pipe\\throwpoint-${name}-${randomBytes(16).toString('hex')}`
    : join(directory, `${name}.sock`)
  const info = ownInfo()
  const server = new SessionServer({
    info,
    holds: runtime.holds,
    converse: async (hold, by) => {
      const { converse } = await import('../session/conversation.ts')
      return converse(runtime.subject(hold, by))
    },
    requests: async (view) => {
      const { requestsReply } = await import('../requests/requests-reply.ts')
      return requestsReply(runtime, view)
    },
  })
  // One of a process that had our number and could not take it away.
  if (!isPipe) rmSync(socket, { force: true })
  const file = join(directory, `${name}.json`)
  process.on('exit', () => removeProcess({ file, socket }))
  server.listen(
    socket,
    () =>
      guard(() => {
        // The directory keeps others out already.
        if (!isPipe) chmodSync(socket, 0o600)
        writeProcessFile(directory, name, {
          format: 'throwpoint-process',
          version: protocolVersion,
          ...info,
          socket,
        })
        log(`listening on ${socket}`)
        later(1000, () => removeStale(around))
      }),
    (error) => guard(() => refuse(runtime, `${socket}: ${codeOf(error)}`)),
  )
}

function refuse(runtime: Runtime, problem: string): void {
  log(problem)
  runtime.terminal.notice(
    `"throwpoint attach" cannot reach this process, no socket could be made: ${problem}`,
  )
}
