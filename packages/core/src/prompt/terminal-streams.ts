import fs from 'node:fs'
import tty from 'node:tty'
import { guard } from '../recorder/guard.ts'

const { O_RDONLY, O_RDWR, O_WRONLY } = fs.constants
/** Windows has none. */
const O_NOCTTY = (fs.constants as Partial<typeof fs.constants>).O_NOCTTY ?? 0

/** Opens a terminal anew, once for keys and once for text: what is done to these descriptors is done to no others. */
export function openStreams(device: string): [tty.ReadStream, tty.WriteStream] {
  if (device === 'CONIN$')
    return streams(fs.openSync('\\\\.\\CONIN$', O_RDWR), fs.openSync('\\\\.\\CONOUT$', O_RDWR))
  const path = device === 'stdin' ? terminalOf(0) : device
  const input = fs.openSync(path, O_RDONLY | O_NOCTTY)
  let output: number
  try {
    output = fs.openSync(path, O_WRONLY | O_NOCTTY)
  } catch (error) {
    fs.closeSync(input)
    throw error
  }
  return streams(input, output)
}

function streams(input: number, output: number): [tty.ReadStream, tty.WriteStream] {
  try {
    // A regular file is refused here.
    return [new tty.ReadStream(input), new tty.WriteStream(output)]
  } catch (error) {
    guard(() => fs.closeSync(input))
    guard(() => fs.closeSync(output))
    throw error
  }
}

function terminalOf(fd: number): string {
  return process.platform === 'linux' ? fs.readlinkSync(`/proc/self/fd/${fd}`) : `/dev/fd/${fd}`
}

/** A terminal that nobody empties must not stop the event loop. */
export function writeLater(output: tty.WriteStream): void {
  guard(() =>
    (output as unknown as { _handle: { setBlocking(on: boolean): void } })._handle.setBlocking(false),
  )
}

/**
 * At once: `pause()` alone stops after one chunk more, and to read that chunk from the background would stop the process.
 * It is what Node does for `process.stdin`.
 */
export function stopReading(input: tty.ReadStream): void {
  input.pause()
  guard(() => {
    const { _handle: handle, _readableState: state } = input as unknown as {
      _handle: { reading: boolean; readStop(): void } | null
      _readableState: { reading: boolean }
    }
    if (handle === null) return
    state.reading = false
    handle.reading = false
    handle.readStop()
  })
}
