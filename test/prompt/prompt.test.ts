import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { get, isStopped, start } from './held-server.ts'
import { InTerminal } from './in-terminal.ts'

vi.setConfig({ testTimeout: 180_000 })

const silent = (): undefined => undefined

describe('a hold', () => {
  it('opens the prompt; the server goes on, the next one follows, and the terminal is as it was', async () => {
    const server = start()
    const { terminal } = server
    const [at] = await server.listening()
    const one = get(at!, 'fail/one')
    await terminal.shown(/^GREETING one\n\(one\)$/m)
    const two = get(at!, 'fail/two')
    await terminal.shown('[1 waiting] GET /fail/two  Error: two')
    expect(await get(at!, 'other')).toBe('ok other')
    terminal.type('hello\r')
    await terminal.shown('REPLY hello')
    terminal.type('continue\r')
    expect(await one).toBe('failed one')
    await terminal.shown(/continued one\n\nGREETING two\n\(two\)$/)
    // Ctrl-D
    terminal.type('\u0004')
    expect(await two).toBe('failed two')
    await terminal.shown('Ctrl-D: continue\ncontinued two')
    await terminal.when('the terminal is given back', () => terminal.modes() === server.modes)
    expect(isStopped(at!)).toBe(false)
    expect(server.log).not.toContain('hello two')
    // Without a prompt nothing is read, and nothing keeps the process.
    process.kill(at!.pid)
    await terminal.shown(/END \d+/)
    expect(terminal.modes()).toBe(server.modes)
  })

  it('keeps what is typed, whatever is printed: requests, notices, an application log', async () => {
    const server = start()
    const { terminal } = server
    const [at] = await server.listening()
    void get(at!, 'fail/one').catch(silent)
    await terminal.shown(/\(one\)$/)
    terminal.type('half a')
    await terminal.shown(/\(one\) half a$/)
    await get(at!, 'log')
    await terminal.shown(/APPLICATION LOG\n\(one\) half a$/)
    await get(at!, 'count/1')
    await terminal.shown(
      /\[again\] GET \/fail\/one {2}Error: one {2}once more, counted and not held\n\(one\) half a$/,
    )
    const left = new AbortController()
    void get(at!, 'fail/two', left.signal).catch(silent)
    await terminal.shown(/\[1 waiting\].*\n\(one\) half a$/)
    terminal.type(' line\r')
    await terminal.shown('REPLY half a line')
    expect(readFileSync(join(server.directory, 'state', 'throwpoint', 'history'), 'utf8')).toBe(
      'half a line\n',
    )
    expect(statSync(join(server.directory, 'state', 'throwpoint', 'history')).mode & 0o777).toBe(0o600)
  })

  it('says when the client leaves, when others act, and when its time is nearly over', async () => {
    const server = start()
    const { terminal } = server
    const [at] = await server.listening()
    const left = new AbortController()
    void get(at!, 'fail/one', left.signal).catch(silent)
    await terminal.shown(/\(one\)$/)
    left.abort()
    await terminal.shown('[client left]')
    terminal.type('typed')
    await terminal.shown(/\(one\) typed$/)
    void get(at!, 'fail/brief').catch(silent)
    await terminal.shown('[1 waiting]')
    expect(await get(at!, 'release/1')).toBe('true')
    await terminal.shown(
      /\[released\] GET \/fail\/one {2}Error: one was let go by attach 77\n\nGREETING brief\n/,
    )
    await terminal.shown(
      /\[time\] it goes on by itself in (?:a second|\d+ seconds); any command gives it more time/,
    )
    terminal.type('\r')
    await server.logged(/extend brief/)
  })

  it('goes to another one with switch, and comes back', async () => {
    const server = start()
    const { terminal } = server
    const [at] = await server.listening()
    const answers = ['one', 'two'].map((what) => get(at!, `fail/${what}`))
    await terminal.shown('[1 waiting]')
    const [, first] = /GREETING (\w+)/.exec(terminal.screen)!
    const second = first === 'one' ? 'two' : 'one'
    const numbers = [1, 2]
    terminal.type(`switch ${numbers[1]}\r`)
    await terminal.shown(new RegExp(`GREETING ${second}\\n\\(${second}\\)$`))
    terminal.type('continue\r')
    await terminal.shown(new RegExp(`GREETING ${first}\\n\\(${first}\\)$`))
    terminal.type('continue\r')
    await Promise.all(answers)
    expect(server.log.match(/release \w+/g)).toEqual([`release ${second}`, `release ${first}`])
  })

  it('does not reach standard streams that the application has changed, and is reached past them', async () => {
    const server = start({ command: '"$NODE" "$SERVER" >out 2>&1', mode: 'patched' })
    const { terminal } = server
    const [at] = await server.listening()
    const one = get(at!, 'fail/one')
    await terminal.shown(/GREETING one\n\(one\)$/)
    terminal.type('hello\r')
    await terminal.shown('REPLY hello')
    terminal.type('continue\r')
    await one
    await terminal.shown('continued one')
    expect(readFileSync(join(server.directory, 'out'), 'utf8')).toBe('{"log":"LISTENING"}\n')
  })
})

describe('THROWPOINT_TTY', () => {
  it('names another terminal, also for a process without one', async () => {
    const other = new InTerminal('sh', ['-c', 'tty; exec sleep 600'])
    const [path] = await other.until(/\/dev\/pts\/\d+/)
    const modes = other.modes()
    const server = start({ command: 'setsid -w "$NODE" "$SERVER"', env: { THROWPOINT_TTY: path! } })
    const [at] = await server.listening()
    const one = get(at!, 'fail/one')
    await other.shown(/GREETING one\n\(one\)$/)
    other.type('hello\r')
    await other.shown('REPLY hello')
    other.type('continue\r')
    expect(await one).toBe('failed one')
    await other.when('the modes', () => other.modes() === modes)
    other.kill()
    expect(server.terminal.screen).toContain('LISTENING')
    expect(server.terminal.screen).not.toContain('GREETING')
  })

  it('off: nothing is held for it, and nothing is said', async () => {
    const server = start({ env: { THROWPOINT_TTY: 'off' } })
    const [at] = await server.listening()
    expect(await get(at!, 'fail/one')).toBe('ok fail')
    expect(server.terminal.screen).not.toContain('Throwpoint')
  })

  it('that cannot be opened: says so, and holds nothing more', async () => {
    const server = start({ env: { THROWPOINT_TTY: '/dev/null' } })
    const [at] = await server.listening()
    void get(at!, 'fail/one').catch(silent)
    await server.terminal.shown('the terminal /dev/null cannot be opened')
    expect(await get(at!, 'fail/two')).toBe('ok fail')
  })
})

describe('Ctrl-C', () => {
  it('gives up what runs, clears the line, says how to leave, and then reaches the server', async () => {
    const server = start()
    const { terminal } = server
    const [at] = await server.listening()
    void get(at!, 'fail/one').catch(silent)
    await terminal.shown(/\(one\)$/)
    terminal.type('wait\r')
    await server.logged(/execute "wait"/)
    terminal.type('\u0003')
    await terminal.shown(/\^C\nREPLY wait\n\(one\)$/)
    terminal.type('text\u0003')
    await terminal.shown(/\(one\) text\^C\n\(one\)$/)
    terminal.type('\u0003')
    await terminal.shown(/\(one\) \^C\ncontinue \(or Ctrl-D\) lets the request go on.*\n\(one\)$/)
    expect(server.log).not.toContain('release')
    terminal.type('\u0003')
    await terminal.ended()
    expect(isGone(at!.pid)).toBe(true)
  })
})

it('a server at its prompt ends when the window is closed, as one without a prompt', async () => {
  const server = start()
  const { terminal } = server
  const [at] = await server.listening()
  void get(at!, 'fail/one').catch(silent)
  await terminal.shown(/\(one\)$/)
  terminal.hangUp()
  await terminal.when('the end', () => isGone(at!.pid))
})

describe('the terminal is put back', () => {
  it.each([
    ['process.exit', 'exit', 'END 3'],
    ['a crash', 'crash', 'END 1'],
    ['SIGHUP', 'hangup', 'END 129'],
  ])('after %s', async (_name, command, end) => {
    const server = start()
    const { terminal } = server
    const [at] = await server.listening()
    void get(at!, 'fail/one').catch(silent)
    await terminal.shown(/\(one\)$/)
    expect(terminal.modes()).not.toBe(server.modes)
    terminal.type(`${command}\r`)
    await terminal.shown(end)
    expect(terminal.modes()).toBe(server.modes)
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)(
    'after %s, also where no standard stream is a terminal',
    async (signal) => {
      const server = start({ command: '"$NODE" "$SERVER" </dev/null >out 2>&1' })
      const { terminal } = server
      const [at] = await server.listening()
      void get(at!, 'fail/one').catch(silent)
      await terminal.shown(/\(one\)$/)
      terminal.type('continue\r')
      // A second prompt: its descriptors are others.
      await terminal.shown('continued one')
      void get(at!, 'fail/two').catch(silent)
      await terminal.shown(/\(two\)$/)
      process.kill(at!.pid, signal)
      await terminal.when('the end', () => isGone(at!.pid))
      await terminal.when('the modes', () => terminal.modes() === server.modes)
    },
  )
})

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ')
  } catch {
    return true
  }
}
