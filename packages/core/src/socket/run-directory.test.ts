import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findProcesses, type Found, removeStale, writeProcessFile } from './process-files.ts'
import { longestPath, runDirectories, socketPlace, type Surroundings, unsafe } from './run-directory.ts'
import { SocketClient } from './socket-client.ts'

let root: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tp-')))
})
afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

function around(env: Record<string, string> = {}, changes: Partial<Surroundings> = {}): Surroundings {
  return { env, platform: process.platform, uid: process.geteuid!(), tmp: join(root, 'tmp'), ...changes }
}

/** Of this test: `/tmp` is everybody's. */
function found(here: Surroundings): Found {
  const { processes, refused } = findProcesses(here)
  return { processes: processes.filter(({ socket }) => socket.startsWith(root)), refused }
}

const content = {
  format: 'throwpoint-process',
  version: 1,
  pid: process.pid,
  thread: 0,
  cwd: '/app',
  script: 'app.js',
  title: 'node',
  started: 1,
  node: 'v20',
  worker: null,
} as const

/** A pid nobody has. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid
}

describe.skipIf(process.platform === 'win32')('where sockets are', () => {
  it('is the runtime directory of the user, that of his state, or one of his own among the temporary ones', () => {
    const env = { XDG_RUNTIME_DIR: '/run/user/7', XDG_STATE_HOME: '/home/a/.state' }
    expect(runDirectories(around(env, { uid: 7, tmp: '/var/tmp' }))).toEqual([
      '/run/user/7/throwpoint',
      '/home/a/.state/throwpoint/run',
      '/var/tmp/throwpoint-7',
      '/tmp/throwpoint-7',
    ])
    expect(runDirectories(around({ ...env, THROWPOINT_RUN_DIR: '/srv/run/' }))).toEqual(['/srv/run'])
    expect(runDirectories(around({ XDG_RUNTIME_DIR: 'relative' }, { uid: 7, tmp: '/tmp' }))).toEqual([
      '/tmp/throwpoint-7',
    ])
  })

  it('is made for its owner alone', () => {
    const place = socketPlace(around({ XDG_RUNTIME_DIR: join(root, 'run') }), 42)
    expect(place).toEqual({ directory: join(root, 'run', 'throwpoint'), name: '42' })
    expect(lstatSync(join(root, 'run', 'throwpoint')).mode & 0o777).toBe(0o700)
    expect(lstatSync(join(root, 'run')).mode & 0o077).toBe(0)
  })

  it('is another one when the path of a socket would be too long', () => {
    const long = join(root, 'x'.repeat(longestPath(process.platform) - root.length - 12 - 8))
    const found = socketPlace(around({ XDG_RUNTIME_DIR: long }), 1234567)
    expect(found).toEqual({
      directory: join(root, 'tmp', `throwpoint-${process.geteuid!()}`),
      name: '1234567',
    })
    expect(socketPlace(around({ XDG_RUNTIME_DIR: long.slice(0, -20) }), 1234567)).toMatchObject({
      directory: join(long.slice(0, -20), 'throwpoint'),
    })
  })

  const attacks: ReadonlyArray<readonly [what: string, make: (directory: string) => void, why: RegExp]> = [
    [
      'a symbolic link to a directory of ours',
      (directory) => {
        mkdirSync(join(root, 'elsewhere'), { mode: 0o700 })
        symlinkSync(join(root, 'elsewhere'), directory)
      },
      /it is a symbolic link/,
    ],
    [
      'a link to nowhere',
      (directory) => symlinkSync(join(root, 'nowhere'), directory),
      /it is a symbolic link/,
    ],
    ['a file', (directory) => writeFileSync(directory, ''), /it is no directory/],
    [
      'a directory all may write to',
      (directory) => {
        mkdirSync(directory)
        chmodSync(directory, 0o777)
      },
      /others may enter it \(mode 777\)/,
    ],
    [
      'a directory others may look into',
      (directory) => {
        mkdirSync(directory)
        chmodSync(directory, 0o750)
      },
      /others may enter it \(mode 750\)/,
    ],
    ...(process.geteuid?.() === 0
      ? [
          [
            'a directory of another user',
            (directory: string) => {
              mkdirSync(directory, { mode: 0o700 })
              chownSync(directory, 12_345, 12_345)
            },
            /it belongs to another user \(12345\)/,
          ] as const,
        ]
      : []),
  ]

  it.each(attacks)('is never %s', async (_, make, why) => {
    const first = join(root, 'run', 'throwpoint')
    mkdirSync(join(root, 'run'))
    make(first)
    const here = around({ XDG_RUNTIME_DIR: join(root, 'run') })
    expect(unsafe(first, here)).toMatch(why)
    const place = socketPlace(here)
    expect(place).toMatchObject({ directory: join(root, 'tmp', `throwpoint-${process.geteuid!()}`) })
    // Nor is anything in it believed by a client.
    const { processes, refused } = found(here)
    expect(processes).toEqual([])
    expect(refused).toEqual([{ directory: first, reason: expect.stringMatching(why) }])
    const options = { name: 'us', acts: false }
    await expect(
      SocketClient.open({ pid: 1, socket: join(first, '1.sock') }, options, here),
    ).rejects.toMatchObject({ code: 'TP_UNSAFE_SOCKET', message: expect.stringMatching(why) })
  })

  it('is nowhere when no directory will do, and all reasons are told', () => {
    mkdirSync(join(root, 'tmp'))
    symlinkSync('/', join(root, 'tmp', 'throwpoint-77777'))
    const here = around({}, { uid: 77_777 })
    const place = socketPlace(here)
    // As a user we are not: what is made is not his.
    expect(place).toMatchObject({
      problem: expect.stringContaining('it is a symbolic link; /tmp/throwpoint-77777: '),
    })
    rmSync('/tmp/throwpoint-77777', { recursive: true, force: true })
  })
})

describe.skipIf(process.platform === 'win32')('the files beside sockets', () => {
  it('tell of processes, the oldest first; what is no such file is passed over', () => {
    const here = around({ XDG_RUNTIME_DIR: root })
    const { directory } = socketPlace(here) as { directory: string }
    const socket = (name: string): string => join(directory, `${name}.sock`)
    writeProcessFile(directory, '2', { ...content, pid: 2, started: 20, socket: socket('2') })
    writeProcessFile(directory, '1', { ...content, pid: 1, started: 10, worker: '3', socket: socket('1') })
    expect(lstatSync(join(directory, '1.json')).mode & 0o777).toBe(0o600)
    writeFileSync(join(directory, '3.json'), '{"format":"throwpoint-pro')
    writeFileSync(join(directory, '4.json'), '[]')
    writeFileSync(join(directory, '5.json'), 'x'.repeat(70_000))
    mkdirSync(join(directory, '6.json'))
    symlinkSync(join(directory, '1.json'), join(directory, '7.json'))
    // Whatever a file says, the socket is one beside it.
    writeProcessFile(directory, '8', { ...content, pid: 8, started: 30, socket: '/tmp/evil.sock' })
    writeProcessFile(directory, '9', { ...content, socket: '/tmp/evil' })
    writeProcessFile(directory, '10', { ...content, socket: '' })
    expect(found(here).processes.map(({ pid, worker, socket: path }) => [pid, worker, path])).toEqual([
      [1, '3', socket('1')],
      [2, null, socket('2')],
      [8, null, socket('evil')],
    ])
  })

  it('are removed with the socket of a process that is gone, and only then', async () => {
    const here = around({ XDG_RUNTIME_DIR: root })
    const { directory } = socketPlace(here) as { directory: string }
    const dead = deadPid()
    // A socket that nobody listens on any more, as a killed process leaves it.
    const gone = join(directory, `${dead}.sock`)
    const script = `require('net').createServer().listen(${JSON.stringify(gone)}, () => process.kill(process.pid, 'SIGKILL'))`
    await once(spawn(process.execPath, ['-e', script]), 'exit')
    expect(existsSync(gone)).toBe(true)
    writeProcessFile(directory, String(dead), { ...content, pid: dead, socket: gone })
    // One in another pid namespace: no such process, and somebody answers.
    const heard = join(directory, 'other.sock')
    const server = createServer().listen(heard)
    await once(server, 'listening')
    writeProcessFile(directory, 'other', { ...content, pid: dead, socket: heard })
    // One that lives and has not begun to listen yet.
    const early = join(directory, 'early.sock')
    writeProcessFile(directory, 'early', { ...content, pid: process.ppid, socket: early })
    const probed = once(server, 'connection')
    removeStale(here)
    await probed
    while (existsSync(gone)) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(
      found(here)
        .processes.map(({ socket }) => socket)
        .sort(),
    ).toEqual([early, heard])
    server.close()
  })
})
