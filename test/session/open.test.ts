import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type IPty, spawn as spawnInTerminal } from 'node-pty'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dumpNameOf } from '../../packages/core/src/dump/dump-file.ts'
import { projectName } from '../../packages/core/src/options/project.ts'
import { nodes } from '../live/server.ts'
import { handlerReport, maximalReport } from '../report-samples.ts'

const command = fileURLToPath(new URL('../../packages/cli/bin/throwpoint.cjs', import.meta.url))
const golden = fileURLToPath(new URL('golden/dump.txt', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'open-'))
const project = join(folder, 'shop')
const state = join(folder, 'state')
const dump = join(project, 'cart.throwpoint.json')
const environment = {
  ...process.env,
  NODE_OPTIONS: '',
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
  XDG_STATE_HOME: state,
  XDG_CONFIG_HOME: folder,
  THROWPOINT_DUMP: '',
}

beforeAll(() => {
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{}')
  const sources = {
    '/srv/shop/src/orders.js': Array.from({ length: 40 }, (_, line) => `// line ${line + 1}`).join('\n'),
  }
  const [frame, ...frames] = handlerReport.frames
  const value = {
    type: 'object',
    className: 'Object',
    description: 'Object',
    preview: '{ id: 7 }',
    children: [{ name: 'id', kind: 'data', value: { type: 'number', description: '7', value: 7 } }],
  }
  const scopes = [
    {
      type: 'local',
      variables: [
        { name: 'order', value },
        {
          name: 'sum',
          value: { type: 'undefined', description: '[uninitialized]', unavailable: 'uninitialized' },
        },
      ],
    },
  ]
  writeFileSync(
    dump,
    JSON.stringify({ ...handlerReport, frames: [{ ...frame, scopes }, ...frames], sources }),
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Ran {
  readonly out: string
  readonly err: string
  readonly code: number | null
}

function open(args: readonly string[], input = '', node: string = process.execPath): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [command, 'open', ...args], {
      cwd: project,
      env: environment as NodeJS.ProcessEnv,
      timeout: 100_000,
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => resolve({ out, err, code }))
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

describe('throwpoint open', () => {
  it.each(nodes)('runs commands on a dump, on Node %s', async (_, node) => {
    const { out, err, code } = await open(
      [dump, '-c', 'where; locals; order.id; p $req.method', '--commands', 'frame 0'],
      '',
      node,
    )
    expect([err, code]).toEqual(['', 0])
    await expect(out).toMatchFileSnapshot(golden)
  })

  it('gives one line of JSON for each, and 1 when one failed', async () => {
    const { out, code } = await open([dump, '--json', '-c', 'order.id;; 1 + 1;; whatis order'])
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(lines).toEqual([
      { line: 'order.id', data: { type: 'number', description: '7', value: 7 } },
      {
        line: '1 + 1',
        data: null,
        error: { code: 'TP_NOT_LIVE', message: expect.stringContaining('This is a dump') as string },
      },
      { line: 'whatis order', data: expect.objectContaining({ type: 'object' }) as unknown },
    ])
    expect(code).toBe(1)
  })

  it('reads commands from stdin, over several lines and with comments, and stops at quit', async () => {
    const { out, err, code } = await open([dump], '# look\np order[\n"id"\n]\nquit\nwhere\n')
    expect([out, err, code]).toEqual(['7\n', '', 0])
    expect((await open([dump], '')).out).toMatch(/^TypeError: Cannot read/)
  })

  it('says what is wrong with a file, and what to do', async () => {
    writeFileSync(join(folder, 'newer.json'), JSON.stringify({ ...handlerReport, version: 2 }))
    for (const [file, message] of [
      ['nowhere.json', /there is no such file/],
      [join(folder, 'newer.json'), /update it/],
    ] as const) {
      const { out, err, code } = await open([file, '-c', 'where'])
      expect([out, code]).toEqual(['', 1])
      expect(err).toMatch(message)
    }
    for (const args of [['--lats'], ['--last', dump]]) {
      const { err, code } = await open(args)
      expect(code).toBe(2)
      expect(err).toMatch(/See: throwpoint open --help/)
    }
  })

  it('lists the dumps of the project and takes the newest, or one by its id', async () => {
    expect(await open([])).toMatchObject({
      out: '',
      code: 1,
      err: expect.stringMatching(/No dumps in .*--dump/) as string,
    })
    const directory = join(state, 'throwpoint', projectName(project), 'dumps')
    mkdirSync(directory, { recursive: true })
    const newer = {
      ...maximalReport,
      id: 'feedfacefeedfacefeedfacefeedface',
      time: '2026-11-24T10:00:00.000Z',
    }
    for (const report of [handlerReport, newer])
      writeFileSync(join(directory, dumpNameOf(report)), JSON.stringify(report))
    const { out, code } = await open([])
    expect(code).toBe(0)
    expect(out.split('\n')[1]).toMatch(/^feedface {2}2026-11-24 10:00:00 {2}/)
    expect(out.split('\n')[2]).toMatch(/^01234567 {2}.*GET .*TypeError: Cannot read/)
    expect((JSON.parse((await open(['--json'])).out) as { dumps: unknown[] }).dumps).toHaveLength(2)
    expect((await open(['--last', '-c', 'p 1'])).code).toBe(1)
    expect((await open(['0123', '-c', 'p $err.name'])).out).toBe("'TypeError'\n")
  })
})

/** The prompt in a pseudo-terminal. */
class Terminal {
  readonly #pty: IPty
  readonly exit: Promise<number>
  text = ''
  #waiting: (() => void) | undefined

  constructor(args: readonly string[]) {
    this.#pty = spawnInTerminal(process.execPath, [command, 'open', ...args], {
      cols: 100,
      rows: 40,
      cwd: project,
      env: environment as NodeJS.ProcessEnv,
    })
    this.#pty.onData((data) => {
      this.text += data
      this.#waiting?.()
    })
    this.exit = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)))
  }

  /** Types, and waits for what must come after it. */
  async type(keys: string, pattern: RegExp): Promise<string> {
    const from = this.text.length
    this.#pty.write(keys)
    return this.sees(pattern, from)
  }

  sees(pattern: RegExp, from = 0): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no ${pattern.source} in ${JSON.stringify(this.text)}`)),
        100_000,
      )
      this.#waiting = () => {
        if (!pattern.test(this.text.slice(from))) return
        clearTimeout(timer)
        this.#waiting = undefined
        resolve(this.text.slice(from))
      }
      this.#waiting()
    })
  }

  kill(): void {
    this.#pty.kill('SIGKILL')
  }
}

it.skipIf(process.platform === 'win32')(
  'talks in a terminal: completion, several lines, Ctrl-C, history',
  async () => {
    const first = new Terminal([dump])
    try {
      await first.sees(/quit" leaves\.[^]*\(priceOf#0\) /)
      await first.type('order.i\t', /order\.id/)
      await first.type('\r', /7[^]*\(priceOf#0\) /)
      await first.type('p order[\r', /\.\.\. /)
      await first.type('"id"]\r', /7[^]*\(priceOf#0\) /)
      await first.type('half a line\u0003', /half a line[^]*\(priceOf#0\) /)
      await first.type('\u0003', /Ctrl-D or "quit" leaves/)
      await first.type('quit\r', /quit/)
      expect(await first.exit).toBe(0)
    } finally {
      first.kill()
    }
    const second = new Terminal([dump])
    try {
      await second.sees(/\(priceOf#0\) /)
      await second.type('\u001b[A\u001b[A\u001b[A', /order\.id/)
      await second.type('\u0015\u0004', /\n/)
      expect(await second.exit).toBe(0)
    } finally {
      second.kill()
    }
  },
)
