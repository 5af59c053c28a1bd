import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  findProcesses,
  type FoundProcess,
  type HoldLine,
  type Notice,
  SocketClient,
  surroundings,
} from '@throwpoint/core/client'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { attach as attachCommand } from '../../packages/cli/src/attach.ts'
import { build, Program, until } from '../requests/program.ts'
import { AttachTerminal } from './attach-terminal.ts'

const full = process.env['THROWPOINT_FULL'] === '1'
const server = new URL('server.cjs', import.meta.url)
const command = fileURLToPath(new URL('../../packages/cli/bin/throwpoint.cjs', import.meta.url))
const preload = ['--import', 'throwpoint/register']

let root: string
let home: Record<string, string>
const programs: Program[] = []
const clients: SocketClient[] = []
const terminals: AttachTerminal[] = []

// Each starts several processes.
vi.setConfig({ testTimeout: 120_000 })
beforeAll(build, 120_000)

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tp-')))
  home = {
    HOME: root,
    XDG_STATE_HOME: join(root, 'state'),
    XDG_CONFIG_HOME: root,
    THROWPOINT_RUN_DIR: join(root, 'run', 'throwpoint'),
  }
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  for (const terminal of terminals.splice(0)) terminal.stop()
  await Promise.all(programs.splice(0).map((program) => program.stop()))
  rmSync(root, { recursive: true, force: true })
})

/** A server with a session and without a terminal, as a process manager starts it. */
async function start(env: Record<string, string> = {}, options: readonly string[] = []): Promise<Program> {
  const program = await Program.start(server, {
    options,
    env: { ...home, THROWPOINT_TERMINAL: 'session', ...env },
    detached: true,
  })
  programs.push(program)
  return program
}

interface Listed {
  readonly pid: number
  readonly worker: string | null
  readonly script: string
  readonly answers: boolean
  readonly holds: readonly HoldLine[]
}

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

async function throwpoint(...args: readonly string[]): Promise<Ran> {
  const program = new Program([process.execPath, command, 'attach', ...args], { env: home })
  programs.push(program)
  return finished(program)
}

async function finished(program: Program): Promise<Ran> {
  const code = await new Promise<number | null>((resolve) => program.child.once('close', resolve))
  return { code, out: program.out, err: program.err }
}

async function list(): Promise<Listed[]> {
  const { code, out, err } = await throwpoint('--list', '--json')
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out) as Listed[]
}

/** Waits until so many processes can be attached to. */
function listed(count: number): Promise<readonly FoundProcess[]> {
  return until(() => {
    const { processes } = findProcesses({ ...surroundings(), env: home, tmp: root })
    return processes.length === count && processes
  })
}

async function client(program: Program, notices: Notice[] = [], name = 'a test'): Promise<SocketClient> {
  const pid = program.child.pid!
  const socket = join(home['THROWPOINT_RUN_DIR']!, `${pid}.sock`)
  await until(() => existsSync(socket.replace('.sock', '.json')))
  const opened = await SocketClient.open(
    { pid, socket },
    { name, acts: true, notice: (notice) => notices.push(notice), patienceMs: 25_000 },
  )
  clients.push(opened)
  return opened
}

async function holds(one: SocketClient, count: number): Promise<readonly HoldLine[]> {
  return until(async () => {
    const found = await one.call({ type: 'holds' })
    return found.length === count && found
  })
}

const view = { colors: false, columns: 100 }

describe.skipIf(process.platform === 'win32')('throwpoint attach', () => {
  it('reaches a server without a terminal: looks at the request that waits, and lets it go', async () => {
    const program = await start({ THROWPOINT_REQUESTS: '1' }, preload)
    await listed(1)
    expect(await list()).toMatchObject([
      {
        pid: program.child.pid,
        script: 'test/attach/server.cjs',
        worker: null,
        answers: true,
        holds: [],
      },
    ])
    const nothing = await throwpoint('-c', 'where')
    expect(nothing).toMatchObject({ code: 2, out: '', err: expect.stringContaining('No request waits') })

    // A script waits for an exception, looks, and leaves; the request waits for the next one.
    const waits = new Program(
      [process.execPath, command, 'attach', '--wait=60', '--json', '-c', 'where; basket.name'],
      { env: home },
    )
    programs.push(waits)
    const first = finished(waits)
    const attached = await client(program)
    const answer = program.status('/fail/lamp')
    const ran = await first
    expect([ran.code, ran.err]).toEqual([0, ''])
    const replies = ran.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { line: string; hold: number; data: unknown })
    expect(replies.map(({ line, hold }) => [line, hold])).toEqual([
      ['where', 1],
      ['basket.name', 1],
    ])
    expect(JSON.stringify(replies[1]!.data)).toContain('lamp')

    // Others are served meanwhile, and those that wait are named.
    expect(await (await program.get('/ok')).text()).toBe('ok')
    for (const at of [1, 2, 3]) program.send(`/stuck/${at}`)
    await until(async () => (await attached.call({ type: 'requests', view })).text.startsWith('4 requests'))
    const { out: requests } = await throwpoint('-c', 'requests')
    expect(requests).toMatch(/GET \/fail\/lamp {2}held: session 1/)
    expect(requests).toMatch(/GET \/stuck\/1 {2}no answer yet\n +stock +test\/attach\/server\.cjs:24:5/)
    expect(requests).toMatch(
      /GET \/stuck\/2 {2}no answer yet\n +rows +.*server\.cjs:27:11[^]*ship +.*server\.cjs:30:5/,
    )
    expect(requests).toMatch(/GET \/stuck\/3 {2}no answer yet\n +\(anonymous\) +.*server\.cjs:41:21/)

    const text = await throwpoint('-c', 'basket.items.length; nonsense; continue')
    expect(text.code).toBe(1)
    expect(text.out).toMatch(/^0\n/)
    expect(text.err).toContain('ReferenceError')
    expect(await answer).toBe(500)
    expect(await holds(attached, 0)).toEqual([])
  })

  it('keeps others out: directory, socket and file are for the owner alone, and no port is opened', async () => {
    const program = await start()
    await listed(1)
    const directory = join(root, 'run', 'throwpoint')
    expect(lstatSync(directory).mode & 0o777).toBe(0o700)
    const names = readdirSync(directory).sort((a, b) => (a < b ? -1 : 1))
    expect(names).toEqual([`${program.child.pid}.json`, `${program.child.pid}.sock`])
    for (const name of names) expect(lstatSync(join(directory, name)).mode & 0o777).toBe(0o600)
    const resources = (await (await program.get('/resources')).json()) as string[]
    expect(resources.filter((name) => name === 'TCPServerWrap')).toHaveLength(1)
  })

  it('uses another directory where the first is a link', async () => {
    mkdirSync(join(root, 'run'), { mode: 0o700 })
    const directory = join(root, 'run', 'throwpoint')
    mkdirSync(join(root, 'else'), { mode: 0o700 })
    symlinkSync(join(root, 'else'), directory)
    home = { ...home, THROWPOINT_RUN_DIR: '', XDG_RUNTIME_DIR: join(root, 'run') }
    const program = await start()
    const second = join(root, 'state', 'throwpoint', 'run')
    await until(() => existsSync(join(second, `${program.child.pid}.json`)))
    expect(readdirSync(directory)).toEqual([])
    const { code, out, err } = await throwpoint('--list')
    expect(code).toBe(0)
    expect(out).toContain('test/attach/server.cjs')
    expect(err).toContain(`${directory} is not looked into: `)
  })

  it('lets several look at one request; who acts first owns it, and the others hear by whom', async () => {
    const program = await start()
    const seen: Notice[] = []
    const first = await client(program, seen, 'the first')
    const second = await client(program, [], 'the second')
    const answer = program.status('/fail/lamp')
    await holds(first, 1)
    await first.call({ type: 'greet', hold: 1, view })
    const { hold } = await second.call({ type: 'greet', hold: 1, view })
    expect(hold.others).toBe(1)
    await second.call({ type: 'execute', hold: 1, line: 'continue', view })
    expect(await answer).toBe(500)
    await until(() => seen.some(({ event }) => event === 'released'))
    expect(seen).toMatchObject([
      { event: 'held', hold: { number: 1, request: 'GET /fail/lamp' } },
      { event: 'released', hold: { number: 1 }, by: 'the second', how: 'continue' },
    ])
    await expect(first.call({ type: 'execute', hold: 1, line: 'where', view })).rejects.toMatchObject({
      code: 'TP_NO_HOLD',
    })
  })

  it.runIf(full)('leaves a request to those that still look at it', async () => {
    const program = await start()
    const stays = await client(program)
    const goes = await client(program)
    const answer = program.status('/fail/lamp')
    await holds(goes, 1)
    await goes.call({ type: 'greet', hold: 1, view })
    goes.close()
    await until(async () => (await holds(stays, 1))[0]!.others === 0)
    await stays.call({ type: 'execute', hold: 1, line: 'continue', view })
    expect(await answer).toBe(500)
  })

  it('lists the workers of a cluster and finds the one whose request waits', async () => {
    const workers = full ? 4 : 2
    const program = await start({ WORKERS: String(workers) })
    const found = await listed(workers)
    expect(new Set(found.map(({ worker }) => worker))).toEqual(
      new Set(['1', '2', '3', '4'].slice(0, workers)),
    )
    expect(new Set(found.map(({ pid }) => pid)).size).toBe(workers)
    const table = await throwpoint('--list')
    expect(table.out).toMatch(
      /^PID +AGE +WAITING +WORKER +SCRIPT +DIRECTORY\n(?:\d+ +\d+ s +0 +[1-4] +test\/attach\/server\.cjs .*\n)+$/,
    )
    const undecided = await throwpoint('-c', 'where')
    expect(undecided).toMatchObject({
      code: 2,
      err: expect.stringContaining(`${workers} programs have a session; say which`),
    })
    // Somebody has to be there: of each worker, for the request may come to any.
    for (const { pid } of found) {
      const socket = join(home['THROWPOINT_RUN_DIR']!, `${pid}.sock`)
      clients.push(await SocketClient.open({ pid, socket }, { name: 'a test', acts: true }))
    }
    const answer = program.status('/fail/lamp')
    await until(async () => {
      const waiting = await Promise.all(clients.map((one) => one.call({ type: 'holds' })))
      return waiting.flat().length === 1
    })
    const ran = await throwpoint('-c', 'request; continue')
    expect(ran.code).toBe(0)
    expect(ran.out).toContain('/fail/lamp')
    expect(await answer).toBe(500)
  })

  it('removes what a killed process left, and says when there is none', async () => {
    const program = await start()
    await listed(1)
    const directory = join(root, 'run', 'throwpoint')
    await program.stop('SIGKILL')
    expect(readdirSync(directory)).toHaveLength(2)
    const none = await throwpoint()
    expect(none).toMatchObject({ code: 2, err: expect.stringContaining('No program with a session runs') })
    expect(readdirSync(directory)).toEqual([])
    const pid = String(program.child.pid)
    expect(await throwpoint(pid, '-c', 'where')).toMatchObject({
      code: 2,
      err: expect.stringContaining(`There is no process ${pid}`),
    })
  })

  it('keeps no process alive, and takes its socket away at the end', async () => {
    const program = await start()
    const attached = await client(program)
    expect(await attached.call({ type: 'holds' })).toEqual([])
    const ended = new Promise((resolve) => program.child.once('exit', resolve))
    program.send('/end')
    expect(await ended).toBe(0)
    expect(readdirSync(join(root, 'run', 'throwpoint'))).toEqual([])
    await expect(attached.call({ type: 'holds' })).rejects.toMatchObject({ code: 'TP_GONE' })
  })

  it('says when a process does not answer', async () => {
    const program = await start()
    await listed(1)
    program.child.kill('SIGSTOP')
    const { code, err } = await throwpoint('-c', 'where')
    program.child.kill('SIGCONT')
    expect(code).toBe(1)
    expect(err).toContain('does not answer: it is busy, stopped, or stands in a debugger')
  })

  it.each([
    [['a'], 'attach takes the pid of a program, not a'],
    [['1', '2'], 'attach takes one pid'],
    [['--wait=x', '1'], '--wait takes a number of seconds, not x'],
    [['--lits'], 'did you mean --list'],
  ])('refuses %j', async (args, message) => {
    await expect(attachCommand(args)).rejects.toThrow(message)
  })
})

describe.skipIf(process.platform === 'win32')('throwpoint attach at a terminal', () => {
  function attach(...args: string[]): AttachTerminal {
    const terminal = new AttachTerminal([process.execPath, command, 'attach', ...args], home)
    terminals.push(terminal)
    return terminal
  }

  it('opens each exception, one after the other, and leaves with Ctrl-D', async () => {
    const program = await start({}, preload)
    await listed(1)
    const terminal = attach()
    await terminal.shows(/No request waits: the next exception opens here[^]*\(waiting\) /)
    await terminal.type('nonsense\r', /No request waits yet/)
    const first = program.status('/fail/lamp')
    await terminal.shows(/TypeError[^]*GET \/fail\/lamp[^]*server\.cjs:13:17[^]*\(price#0\) /)
    await terminal.type('item === undefined\r', /true\s/)
    const second = program.status('/fail/chair')
    await terminal.shows(/\[again\] GET \/fail\/lamp[^]*counted, and not held/)
    await terminal.type('await new Promise(() => {})\r', /Promise\(\(\) => \{\}\)\s/)
    await terminal.type('\u0003', /\^C[^]*Given up[^]*\(price#0\) /)
    await terminal.type('baske\t', /basket/)
    await terminal.type('.name\r', /lamp/)
    await terminal.type('continue\r', /goes on/)
    expect(await first).toBe(500)
    expect(await second).toBe(500)
    await terminal.shows(/\(waiting\) /)
    terminal.write('\u0004')
    expect(await terminal.ended).toBe(0)
    expect(terminal.text).toMatch(/Detached\. The server goes on\./)
    expect(terminal.raw.lastIndexOf('\u001b[?2004l')).toBeGreaterThan(
      terminal.raw.lastIndexOf('\u001b[?2004h'),
    )
    expect(await (await program.get('/ok')).text()).toBe('ok')
  })

  it('hears that another one let the request go, and that the process has ended', async () => {
    const program = await start()
    const terminal = attach()
    const other = await client(program, [], 'the other one')
    await terminal.shows(/\(waiting\) /)
    const answer = program.status('/fail/lamp')
    await terminal.shows(/It goes on by itself in [^]*\(.*#0\) /)
    await other.call({ type: 'execute', hold: 1, line: 'continue', view })
    await terminal.shows(/\[released\] GET \/fail\/lamp[^]*was let go by the other one[^]*\(waiting\) /)
    await answer
    await program.stop('SIGKILL')
    expect(await terminal.ended).toBe(1)
    expect(terminal.text).toContain(`The process ${program.child.pid} has ended.`)
  })

  it.runIf(full)('asks which one, and offers the one that waits', async () => {
    const one = await start()
    const two = await start()
    await listed(2)
    const other = await client(two)
    const answer = two.status('/fail/lamp')
    await holds(other, 1)
    const terminal = attach()
    await terminal.shows(new RegExp(`PID +AGE[^]*Attach to which PID\\? \\[${two.child.pid}\\] `))
    await terminal.type('5\r', /5 is none of them/)
    await terminal.type('\r', /GET \/fail\/lamp/)
    await terminal.type('\u0003', /detaches, and the server goes on/)
    terminal.write('\u0003')
    expect(await terminal.ended).toBe(0)
    expect(terminal.text).toContain('The request waits for others')
    await other.call({ type: 'execute', hold: 1, line: 'continue', view })
    expect(await answer).toBe(500)
    expect(one.child.exitCode).toBeNull()
  })
})
