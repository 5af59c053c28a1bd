/**
 * The benchmark: everything as ratios side by side in one run. Servers take turns, burst by burst, so that a machine
 * whose speed drifts moves both sides of a ratio.
 *
 *   npm run bench [-- --quick] [--rounds 21] [--node /path/to/node] [--only cpu,stream,page,session,memory,production]
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import os from 'node:os'
import { parseArgs } from 'node:util'
import { BenchServer } from './bench-server.js'
import { whileHeld, withoutTerminal } from './session.js'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '21' },
    node: { type: 'string', default: process.execPath },
    only: { type: 'string', default: 'cpu,stream,page,session,memory,production' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
if (options.help) {
  console.log(
    'npm run bench -- [--quick] [--rounds N] [--node PATH] [--only cpu,stream,page,session,memory,production]',
  )
  process.exit(0)
}
const wanted = new Set(options.only.split(','))
const rounds = options.quick ? 5 : Number(options.rounds)
const requests = options.quick ? 500 : 2000
const html = { accept: 'text/html' }
const lines = []

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]

function say(text = '') {
  console.log(text)
  lines.push(text)
}

function table(head, rows) {
  say(`| ${head.join(' | ')} |`)
  say(`|${head.map(() => '---').join('|')}|`)
  for (const row of rows) say(`| ${row.join(' | ')} |`)
  say()
}

async function started(framework, variants) {
  const servers = []
  for (const variant of variants) {
    try {
      servers.push(await BenchServer.start(framework, variant, options.node))
    } catch (error) {
      say(`(${framework} ${variant} left out: ${String(error.message).trim().split('\n').at(-1)})\n`)
    }
  }
  return servers
}

/** Medians over the rounds of what `measure` gives for each server, and of its ratio to the first one, round by round. */
async function inTurns(servers, turns, measure) {
  const figures = new Map(servers.map((server) => [server, []]))
  for (const server of servers) await measure(server)
  for (let turn = 0; turn < turns; turn++) {
    // Whoever is first in one round is last in the next.
    const order = turn % 2 === 0 ? servers : servers.toReversed()
    for (const server of order) figures.get(server).push(await measure(server))
  }
  return servers.map((server) => {
    const own = figures.get(server)
    const base = figures.get(servers[0])
    return { name: server.name, median: median(own), ratio: median(own.map((value, i) => value / base[i])) }
  })
}

/** How often the servers of the CPU part are started anew: two processes of one program differ by more than 10 %. */
const generations = options.quick ? 2 : 5

async function cpu() {
  const variants = ['plain', 'als', 'throwpoint', 'throwpoint-production', 'sentry']
  for (const framework of ['express', 'koa']) {
    const rows = []
    for (const path of ['/json', '/awaits']) {
      const found = new Map()
      for (let generation = 0; generation < generations; generation++) {
        const servers = await started(framework, variants)
        const turns = Math.ceil(rounds / generations)
        const results = await inTurns(servers, turns, (server) => server.burst(requests, path))
        const us = new Map(results.map((result) => [result.name, result.median]))
        for (const [name, own] of us) {
          if (!found.has(name)) found.set(name, [])
          found.get(name).push({ us: own, plain: own / us.get('plain'), als: own / us.get('als') })
        }
        await Promise.all(servers.map((server) => server.stop()))
      }
      for (const [name, list] of found) {
        const middle = (key) => median(list.map((one) => one[key]))
        const ratios = list.map((one) => one.als)
        const span = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`
        const figures = [middle('us').toFixed(1), middle('plain').toFixed(3), middle('als').toFixed(3)]
        rows.push([path, name, ...figures, span])
      }
    }
    say(`### CPU per request, ${framework}\n`)
    table(['route', 'variant', 'CPU µs', '÷ plain', '÷ bare AsyncLocalStorage.run', 'from–to'], rows)
  }
}

async function stream() {
  const size = options.quick ? 256 * 2 ** 20 : 2 ** 30
  const rows = []
  for (const framework of ['express', 'koa']) {
    const servers = await started(framework, ['plain', 'als', 'throwpoint'])
    const results = await inTurns(servers, options.quick ? 3 : 7, async (server) => {
      const { bytes, ms } = await server.get(`/stream/${size}`)
      if (bytes !== size) throw new Error(`${bytes} of ${size} bytes came`)
      return size / ms / 1000
    })
    for (const { name, median: rate, ratio } of results)
      rows.push([framework, name, rate.toFixed(0), ratio.toFixed(3)])
    await Promise.all(servers.map((server) => server.stop()))
  }
  say(`### Throughput of a streamed body of ${size / 2 ** 20} MiB\n`)
  table(['framework', 'variant', 'MB/s', '÷ plain'], rows)
}

async function page() {
  const peersOf = { express: ['errorhandler', 'youch', 'my-bad', 'sentry'], koa: ['koa-onerror', 'sentry'] }
  for (const [framework, peers] of Object.entries(peersOf)) {
    const servers = await started(framework, ['plain', 'throwpoint', ...peers])
    const sizes = new Map()
    const results = await inTurns(servers, options.quick ? 20 : 100, async (server) => {
      const { status, bytes, ms } = await server.get('/fail', html)
      if (status !== 500) throw new Error(`${server.name} answered ${status}`)
      sizes.set(server.name, bytes)
      return ms
    })
    say(`### From the exception to the whole page, stack depth 50, ${framework}\n`)
    table(
      ['variant', 'ms (median)', '÷ plain', 'kB'],
      results.map(({ name, median: ms, ratio }) => [
        name,
        ms.toFixed(2),
        ratio.toFixed(1),
        (sizes.get(name) / 1000).toFixed(1),
      ]),
    )
    await Promise.all(servers.map((server) => server.stop()))
  }
}

async function session() {
  const settings = { quick: options.quick, node: options.node }
  const rowsOf = async (measure) => {
    const rows = []
    for (const framework of ['express', 'koa']) rows.push(...(await measure({ ...settings, framework })))
    return rows
  }
  say('### Other requests while a session holds one, against the same session without a hold\n')
  table(
    ['framework', 'route', 'throughput', 'from–to', 'CPU per request', 'from–to'],
    await rowsOf(whileHeld),
  )
  say("### A session without a terminal, and nobody attached, against `terminal: 'report'`\n")
  table(
    ['framework', 'route', 'CPU per request', 'from–to', 'time per request', 'from–to'],
    await rowsOf(withoutTerminal),
  )
}

async function memory() {
  const rows = []
  const half = options.quick ? 2000 : 10_000
  for (const framework of ['express', 'koa']) {
    for (const server of await started(framework, ['plain', 'throwpoint', 'sentry'])) {
      await server.burst(1000, '/json')
      const start = await server.memory()
      await server.burst(half, (number) => `/fail/${number}`, 500)
      const middle = await server.memory()
      await server.burst(half, (number) => `/fail/${half + number}`, 500)
      const end = await server.memory()
      const mb = (a, b) => ((b - a) / 1e6).toFixed(1)
      rows.push([framework, server.name, mb(start, middle), mb(middle, end), mb(start, end)])
      await server.stop()
    }
  }
  say(`### Resident memory, ${half * 2} exceptions that differ\n`)
  table(['framework', 'variant', `first ${half}, MB`, `next ${half}, MB`, 'in all, MB'], rows)
}

/** What a production process loads of ours, and what that costs. */
async function production() {
  const rows = []
  for (const name of ['express', 'koa']) {
    const script = `
      import Module from 'node:module'
      import { debugMiddleware } from '@throwpoint/${name}'
      debugMiddleware()
      const loaded = Object.keys(Module._cache).filter((file) => /throwpoint|packages/.test(file)).length
      console.log(JSON.stringify({ required: loaded }))`
    const output = execFileSync(options.node, ['--input-type=module', '-e', script], {
      env: { ...process.env, NODE_ENV: 'production', NODE_DEBUG: '' },
      encoding: 'utf8',
    })
    rows.push([name, JSON.parse(output).required])
  }
  say('### Production: modules loaded behind the entry\n')
  table(['package', 'modules'], rows)
}

say(`# Benchmark\n`)
const node = execFileSync(options.node, ['--version'], { encoding: 'utf8' }).trim()
say(
  `Node ${node}, ${os.cpus()[0]?.model ?? 'unknown CPU'}, ${os.cpus().length} cores, ${os.type()} ${os.release()},`,
)
say(
  `${new Date().toISOString().slice(0, 10)}. Made by \`npm run bench\`. Only the ratios compare: they are medians of the ratios`,
)
say(
  'of bursts that follow each other. In production the middleware only calls `next()`: how far that row is from 1 is',
)
say(
  'the noise of the run. A variant without a page of its own (plain, sentry) sends the short answer of the framework.\n',
)
for (const [name, part] of Object.entries({ cpu, stream, page, session, memory, production })) {
  if (wanted.has(name)) await part()
}
if (!options.quick && wanted.size === 6)
  writeFileSync(new URL('RESULTS.md', import.meta.url), `${lines.join('\n').trim()}\n`)
