// oxlint-disable no-control-regex -- what must not be there has to be named
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildSync } from 'esbuild'

// Real processes: what is tested is descriptor 2, and what a dying process still says.
let directory = ''
let terminal = ''
let samples = ''

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'throwpoint-terminal-'))
  const bundle = (name: string, url: string): string => {
    const outfile = join(directory, name)
    const entry = new URL(url, import.meta.url).pathname
    buildSync({
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      conditions: ['@throwpoint/source'],
    })
    return outfile
  }
  terminal = bundle('terminal.cjs', './terminal-report.ts')
  samples = bundle('samples.cjs', '../../../../test/report-samples.ts')
})

afterAll(() => {
  rmSync(directory, { recursive: true })
})

function program(body: string): string {
  const file = join(directory, `program-${Math.random().toString(36).slice(2)}.cjs`)
  const head = `const { TerminalReport } = require(${JSON.stringify(terminal)})
const { handlerReport, bodyReport } = require(${JSON.stringify(samples)})
const terminal = new TerminalReport()
`
  writeFileSync(file, head + body)
  return file
}

function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited: NodeJS.ProcessEnv = { ...process.env, TERM: 'xterm-256color' }
  // Node takes it for a terminal without colours.
  delete inherited['CI']
  delete inherited['FORCE_COLOR']
  delete inherited['NO_COLOR']
  return { ...inherited, ...more }
}

function run(body: string): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [program(body)], { encoding: 'utf8', env: environment() })
}

const sentence = "TypeError: Cannot read properties of undefined (reading 'total')"

describe('the default writer', () => {
  it('writes to stderr alone, without colours where it is no terminal', () => {
    const { stdout, stderr, status } = run(`terminal.report(handlerReport, { link: 'http://localhost/x' })`)
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('\u001b')
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })

  it('is not diverted by an application that remaps its streams, fs or the timers', () => {
    const { stdout, stderr } = run(`
      const fs = require('node:fs')
      process.stderr.write = process.stdout.write = () => true
      console.error = console.log = () => {}
      fs.writeSync = () => { throw new Error('not yours') }
      globalThis.setTimeout = () => { throw new Error('not yours') }
      performance.now = () => 0
      terminal.report(handlerReport, {})
      terminal.report(handlerReport, {})
      terminal.report(handlerReport, {})`)
    expect(stderr).toContain(sentence)
    expect(stderr).toContain('2 times TypeError')
    expect(stdout).toBe('')
  })

  it('has written everything when the process dies at once', () => {
    const aborted = run(`terminal.report(handlerReport, {}); process.kill(process.pid, 'SIGKILL')`)
    expect(aborted.signal).toBe('SIGKILL')
    expect(aborted.stderr).toContain('without Throwpoint:')
    const crashed = run(`
      process.on('uncaughtExceptionMonitor', () => terminal.report(bodyReport, {}))
      setTimeout(() => { throw new Error('the end') })`)
    expect(crashed.status).toBe(1)
    expect(crashed.stderr.indexOf('without Throwpoint:')).toBeGreaterThan(0)
    expect(crashed.stderr.indexOf('without Throwpoint:')).toBeLessThan(
      crashed.stderr.indexOf('Error: the end'),
    )
  })

  it.each([
    ['closed', '2>&-'],
    ['full', '2>/dev/full'],
    ['read by nobody', '2> >(exit 0)'],
  ])('changes nothing for the application when stderr is %s', (_, redirection) => {
    const file = program(`
      setTimeout(() => {
        for (let times = 0; times < 100; times += 1) terminal.report({ ...handlerReport, fingerprint: String(times) }, {})
        terminal.notice('hello')
        process.stdout.write('alive')
      }, 100)`)
    const { stdout, status } = spawnSync('bash', ['-c', `"$0" "$1" ${redirection}`, process.execPath, file], {
      encoding: 'utf8',
      env: environment(),
    })
    expect(stdout).toBe('alive')
    expect(status).toBe(0)
  })

  it('does not keep the process alive, and reads nothing from stdin', () => {
    const { status } = run(`
      for (let times = 0; times < 50; times += 1) terminal.report(handlerReport, {})
      if (process.listenerCount('exit') !== 0) process.exitCode = 3`)
    expect(status).toBe(0)
  })

  it('waits for a slow reader, within limits, and then goes on', async () => {
    // Node makes a pipe it opens as process.stderr non-blocking: a full one answers EAGAIN.
    const file = program(`
      process.stderr
      const long = { ...handlerReport, notes: ['n'.repeat(900)] }
      const start = Date.now()
      for (let times = 0; times < 1000; times += 1) terminal.notice(times + ' ' + 'x'.repeat(1000))
      terminal.report(long, {})
      const blocked = Date.now() - start
      const timer = setInterval(() => {}, 20) // ours do not keep it alive
      process.on('message', () => { clearInterval(timer); terminal.notice('the last'); process.disconnect() })
      process.send(blocked)`)
    const child = spawn(process.execPath, [file], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: environment(),
    })
    child.stderr!.pause()
    const blocked = await new Promise<number>((resolve) =>
      child.once('message', (message) => resolve(message as number)),
    )
    let text = ''
    child.stderr!.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    child.stderr!.resume()
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    await new Promise((resolve) => setTimeout(resolve, 500))
    child.send('go on')
    expect(await ended).toBe(0)
    // Without the filling: it would be megabytes when this fails.
    const lines = text.replaceAll(/x{1000}/g, 'x').split('\n')
    expect(lines.slice(0, 2)).toEqual(['Throwpoint: 0 x', 'Throwpoint: 1 x'])
    expect(lines.slice(-3)).toEqual([
      expect.stringMatching(/^Throwpoint: \d+ lines or reports were lost, stderr is too slow$/),
      'Throwpoint: the last',
      '',
    ])
    // It waits once, not a thousand times.
    expect(blocked).toBeGreaterThan(200)
    expect(blocked).toBeLessThan(3000)
  })
})

describe('in a terminal', () => {
  const pty = createRequire(import.meta.url)('node-pty') as typeof import('node-pty')

  function inTerminal(body: string, columns: number, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const child = pty.spawn(process.execPath, [program(body)], {
      cols: columns,
      rows: 40,
      env: environment(env) as Record<string, string>,
    })
    let text = ''
    child.onData((data) => (text += data))
    return new Promise((resolve) =>
      child.onExit(() => setTimeout(() => resolve(text.replaceAll('\r\n', '\n')), 50)),
    )
  }

  const body = `terminal.report(bodyReport, { link: 'http://localhost:3000/__throwpoint/x' })`

  it.each([80, 120])('prints with colours, in %i columns', async (columns) => {
    const text = await inTerminal(body, columns)
    expect(text).toContain('\u001b[1m\u001b[31mExportError [E_EXPORT]:\u001b[39m\u001b[22m')
    const golden = new URL(`../../../../test/golden/terminal/pty-${columns}.txt`, import.meta.url).pathname
    await expect(text).toMatchFileSnapshot(golden)
    const plain = text.replaceAll(/\u001b\[\d+m/g, '')
    expect(Math.max(...plain.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns)
  })

  it.each([{ NO_COLOR: '1' }, { FORCE_COLOR: '0' }, { TERM: 'dumb' }])('prints none with %o', async (env) => {
    const text = await inTerminal(body, 80, env)
    expect(text).toContain('ExportError [E_EXPORT]: row 3')
    expect(text).not.toContain('\u001b')
  })
})
