import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Report } from '@throwpoint/protocol'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { build, Program, type ProgramOptions, until } from './program.ts'

const stuck = new URL('stuck.cjs', import.meta.url)
const full = process.env['THROWPOINT_FULL'] === '1'
const preload = ['--import', 'throwpoint/register']
const programs: Program[] = []

// Each starts several processes.
vi.setConfig({ testTimeout: 120_000 })
beforeAll(build, 120_000)

afterEach(async () => {
  await Promise.all(programs.splice(0).map((program) => program.stop()))
})

async function start(script: URL, options: ProgramOptions = {}): Promise<Program> {
  const program = await Program.start(script, options)
  programs.push(program)
  return program
}

function reports({ out }: Program): Report[] {
  return [...out.matchAll(/^report (.*)$/gm)].map(([, text]) => JSON.parse(text!) as Report)
}

/** `GET /pay: chargeCard 13:3 ← (anonymous) 31:3` of each that is printed. */
function listed(err: string): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  let last: string[] = []
  for (const line of err.split('\n')) {
    const request = /^ +[\d.]+ m?s {2}([A-Z]+ \S+)/.exec(line)
    if (request !== null) found[request[1]!] = last = []
    const frame = /^ +(\S+) +(\S+:\d+:\d+)(?: {2}(.*))?$/.exec(line)
    // The end of a line depends on how wide the ages are.
    if (frame !== null) last.push(frame.slice(1).join(' ').slice(0, 56).trim())
  }
  return found
}

describe.skipIf(process.platform === 'win32')('SIGUSR2', () => {
  it('prints each request in flight, with the functions it waits in', async () => {
    const program = await start(stuck, {
      options: preload,
      env: { AFTER_SIGNAL: '1', THROWPOINT_REQUESTS: '1', THROWPOINT_WATCHDOG: '3600' },
    })
    await program.get('/ok')
    await program.get('/fail')
    for (const path of ['/pay', '/look?id=1&password=hunter2', '/load', '/forgotten', '/half'])
      program.send(path)
    await until(async () => {
      program.err = ''
      program.child.kill('SIGUSR2')
      await program.printed(/in flight[^]*\n$/)
      return program.err.includes('5 requests in flight') && program.err.includes('200 sent')
    })
    expect(listed(program.err)).toEqual({
      'GET /pay': [
        'chargeCard test/requests/stuck.cjs:13:3 await never(card',
        '(anonymous) test/requests/stuck.cjs:33:3 await chargeCar',
      ],
      'GET /look?id=1&password=[redacted]': [
        'lookUp test/requests/stuck.cjs:17:15 await never(id)',
        '(anonymous) test/requests/stuck.cjs:37:12 await lookUp(r',
      ],
      'GET /load': [
        'parts test/requests/stuck.cjs:29:9 await never()',
        'Store.load test/requests/stuck.cjs:24:5 for await (const',
        '(anonymous) test/requests/stuck.cjs:40:12 await new Stor',
      ],
      'GET /forgotten': [],
      'GET /half': ['(anonymous) test/requests/stuck.cjs:45:3 await never()'],
    })
    expect(program.err).not.toContain('hunter2')
  })

  it('says how to know where they wait, where that is not known', async () => {
    const program = await start(stuck, { env: { AFTER_SIGNAL: '1', THROWPOINT_WATCHDOG: '3600' } })
    program.send('/pay')
    await until(async () => {
      program.child.kill('SIGUSR2')
      await program.printed(/in flight/)
      return program.err.includes('1 request in flight')
    })
    expect(program.err).toMatch(/GET \/pay {2}no answer yet\n.*THROWPOINT_REQUESTS=1/)
  })
})

describe.skipIf(process.platform === 'win32')('SIGUSR2 of others', () => {
  it('is left to an application that listens', async () => {
    const program = await start(stuck, { env: { THROWPOINT_WATCHDOG: '3600', OWN_LISTENER: '1' } })
    program.send('/pay')
    program.child.kill('SIGUSR2')
    await program.printed(/own SIGUSR2/, 'out')
    await program.get('/ok')
    expect(program.err).not.toContain('in flight')
  })

  it('is left to an application that listens later, and that dies of it then', async () => {
    const program = await start(stuck, {
      env: { AFTER_SIGNAL: '1', THROWPOINT_WATCHDOG: '3600', OWN_LISTENER: 'late' },
    })
    program.child.kill('SIGUSR2')
    await until(() => program.child.signalCode === 'SIGUSR2')
    expect(program.err).not.toContain('in flight')
  })

  it.runIf(full)('ends a process that asked for nothing, as it always did', async () => {
    const program = await start(stuck)
    program.child.kill('SIGUSR2')
    await until(() => program.child.signalCode === 'SIGUSR2')
  })

  it.skipIf(process.platform !== 'linux' || !full)('is left to nodemon', async () => {
    const nodemon = fileURLToPath(new URL('../../node_modules/nodemon/bin/nodemon.js', import.meta.url))
    const program = new Program(
      [process.execPath, nodemon, '--quiet', '--watch', fileURLToPath(import.meta.url), fileURLToPath(stuck)],
      { env: { THROWPOINT_WATCHDOG: '3600' }, input: 'pipe', detached: true },
    )
    programs.push(program)
    await program.printed(/listening \d+/, 'out')
    // It restarts its program with the signal.
    program.child.stdin!.write('rs\n')
    await program.printed(/listening \d+[^]*listening \d+/, 'out')
    expect(program.err).not.toContain('in flight')
  })
})

describe('the option watchdog', () => {
  it('reports a request that does not answer, once, with the place where it waits', async () => {
    const program = await start(stuck, {
      options: preload,
      env: { THROWPOINT_REQUESTS: '1', THROWPOINT_WATCHDOG: '0.3' },
    })
    for (const path of ['/pay', '/forgotten', '/half']) program.send(path)
    await until(() => reports(program).length === 3)
    // Another one is reported later than they would be again.
    program.send('/load')
    const found = await until(() => reports(program).length > 3 && reports(program))
    const shown = found.map(({ kind, boundary, error, request, response, frames, fingerprint: _ }) => ({
      kind,
      boundary,
      url: request!.url,
      route: request!.route,
      message: error.message.replace(/[\d.]+ m?s/, '…'),
      outcome: response!.outcome,
      frames: frames.map(({ functionName, location, live, async }) =>
        [functionName, `${location!.line}:${location!.column}`, live, async].join(' '),
      ),
    }))
    expect(shown.sort((a, b) => (a.url < b.url ? -1 : 1))).toEqual([
      {
        kind: 'stalled',
        boundary: 'handler',
        url: '/forgotten',
        route: '/forgotten',
        message:
          'No answer for …: no asynchronous function of yours is at work for it, so a callback was never called, or the handler returned without an answer',
        outcome: 'none',
        frames: [],
      },
      {
        kind: 'stalled',
        boundary: 'body',
        url: '/half',
        route: '/half',
        message: 'Nothing was written for …: it waits in a function (test/requests/stuck.cjs:45:3)',
        outcome: 'none',
        frames: [' 45:3 false true'],
      },
      {
        kind: 'stalled',
        boundary: 'handler',
        url: '/load',
        route: '/load',
        message: 'No answer for …: it waits in parts (test/requests/stuck.cjs:29:9)',
        outcome: 'none',
        frames: ['parts 29:9 false true', 'Store.load 24:5 false true', ' 40:12 false true'],
      },
      {
        kind: 'stalled',
        boundary: 'handler',
        url: '/pay',
        route: '/pay',
        message: 'No answer for …: it waits in chargeCard (test/requests/stuck.cjs:13:3)',
        outcome: 'none',
        frames: ['chargeCard 13:3 false true', ' 33:3 false true'],
      },
    ])
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(4)
    expect(program.err).toMatch(/Stalled response: No answer for [\d.]+ m?s: it waits in chargeCard/)
    expect(program.err).toMatch(/> 13 \| +await never\(card\)/)
  })

  it('leaves alone what is at work: streams of events, bodies still written or still read', async () => {
    const program = await start(stuck, { env: { THROWPOINT_WATCHDOG: '1' } })
    for (const path of ['/events', '/writing']) program.send(path)
    const upload = request({ port: program.port, path: '/upload', method: 'POST', agent: false })
    upload.on('error', () => {})
    const timer = setInterval(() => upload.write('more'), 20)
    await program.get('/fail')
    await program.get('/ok')
    // The watchdog has looked at the others by the time it reports the second of these.
    program.send('/pay')
    await until(() => reports(program).some(({ request: of }) => of!.url === '/pay'))
    program.send('/look')
    await until(() => reports(program).some(({ request: of }) => of!.url === '/look'))
    clearInterval(timer)
    upload.destroy()
    expect(
      reports(program)
        .map(({ kind, request: of }) => `${kind} ${of!.url}`)
        .sort(),
    ).toEqual(['exception /fail', 'stalled /look', 'stalled /pay'])
    expect(reports(program).find(({ kind }) => kind === 'stalled')!.engine.reason).toContain(
      'THROWPOINT_REQUESTS=1',
    )
  })

  it.skipIf(process.platform === 'win32' || !full)(
    'does not count the time in which the process was stopped',
    async () => {
      const program = await start(stuck, { env: { THROWPOINT_WATCHDOG: '4' } })
      program.send('/pay')
      await program.printed(/charging/, 'out')
      program.child.kill('SIGSTOP')
      await new Promise((resolve) => setTimeout(resolve, 6000))
      program.child.kill('SIGCONT')
      const [report] = await until(() => reports(program).length > 0 && reports(program))
      // It has the whole time: the report came a while after the stop, and not at once.
      expect(Number(/No answer for ([\d.]+) s/.exec(report!.error.message)![1])).toBeGreaterThan(9)
    },
  )

  it('is quiet about requests that ended in time, and about clients that went', async () => {
    const program = await start(stuck, { env: { THROWPOINT_WATCHDOG: '0.3' } })
    program.send('/look')()
    await program.get('/ok')
    program.send('/pay')
    await until(() => reports(program).length > 0)
    expect(reports(program).map(({ request: of }) => of!.url)).toEqual(['/pay'])
  })
})

describe('the list of requests', () => {
  it('keeps nothing of a request that has ended', async () => {
    const program = await start(new URL('ended.cjs', import.meta.url), { options: ['--expose-gc'] })
    for (let round = 0; round < 20; round++) {
      await (await program.get('/ok')).text()
      await (await program.get('/stream')).text()
      await program.get('/missing')
    }
    const leave = program.send('/hang')
    const state = async (): Promise<{ kept: number; listed: number; left: number }> => {
      program.out = program.out.replace(/^state .*$/gm, '')
      program.child.kill('SIGHUP')
      return JSON.parse((await program.printed(/^state (.*)$/m, 'out'))[1]!) as never
    }
    await until(async () => (await state()).kept === 1)
    leave()
    await until(async () => (await state()).kept === 0)
    // Connections that are kept alive hold on to the last request of each, with or without us.
    await until(async () => (await state()).left <= 4)
    expect((await state()).listed).toBe(0)
  })
})
