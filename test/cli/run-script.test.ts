import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { bin, type Ended, isFull, nodes, program, Running, throwpoint } from './command.ts'

const folder = program({
  'facts.cjs': `
    const { argv, argv0, execArgv, stdin, stdout } = process
    let input = ''
    stdin.on('data', (chunk) => (input += chunk)).on('end', () => {
      const variables = Object.keys(process.env).filter((name) => /^(?:THROWPOINT_LAUNCHER|NODE_CHANNEL)/.test(name))
      console.log(JSON.stringify({ argv, argv0, main: require.main === module, send: typeof process.send,
        tty: [stdin.isTTY, stdout.isTTY], input, variables, parent: require.cache[__filename].parent?.id,
        own: execArgv.filter((one) => !/register\\.js$|^--require$/.test(one)), title: process.title }))
      process.exitCode = 7
    })`,
  'main.mjs': `console.log(import.meta.main, import.meta.url, process.argv[1])`,
  'never.mjs': `console.log('waits'); await new Promise(() => {})`,
  'throws.mjs': `function inner() { throw new TypeError('sync') }\ninner()`,
  'throws.cjs': `function inner() { throw new TypeError('sync') }\nsetTimeout(inner)`,
  'rejects.cjs': `async function inner() { await 1; throw new RangeError('later') }\ninner()`,
  'syntax.cjs': `let a = 1\nlet a = 2`,
  'abort.cjs': `process.on('exit', (code) => console.log('exit', code)); process.kill(process.pid, 'SIGUSR2'); setInterval(() => {}, 1000)`,
  'exit.cjs': `process.on('exit', (code) => { console.log('exit', code); process.exitCode = 9 })`,
  'forks.cjs': `
    const { fork } = require('child_process')
    if (process.argv[2]) { process.send({ has: Symbol.for('throwpoint.instrument.1') in globalThis, argv: process.argv.slice(2) }); process.disconnect() }
    else fork(__filename, ['child']).on('message', (message) => console.log(JSON.stringify(message)))`,
  'worker.cjs': `
    const { Worker, isMainThread, parentPort } = require('worker_threads')
    if (isMainThread) new Worker(__filename).on('message', (message) => console.log(message))
    else parentPort.postMessage(Symbol.for('throwpoint.instrument.1') in globalThis)`,
  'echo.cjs': `
    process.on('message', (message) => { process.send({ got: message }); process.disconnect() })
    process.on('disconnect', () => console.log('disconnected', process.connected))`,
  'traps.cjs': `
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'])
      process.on(signal, (...args) => { console.log('got', ...args); if (signal === 'SIGUSR2') process.exit(4) })
    setInterval(() => {}, 1000); console.log('ready')`,
  '-dash.cjs': `console.log('dash', process.argv[2])`,
  serve: `console.log('a script called serve')`,
  'env.cjs': `console.log(process.env.NODE_ENV, process.env.FROM_FILE)`,
  'dev.env': `FROM_FILE=yes`,
  'prod.env': `NODE_ENV=production`,
})

/** What Node says, but for pids and for the excerpt above a synchronous throw: that is the rewritten line. */
function comparable(err: string): string {
  return (
    err
      .replaceAll(/\(node:\d+\)/g, '(node)')
      // Columns are those of the rewritten line, unless source maps are enabled
      .replaceAll(/(throws\.[cm]js|rejects\.cjs):(\d+):\d+/g, '$1:$2')
      .split('\n')
      .filter((line) => !/^\s*\^+$|\$tp|^(?:async )?function inner|^let a|^console\.log|^$/.test(line))
      // A turn of the loop more or less, and the hooks where CommonJS is loaded and compiled
      .filter((line) => !/processTicksAndRejections|instrument[\\/]dist[\\/]hooks[\\/]/.test(line))
      .map((line) => line.replace(/ at \S.* \((node:internal[^)]*)\)/, ' at $1'))
      .join('\n')
      .trim()
  )
}

const rows: ReadonlyArray<readonly [name: string, args: readonly string[], input: string]> = [
  ['argv, stdio, main module, exit code', ['facts.cjs', '--session', '-x', 'a b', ''], 'lines\nof input'],
  ['a module that is main', ['./main.mjs', 'x'], ''],
  ['top-level await that never settles', ['never.mjs'], ''],
  ['a throw in a module', ['throws.mjs'], ''],
  ['a throw in a callback', ['throws.cjs'], ''],
  ['a rejection', ['rejects.cjs'], ''],
  ['a syntax error', ['syntax.cjs'], ''],
  ['death by a signal', ['abort.cjs'], ''],
  ['listeners of exit', ['exit.cjs'], ''],
  ['a script that is not there', ['nowhere/at-all.js'], ''],
  ['a script on stdin', ['-', 'x'], 'console.log(process.argv.slice(1), __filename)'],
  ['options of Node', ['--stack-trace-limit=3', '--require', './exit.cjs', 'main.mjs'], ''],
  ['an env file', ['--env-file', 'dev.env', 'facts.cjs'], ''],
  ['a script that looks like an option', ['--', '-dash.cjs', '--help'], ''],
]

/** Node 20 has the command beside the program; on later versions the command becomes the program. */
const fast: Readonly<Record<string, RegExp>> = {
  '20': /argv|never|throw in a module|not there/,
  '24': /argv/,
}

describe.each(nodes)('throwpoint script, Node %s', (version, node) => {
  const tried = isFull ? rows : rows.filter(([name]) => fast[version]!.test(name))
  it.concurrent.each(tried)('%s: as node does it', async (_name, args, input) => {
    const plain = new Running(node, args, { cwd: folder, env: { NODE_ENV: 'development' } })
    plain.child.stdin!.end(input)
    const [expected, actual] = await Promise.all([
      plain.ended(),
      throwpoint(args, { node, input, cwd: folder, env: { NODE_ENV: 'development' } }),
    ])
    expect({ ...actual, err: '' }).toEqual({ ...expected, err: '' })
    // A report may come before what Node says
    expect(comparable(actual.err).endsWith(comparable(expected.err)), actual.err).toBe(true)
    expect(actual.err).not.toMatch(/packages[\\/]cli/)
  })

  it.skipIf(!isFull && version === '24').concurrent(
    'forked processes and threads are instrumented too',
    async () => {
      const [forks, worker] = await Promise.all([
        throwpoint(['forks.cjs'], { node, cwd: folder }),
        throwpoint(['worker.cjs'], { node, cwd: folder }),
      ])
      expect(JSON.parse(forks.out)).toEqual({ has: true, argv: ['child'] })
      expect(worker.out).toBe('true\n')
    },
  )

  const kinds = (['json', 'advanced'] as const).slice(isFull || version === '20' ? 0 : 2)
  it.concurrent.each(kinds)('a program that was forked speaks with its parent, %s', async (serialization) => {
    const forked = new Running(node, [bin, 'echo.cjs'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      serialization,
    })
    const answer = new Promise((resolve) => forked.child.once('message', resolve))
    // Sent before anybody reads
    forked.child.send({ list: [1, 'two'] })
    expect(await answer).toEqual({ got: { list: [1, 'two'] } })
    expect((await forked.ended()).out).toBe('disconnected false\n')
  })

  it.skipIf(!isFull && version === '24').concurrent(
    'a signal that is sent to the command reaches the program once',
    async () => {
      const running = new Running(node, [bin, 'traps.cjs'], { cwd: folder, detached: true })
      await running.said(/ready/)
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        running.child.kill(signal)
        await running.said(new RegExp(`got ${signal}`))
      }
      running.child.kill('SIGUSR2')
      const { code, out } = await running.ended()
      expect(code).toBe(4)
      expect(out).toBe('ready\ngot SIGINT 2\ngot SIGTERM 15\ngot SIGHUP 1\ngot SIGUSR2 12\n')
    },
  )

  it.skipIf(!isFull && version === '24').concurrent('a signal that nobody handles kills both', async () => {
    const running = new Running(node, [bin, '-'], { cwd: folder })
    running.child.stdin!.end('console.log(process.pid); setInterval(() => {}, 1000)')
    const pid = Number((await running.said(/\d+/))[0])
    running.child.kill('SIGTERM')
    expect(await running.ended()).toMatchObject({ code: null, signal: 'SIGTERM' })
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  it.skipIf(!isFull && version === '24').concurrent(
    'the program ends when the command is killed',
    async () => {
      const running = new Running(node, [bin, '-'], { cwd: folder })
      running.child.stdin!.end('console.log(process.pid); setInterval(() => {}, 1000)')
      const pid = Number((await running.said(/\d+/))[0])
      running.child.kill('SIGKILL')
      await running.ended()
      const deadline = Date.now() + 100_000
      while (isAlive(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50))
      expect(isAlive(pid)).toBe(false)
    },
  )
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('what is run, and how', () => {
  it.concurrent('a command wins over a script of its name, and ./ names the script', async () => {
    expect((await throwpoint(['./serve'], { cwd: folder })).out).toBe('a script called serve\n')
    expect((await throwpoint(['serve'], { cwd: folder })).err).toContain('There is no module to serve')
  })

  it.concurrent('NODE_ENV is development where nobody says else', async () => {
    const env = (...args: string[]): Promise<Ended> => throwpoint([...args, 'env.cjs'], { cwd: folder })
    expect(await env()).toMatchObject({ out: 'development undefined\n', err: '' })
    expect(await env('--env-file=dev.env')).toMatchObject({ out: 'development yes\n', err: '' })
    const kept = await throwpoint(['env.cjs'], { cwd: folder, env: { NODE_ENV: 'test' } })
    expect(kept).toMatchObject({ out: 'test undefined\n' })
  })

  it.concurrent('production runs plainly, and says so', async () => {
    const plainly = /^throwpoint [\d.]+: NODE_ENV is production, so the program runs as it is\n$/
    const given = await throwpoint(['env.cjs'], { cwd: folder, env: { NODE_ENV: 'production' } })
    expect(given.out).toBe('production undefined\n')
    expect(given.err).toMatch(plainly)
    const file = await throwpoint(['--env-file=prod.env', 'env.cjs'], { cwd: folder })
    expect(file.out).toBe('production undefined\n')
    expect(file.err).toMatch(plainly)
  })

  it.concurrent('options become variables of the program', async () => {
    const script = `const names = Object.keys(process.env).filter((one) => one.startsWith('THROWPOINT') && !/CACHE|LIMITS|RUN_DIR/.test(one)).sort()
      console.log(names.map((one) => one + '=' + process.env[one]).join('\\n'), Symbol.for('throwpoint.instrument.1') in globalThis)`
    const { out, err } = await throwpoint(
      `--session --break-on-start --single-process --dump=d --record r --engine stack --include a/** --include b --exclude=c --no-instrument -`.split(
        ' ',
      ),
      { cwd: folder, input: script },
    )
    expect(out.trim().split('\n')).toEqual([
      'THROWPOINT_BREAK_ON_START=1',
      'THROWPOINT_DUMP=d',
      'THROWPOINT_ENGINE=stack',
      'THROWPOINT_EXCLUDE=c',
      'THROWPOINT_INCLUDE=a/**,b',
      'THROWPOINT_RECORD=r',
      'THROWPOINT_SINGLE_PROCESS=1',
      'THROWPOINT_TERMINAL=session false',
    ])
    expect(err.replace(/throwpoint [\d.]+/, 'throwpoint N').replaceAll(folder + path.sep, './')).toBe(
      [
        'throwpoint N: not instrumented, reports have no variables, engine stack',
        '  session: an exception holds its request and opens a prompt here; elsewhere: throwpoint attach',
        '  a prompt opens before the first request',
        '  single process: node:cluster forks nothing, its worker code runs here; there is no primary',
        '  reports are written to ./d',
        '  requests are recorded in ./r',
        '',
      ].join('\n'),
    )
  })
})
