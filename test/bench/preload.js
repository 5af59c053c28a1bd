/**
 * What the preload costs: plain and instrumented side by side in one run, in turns. Prints Markdown.
 *
 *   node test/bench/preload.js [--quick] [--rounds 15] [--node /path/to/node] [--only server,code,libraries,memory,start]
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { median, printed, Program, takeTurns } from './preload/burst.js'
import { writeProject } from './preload/project.js'

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '15' },
    node: { type: 'string', default: process.execPath },
    only: { type: 'string', default: 'server,code,libraries,memory,start' },
    modules: { type: 'string', default: '500' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
if (options.help) {
  console.log(
    'node test/bench/preload.js [--quick] [--rounds N] [--node PATH] [--modules N] [--only server,code,libraries,memory,start]',
  )
  process.exit(0)
}
const wanted = new Set(options.only.split(','))
const rounds = options.quick ? 3 : Number(options.rounds)
const node = path.resolve(options.node)
const here = (name) => fileURLToPath(new URL(`preload/${name}`, import.meta.url))
const preload = ['--import', new URL('../../packages/instrument/dist/register.js', import.meta.url).href]
const folder = mkdtempSync(path.join(tmpdir(), 'throwpoint-bench-'))
const noCache = { THROWPOINT_CACHE: '0' }

function table(head, rows) {
  console.log(`\n| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`)
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
}

const ratio = (number) => number.toFixed(2)

/** Programs that live while variants take turns. */
async function withPrograms(starts, job) {
  const programs = {}
  try {
    for (const [name, start] of Object.entries(starts)) programs[name] = await start()
    return await job(programs)
  } finally {
    for (const program of Object.values(programs)) program.stop()
  }
}

async function servers() {
  const rows = []
  for (const framework of ['express', 'koa']) {
    const start = (args, middleware, environment) => () =>
      Program.start(node, args, here('server.js'), [framework, middleware], { ...noCache, ...environment })
    const starts = {
      plain: start([], '0'),
      'preload alone': start(preload, '0'),
      'middleware alone': start([], '1'),
      'preload and middleware': start(preload, '1'),
      'the same, requests listed': start(preload, '1', { THROWPOINT_REQUESTS: '1' }),
    }
    const count = options.quick ? 300 : 1500
    const result = await withPrograms(starts, (programs) =>
      takeTurns(
        Object.fromEntries(
          Object.entries(programs).map(([name, program]) => [name, () => program.requests(count, '/awaits')]),
        ),
        rounds,
      ),
    )
    for (const [name, measured] of Object.entries(result)) {
      rows.push([framework, name, measured.value.toFixed(1), ratio(measured.ratio)])
    }
  }
  console.log('\n### CPU per request, a handler with 20 awaits of a user function')
  table(['framework', 'variant', 'CPU µs', '÷ plain'], rows)
}

async function code() {
  const labels = {
    fib: ['fib(25)', 1, 'ms'],
    loop: ['tight loop with block variables, 2,000,000 turns', 1, 'ms'],
    bare: ['100,000 bare awaits', 1, 'ms'],
    caught: ['a caught throw through three functions', 5_000 / 1_000, 'µs'],
    capture: ['the same, its frames taken', 5_000 / 1_000, 'µs'],
  }
  const starts = {
    plain: () => Program.start(node, [], here('tasks.cjs'), [], noCache),
    preload: () => Program.start(node, preload, here('tasks.cjs'), [], noCache),
    listed: () =>
      Program.start(node, preload, here('tasks.cjs'), [], { ...noCache, THROWPOINT_REQUESTS: '1' }),
  }
  const rows = []
  await withPrograms(starts, async (programs) => {
    for (const [task, [label, divisor, unit]] of Object.entries(labels)) {
      const result = await takeTurns(
        Object.fromEntries(
          Object.entries(programs).map(([name, program]) => [name, () => program.ask(task)]),
        ),
        rounds * 2,
        4,
      )
      const shown = (name) => `${(result[name].value / 1_000 / divisor).toFixed(2)} ${unit}`
      rows.push([
        label,
        shown('plain'),
        shown('preload'),
        ratio(result.preload.ratio),
        ratio(result.listed.ratio),
      ])
    }
  })
  console.log('\n### CPU of code')
  table(['', 'plain', 'preload', '÷ plain', 'requests listed, ÷ plain'], rows)
}

async function libraries() {
  const rows = []
  const include = { ...noCache, THROWPOINT_INCLUDE: 'node_modules/**' }
  const cache = { ...include, THROWPOINT_CACHE: path.join(folder, 'libraries') }
  for (const [task, label] of [
    ['parser', 'acorn parses itself, 20 times'],
    ['minifier', 'terser minifies acorn'],
  ]) {
    const run = (args, environment) =>
      printed(node, [...args, here('libraries.cjs'), task], { ...include, ...environment })
    const sizes = { plain: [], preload: [], cached: [] }
    const one = (name, args, environment) => async () => {
      const { ms, rss } = await run(args, environment)
      sizes[name].push(rss)
      return ms
    }
    await run(preload, cache)
    const result = await takeTurns(
      {
        plain: one('plain', []),
        preload: one('preload', preload),
        cached: one('cached', preload, cache),
      },
      Math.min(rounds, 7),
      0,
    )
    const rss = (name) => sizes[name].toSorted((a, b) => a - b)[Math.floor(sizes[name].length / 2)]
    for (const [name, variant] of [
      ['preload', 'first run: everything is rewritten'],
      ['cached', 'from the cache'],
    ]) {
      rows.push([
        label,
        variant,
        `${result.plain.value.toFixed(0)} ms`,
        `${result[name].value.toFixed(0)} ms`,
        ratio(result[name].ratio),
        `${(rss('plain') / 1e6).toFixed(0)} MB`,
        `${(rss(name) / 1e6).toFixed(0)} MB`,
        ratio(rss(name) / rss('plain')),
      ])
    }
  }
  console.log('\n### Compute-heavy libraries as user code')
  table(['', '', 'CPU plain', 'CPU preload', '÷', 'peak RSS plain', 'peak RSS preload', '÷'], rows)
}

async function memory() {
  const megabytes = async (args) =>
    ((await printed(node, ['--expose-gc', ...args, here('listeners.cjs')], noCache)).bytes / 1e6).toFixed(0)
  console.log('\n### Memory that stays: 200 listeners in scopes of 1 MB')
  table(['plain', 'preload'], [[`${await megabytes([])} MB`, `${await megabytes(preload)} MB`]])
}

const applications = {
  usual: 'modules of some 80 lines, Express, six more dependencies',
  long: 'modules of some 240 lines, no dependency',
}

async function start() {
  const rows = []
  for (const [size, format] of Object.keys(applications).flatMap((name) => [
    [name, 'cjs'],
    [name, 'esm'],
  ])) {
    const project = path.join(folder, size, format)
    const entry = writeProject(project, format, Number(options.modules), size)
    const cache = path.join(folder, `${size}-${format}-cache`)
    const cold = path.join(folder, 'cold')
    const sizes = {}
    const times = {}
    const variant =
      (name, args, environment, before = () => {}) =>
      async () => {
        before()
        const { ms, cpu, rss } = await printed(node, [...args, entry], environment)
        ;(sizes[name] ??= []).push(rss)
        ;(times[name] ??= []).push(ms)
        return cpu
      }
    await printed(node, [...preload, entry], { THROWPOINT_CACHE: cache })
    const result = await takeTurns(
      {
        plain: variant('plain', [], noCache),
        cached: variant('cached', preload, { THROWPOINT_CACHE: cache }),
        cold: variant('cold', preload, { THROWPOINT_CACHE: cold }, () =>
          rmSync(cold, { recursive: true, force: true }),
        ),
      },
      Math.min(rounds, 7),
      0,
    )
    for (const [name, measured] of Object.entries(result)) {
      const elapsed = median(times[name])
      rows.push([
        applications[size],
        format,
        name,
        `${elapsed.toFixed(0)} ms`,
        ratio(elapsed / median(times.plain)),
        `${measured.value.toFixed(0)} ms`,
        ratio(measured.ratio),
        `${(median(sizes[name]) / 1e6).toFixed(0)} MB`,
      ])
    }
  }
  console.log(`\n### Start of an application with ${options.modules} user modules`)
  table(['application', 'modules', 'variant', 'time', '÷ plain', 'CPU', '÷ plain', 'RSS'], rows)
}

try {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  console.log(
    `## Cost of the preload\n\nNode ${version}; medians of ${rounds} rounds in which the variants take turns.`,
  )
  const parts = { server: servers, code, libraries, memory, start }
  for (const [name, part] of Object.entries(parts)) if (wanted.has(name)) await part()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
