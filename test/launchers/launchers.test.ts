import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { stateOf } from '../prompt/in-terminal.ts'
import { get, heldServer, isStopped, type Listening, start } from '../prompt/held-server.ts'

vi.setConfig({ testTimeout: 240_000 })

const full = process.env['THROWPOINT_FULL'] === '1'

interface Launcher {
  readonly name: string
  readonly command: string
  /** What a failure meets: a prompt, the line that says how to attach, or nobody who waits for it. */
  readonly meets: 'prompt' | 'line' | 'nobody'
  /** A part of the line. */
  readonly reason?: string
  /** Typing at it would do something else: `tsx watch` runs the program anew. */
  readonly untouched?: boolean
  readonly slow?: boolean
}

const launchers: readonly Launcher[] = [
  { name: 'node', command: '"$NODE" "$SERVER"', meets: 'prompt' },
  { name: 'npm run', command: 'npm run --silent dev', meets: 'prompt' },
  { name: '</dev/null', command: '"$NODE" "$SERVER" </dev/null', meets: 'prompt' },
  { name: 'piped stdout', command: '"$NODE" "$SERVER" | cat', meets: 'prompt' },
  {
    name: 'setsid',
    command: 'setsid -w "$NODE" "$SERVER"',
    meets: 'nobody',
    reason: 'this process has no terminal',
  },
  {
    name: 'a pager',
    command: '"$NODE" "$SERVER" | less',
    meets: 'line',
    reason: 'less reads this terminal',
    untouched: true,
  },
  { name: 'tsx', command: 'tsx "$SERVER"', meets: 'prompt', slow: true },
  {
    name: 'tsx watch',
    command: 'tsx watch --exclude "**/dist/**" "$SERVER"',
    meets: 'line',
    reason: 'tsx watch reads this terminal',
    untouched: true,
  },
  {
    name: 'tsx watch </dev/null',
    command: 'tsx watch --exclude "**/dist/**" "$SERVER" </dev/null',
    meets: 'prompt',
    slow: true,
  },
  { name: 'node --watch', command: '"$NODE" --watch "$SERVER"', meets: 'prompt', slow: true },
  {
    name: 'nodemon',
    command: 'nodemon -q --watch package.json "$SERVER"',
    meets: 'line',
    reason: 'nodemon reads this terminal',
    slow: true,
  },
  {
    name: 'nodemon -I',
    command: 'nodemon -q -I --watch package.json "$SERVER"',
    meets: 'prompt',
    slow: true,
  },
  { name: 'concurrently', command: 'concurrently "npm:dev"', meets: 'prompt', slow: true },
  {
    name: 'concurrently -i',
    command: 'concurrently -i "npm:dev"',
    meets: 'line',
    reason: 'concurrently --handle-input reads this terminal',
    slow: true,
  },
  {
    name: 'concurrently "tsx watch"',
    command: 'concurrently "tsx watch --exclude \'**/dist/**\' $SERVER"',
    meets: 'prompt',
    slow: true,
  },
  {
    name: 'turbo',
    command: 'turbo run dev --ui=stream',
    meets: 'line',
    reason: 'turbo (without --ui=tui) hands no keys on to its tasks',
    slow: true,
  },
  ...['pm2-runtime start', 'pm2 start --no-daemon'].map((command): Launcher => ({
    name: command,
    command: `PM2_HOME="$PWD/pm2" "$PM2/${command.replace(' ', '" ')} --no-autorestart "$SERVER"`,
    meets: 'nobody',
    reason: 'this process has no terminal',
    slow: true,
  })),
]

/** The programs of pm2, which is large: only a full run installs it, or is told where it is. */
const pm2 = process.env['THROWPOINT_PM2'] ?? mkdtempSync(join(tmpdir(), 'throwpoint-pm2-'))
if (full && process.env['THROWPOINT_PM2'] === undefined) {
  beforeAll(async () => {
    const options = ['--prefix', pm2, '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock']
    await promisify(execFile)('npm', ['install', ...options, 'pm2@6'], { cwd: pm2 })
  }, 600_000)
}
afterAll(() => {
  if (process.env['THROWPOINT_PM2'] === undefined) rmSync(pm2, { recursive: true, force: true })
})

describe('launchers', () => {
  it.each(launchers.filter(({ slow }) => full || slow !== true))('$name: $meets', async (launcher) => {
    const server = start({
      command: launcher.command,
      wait: true,
      env: { PM2: join(pm2, 'node_modules', '.bin') },
    })
    const { terminal } = server
    project(server.directory)
    server.go()
    const [at] = await server.listening()
    const one = get(at!, 'fail/one').catch(String)
    if (launcher.meets === 'prompt') await prompted(at!)
    else {
      const line =
        launcher.meets === 'line'
          ? `one waits. No prompt here: ${launcher.reason}`
          : `no prompt here: ${launcher.reason}`
      await terminal.when('the line', () => flat(terminal.screen).includes(flat(line)))
      expect(flat(terminal.screen)).toContain(flat(`throwpoint attach ${at!.pid}`))
      if (launcher.untouched !== true) terminal.type('typed\r')
      // Once: the next one needs no reason.
      void get(at!, 'fail/two').catch(String)
      expect(await get(at!, 'other')).toBe('ok other')
      if (launcher.meets === 'nobody') expect(await one).toBe('ok fail')
      else expect(await get(at!, 'release/1')).toBe('true')
      expect(await one).toMatch(/one|ok/)
      expect(flat(terminal.screen).split(flat(launcher.reason!)).length).toBe(2)
      expect(server.log).not.toContain('execute')
    }
    expect(isStopped(at!)).toBe(false)
    // Nobody restarted it.
    expect(server.log.match(/start/g)).toHaveLength(1)
    process.kill(at!.pid)
    if (launcher.name !== 'a pager') {
      terminal.type('\u0003')
      await terminal.when('the modes', () => terminal.modes() === server.modes)
    }

    async function prompted(where: Listening): Promise<void> {
      await terminal.shown(/GREETING one\n\(one\)/)
      expect(await get(where, 'other')).toBe('ok other')
      terminal.type('hello\r')
      await terminal.shown('REPLY hello')
      expect(stateOf(where.pid)).not.toBe('T')
      terminal.type('continue\r')
      await terminal.shown('continued one')
      expect(await one).toBe('failed one')
    }
  })

  it('cluster: one worker has the prompt, the next one gets it then', async () => {
    const server = start({ mode: 'cluster' })
    const { terminal } = server
    const workers = await server.listening(2)
    const [one] = workers
    // The primary hands connections round: each worker fails once.
    const answers = ['a', 'b'].map((what) => get(one!, `fail/${what}`))
    // The line of the other one may come between.
    await terminal.shown(/GREETING (?:a|b)\n[^]*^\((?:a|b)\)$/m)
    await terminal.when('the other one waits', () =>
      flat(terminal.screen).includes('hasitspromptonthisterminal'),
    )
    const [first] = /(?<=GREETING )\w/.exec(terminal.screen)!
    terminal.type('continue\r')
    await terminal.shown(new RegExp(`continued ${first}[\\s\\S]*GREETING ${first === 'a' ? 'b' : 'a'}`))
    terminal.type('continue\r')
    expect(await Promise.all(answers)).toEqual(['failed a', 'failed b'])
    for (const worker of workers) expect(isStopped(worker)).toBe(false)
  })

  it('an application that reads the terminal keeps it', async () => {
    const server = start({ mode: 'reads' })
    const { terminal } = server
    const [at] = await server.listening()
    const one = get(at!, 'fail/one')
    await terminal.when('the line', () =>
      flat(terminal.screen).includes(flat('No prompt here: the application reads this terminal itself')),
    )
    terminal.type('for it\r')
    await server.logged(/application for it/)
    expect(await get(at!, 'release/1')).toBe('true')
    await one
  })
})

/** A project with a script, for those that run scripts. */
function project(directory: string): void {
  const scripts = { dev: `"${process.execPath}" "${heldServer}"` }
  const json = {
    name: 'launched',
    version: '1.0.0',
    private: true,
    type: 'module',
    packageManager: 'npm@11.0.0',
    scripts,
  }
  writeFileSync(join(directory, 'package.json'), JSON.stringify(json))
  writeFileSync(
    join(directory, 'package-lock.json'),
    JSON.stringify({ name: 'launched', lockfileVersion: 3, requires: true, packages: {} }),
  )
  writeFileSync(
    join(directory, 'turbo.json'),
    JSON.stringify({ tasks: { dev: { cache: false, persistent: true } }, globalPassThroughEnv: ['*'] }),
  )
}

/** Without the line ends a narrow terminal made. */
function flat(text: string): string {
  return text.replace(/\s+/g, '')
}
