import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { InTerminal } from '../prompt/in-terminal.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const state = mkdtempSync(join(tmpdir(), 'throwpoint-stdio-'))
afterAll(() => rmSync(state, { recursive: true, force: true }))

interface Run {
  /** Lines of stdout. */
  readonly lines: readonly string[]
  readonly err: string
  readonly status: number
}

async function run(env: Record<string, string>): Promise<Run> {
  const child = spawn(process.execPath, ['stdio.cjs'], {
    cwd: here,
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'development', NO_COLOR: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  try {
    while (!out.includes('\n')) await once(child.stdout, 'data')
    const { port } = JSON.parse(out.split('\n')[0]!) as { port: number }
    const { status } = await order(port)
    child.stdin.end()
    await once(child, 'close')
    return {
      lines: out
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(String(port), '0')),
      err,
      status,
    }
  } finally {
    child.kill('SIGKILL')
  }
}

function order(port: number | string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/orders/7`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer S3CR3T-4711-aaaa-bbbb' },
    body: '{"sku":"tea"}',
  })
}

describe('the output of the application', () => {
  it.each(['none', 'before', 'after'])(
    'is byte for byte the same, when process.stdout.write is patched: %s',
    async (PATCH) => {
      const off = await run({ PATCH, THROWPOINT: '0' })
      const on = await run({ PATCH })
      expect(on.lines).toEqual(off.lines)
      expect(on.status).toBe(500)
      // A log that a program reads stays one.
      const parsed = on.lines.map((line) => JSON.parse(line) as object)
      expect(parsed.at(-1)).toMatchObject({ msg: 'no order 7', same: true })
      // The report is printed once, to stderr, plain.
      expect(on.err.match(/RangeError: no order 7\n {2}in the handler of POST \/orders\/7/g)).toHaveLength(1)
      // oxlint-disable-next-line no-control-regex
      expect(on.err.split('\nRangeError: no order 7\n    at')[0]).not.toMatch(/\u001b/)
    },
  )
})

describe('a session', () => {
  it('shows the request without its credential, and sends it again to the same process', async () => {
    const terminal = new InTerminal(process.execPath, ['stdio.cjs'], {
      cwd: here,
      columns: 120,
      env: { THROWPOINT_BREAK_ON_START: '1', NO_COLOR: '1', XDG_STATE_HOME: state, XDG_CONFIG_HOME: state },
    })
    try {
      const [, port] = await terminal.until(/"port":(\d+)/)
      await terminal.until('before the first request')
      await terminal.until('(no frames) ')
      terminal.type('break on route POST /orders/:id\r')
      await terminal.until('are held when they arrive')
      terminal.type('c\r')
      await terminal.until('The program goes on.')
      const answer = order(port!)
      await terminal.until('break on route POST /orders/:id')
      await terminal.until('(no frames) ')
      terminal.type('request\r')
      await terminal.until('POST /orders/7 HTTP/1.1')
      await terminal.until(/authorization +Bearer \[redacted\]/)
      terminal.type('clear\r')
      await terminal.until('All are taken back (1).')
      terminal.type('replay\r')
      await terminal.until('It fails again: RangeError: no order 7')
      await terminal.until('It waits too: "switch ')
      terminal.type('c\r')
      await terminal.until('"same":true')
      expect((await answer).status).toBe(500)
      expect(terminal.text).not.toContain('S3CR3T')
    } finally {
      terminal.kill()
    }
  })
})
