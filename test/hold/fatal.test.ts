import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const node = process.env['THROWPOINT_NODE'] ?? process.execPath
const full = process.env['THROWPOINT_FULL'] === '1'
const program = fileURLToPath(new URL('fatal.cjs', import.meta.url))

interface Outcome {
  readonly code: number | null
  readonly events: readonly Record<string, unknown>[]
  /** The stack Node prints, without the excerpt above it. */
  readonly printed: string
}

/** @param flags those that begin with dashes are for Node */
function run(alias: string, name: string, mode: string, ...flags: string[]): Promise<Outcome> {
  const env: NodeJS.ProcessEnv = { ...process.env, THROWPOINT_TTY: 'off' }
  delete env['NODE_OPTIONS']
  const own = flags.filter((flag) => !flag.startsWith('--'))
  const options = flags.filter((flag) => flag.startsWith('--'))
  const child = spawn(node, [...options, program, alias, name, mode, ...own], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), 100_000)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer)
      const events = stdout.split('\n').filter(Boolean)
      // What Node says comes last, behind the place and the line that threw.
      const [, printed = ''] = /\n(?:node:\S+|throwpoint:continue|\/\S+):\d+\n([^]*)$/.exec(stderr) ?? []
      resolve({
        code,
        events: events.map((text) => JSON.parse(text) as Record<string, unknown>),
        printed: printed.replace(/^[^]*?\n\n?(?=\S*Error|Uncaught|\[|a text)/, ''),
      })
    })
  })
}

const last = ({ events }: Outcome): unknown => events.slice(3)

describe.each(['timer', 'primitive', 'rejection', 'rejected text', 'emitter', 'pipe'])('%s', (name) => {
  test('waits, and ends the process as it would have', async () => {
    const [plain, held] = await Promise.all([run('express', name, 'plain'), run('express', name, 'continue')])
    expect(held.events[0]).toMatchObject({ held: expect.any(String), fatal: true, reason: 'exception' })
    // While it waits the server serves.
    expect(held.events[1]).toEqual({ process: 'crashes', other: { status: 200, whole: true, text: 'ok' } })
    expect(held.events[2]).toEqual({ can: true, released: true })
    expect(last(held)).toEqual(plain.events)
    expect(held.code).toBe(1)
    expect(plain.code).toBe(1)
    expect(held.printed).toBe(plain.printed)
    expect(held.printed).not.toBe('')
  })
})

describe.each(['express4', 'koa2', 'koa'])('%s', (alias) => {
  test.each(['rejection', 'pipe'])('%s', async (name) => {
    const held = await run(alias, name, 'continue')
    expect(held.events[0]).toMatchObject({ held: 'TypeError', fatal: true })
    expect(last(held)).toEqual([{ monitor: true }, { exit: 1 }])
    expect(held.code).toBe(1)
  })
})

describe('listeners of the application', () => {
  test('for uncaught exceptions are called once, when it is let go', async () => {
    const held = await run('express', 'timer', 'continue', 'listens')
    expect(held.events[1]).toMatchObject({ process: 'lives' })
    expect(last(held)).toEqual([
      { monitor: true },
      { listener: 'uncaughtException', same: true, origin: 'uncaughtException' },
      { exit: 7 },
    ])
    expect(held.code).toBe(7)
  })

  test('for rejections are called once, with the promise', async () => {
    const held = await run('express', 'rejection', 'continue', 'listens')
    expect(last(held)).toEqual([{ listener: 'unhandledRejection', same: true, promise: true }, { exit: 8 }])
  })
})

const modes: ReadonlyArray<readonly [string, boolean, number]> = [
  ['strict', true, 1],
  ['warn', false, 0],
  ['none', false, 0],
  ['warn-with-error-code', false, 1],
]
describe.each(full ? modes : modes.slice(0, 2))('--unhandled-rejections=%s', (kind, crashes, code) => {
  const option = `--unhandled-rejections=${kind}`
  test('waits, and Node does what it would have done', async () => {
    const [plain, held] = await Promise.all([
      run('express', 'late rejection', 'plain', option),
      run('express', 'late rejection', 'continue', option),
    ])
    expect(held.events[0]).toMatchObject({ held: 'TypeError', fatal: true })
    expect(held.events[1]).toMatchObject({ process: crashes ? 'crashes' : 'lives' })
    expect(last(held)).toEqual(plain.events)
    expect([plain.code, held.code]).toEqual([code, code])
    expect(held.printed).toBe(plain.printed)
  })

  test.runIf(full || crashes)('listeners are called once', async () => {
    const [plain, held] = await Promise.all([
      run('express', 'late rejection', 'plain', option, 'listens'),
      run('express', 'late rejection', 'continue', option, 'listens'),
    ])
    expect(held.events[0]).toMatchObject({ held: 'TypeError' })
    expect(last(held)).toEqual(plain.events)
    expect(plain.events).toContainEqual(expect.objectContaining({ same: true }))
    expect(held.code).toBe(plain.code)
  })
})

describe('instead of the end of the process', () => {
  test('an answer: the process lives', async () => {
    const held = await run('express', 'timer', 'respond')
    expect(last(held)).toEqual([
      {
        answer: { status: 418, whole: true, text: 'a short answe' },
        lives: { status: 200, whole: true, text: 'ok' },
      },
      { exit: 0 },
    ])
    expect(held.code).toBe(0)
  })

  test('another exception', async () => {
    const held = await run('express', 'rejection', 'throw')
    expect(held.code).toBe(1)
    expect(held.printed).toContain('RangeError: another one')
  })
})
