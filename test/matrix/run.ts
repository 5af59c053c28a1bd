import { converse, converseHttp2, giveUp, giveUpHttp2, requestText, type Reply } from './client.ts'
import { type Exit, FixtureProcess } from './fixture-process.ts'
import type { Framework } from './frameworks.ts'
import { type Expected, expectedOf, needsOwnProcess, type Row } from './row.ts'
import type { Report } from '@throwpoint/protocol'

/** How long nothing must happen until a client is taken to hang. With the middleware, longer than it ever waits. */
const hangMs = { plain: 700, debug: 3_500 }
/** How long to wait for what is expected to come, beside whatever else the machine does. */
const patienceMs = 30_000
/** How long to listen for reports that should not come, and for deaths. */
const graceMs = 250

export interface Observed {
  readonly replies: readonly Reply[]
  /** The process ended by itself, or did not (`lives`). */
  readonly process: 'lives' | `exit ${number}` | `signal ${string}`
  readonly reports: readonly Report[]
  /** The paths that were requested, in order. */
  readonly paths: readonly string[]
  /** What a process that had only this row wrote. */
  readonly stderr: string | undefined
}

/** A row without the middleware and with it; rejects when its process could not be run. */
export interface Sight {
  readonly plain: Promise<Observed>
  readonly debug: Promise<Observed>
}

export interface RunOptions {
  readonly framework: Framework
  readonly rows: readonly Row[]
  readonly nodeMajor: number
}

/**
 * Begins to run the rows, in their order: those that end their process in one of their own, which under Express 4 is
 * nearly every second row, the others together in one. Each can be judged as soon as it has been run, so that no limit
 * has to hold for all of them.
 */
export function run({ framework, rows, nodeMajor }: RunOptions): Map<Row, Sight> {
  const awaited = new Map(rows.map((row) => [row, { plain: awaitedOne(), debug: awaitedOne() }]))
  const expected = (row: Row): Expected => expectedOf(row, framework.column, nodeMajor)!
  const isAlone = (row: Row): boolean => needsOwnProcess(row, expected(row))
  const together = rows.filter((row) => !isAlone(row))
  // Several rows of one case cannot tell their reports apart.
  const first = together.filter(
    (row, i) => together.findIndex(({ fixture }) => fixture === row.fixture) === i,
  )
  const alone = rows.filter((row) => !first.includes(row))
  const inBoth = async (some: readonly Row[], action: (debug: boolean) => Promise<void>): Promise<void> => {
    for (const debug of [false, true]) {
      try {
        await action(debug)
      } catch (error) {
        for (const row of some) awaited.get(row)![debug ? 'debug' : 'plain'].reject(error)
      }
    }
  }
  const seen = (row: Row, debug: boolean, observed: Observed): void => {
    awaited.get(row)![debug ? 'debug' : 'plain'].resolve(observed)
  }
  void inBoth(first, async (debug) => {
    for (const [row, observed] of await runGroup(framework, first, expected, debug))
      seen(row, debug, observed)
  })
  void inTurn(alone, 2, (row) => {
    return inBoth([row], async (debug) =>
      seen(row, debug, await runOne(framework, row, expected(row), debug)),
    )
  })
  return new Map(
    [...awaited].map(([row, { plain, debug }]) => [row, { plain: plain.promise, debug: debug.promise }]),
  )
}

interface Awaited {
  readonly promise: Promise<Observed>
  readonly resolve: (observed: Observed) => void
  readonly reject: (error: unknown) => void
}

function awaitedOne(): Awaited {
  let resolve!: Awaited['resolve']
  let reject!: Awaited['reject']
  const promise = new Promise<Observed>((...both) => ([resolve, reject] = both))
  // Its test may come much later.
  promise.catch(() => {})
  return { promise, resolve, reject }
}

/** Runs rows together and, when somebody ends the process who should not, finds out by halving who. */
async function runGroup(
  framework: Framework,
  rows: readonly Row[],
  expected: (row: Row) => Expected,
  debug: boolean,
): Promise<Map<Row, Observed>> {
  if (rows.length === 0) return new Map()
  if (rows.length === 1) {
    return new Map([[rows[0]!, await runOne(framework, rows[0]!, expected(rows[0]!), debug)]])
  }
  const results = await runTogether(framework, rows, expected, debug)
  if (typeof results !== 'string') return results
  const middle = rows.length >> 1
  const observed = new Map([
    ...(await runGroup(framework, rows.slice(0, middle), expected, debug)),
    ...(await runGroup(framework, rows.slice(middle), expected, debug)),
  ])
  if (rows.some((row) => observed.get(row)?.process !== 'lives')) return observed
  const end = results.trimEnd().split('\n').slice(-15).join('\n')
  throw new Error(`${framework.name}: ${rows.length} cases end their process together and not alone:\n${end}`)
}

/** @returns what the process wrote to stderr, when it ended before it was to */
async function runTogether(
  { program, alias }: Framework,
  rows: readonly Row[],
  expected: (row: Row) => Expected,
  debug: boolean,
): Promise<Map<Row, Observed> | string> {
  const fixture = await FixtureProcess.start({ program, alias, debug, cases: rows.map((row) => row.fixture) })
  const replies = new Map<Row, Reply[]>()
  await inTurn(rows, 8, async (row) => {
    replies.set(row, await talk(fixture, row, expected(row), debug))
  })
  if (debug) {
    await fixture.until(
      () => rows.every((row) => fixture.reportsOf(row.fixture).length >= expected(row).reports.length),
      patienceMs,
    )
  }
  await fixture.until(() => false, graceMs)
  if (fixture.exit !== undefined) return fixture.stderr
  const exit = await fixture.finish()
  return new Map(
    rows.map((row) => [
      row,
      {
        replies: replies.get(row)!,
        process: exit.code === 0 ? 'lives' : describe(exit),
        reports: fixture.reportsOf(row.fixture),
        paths: pathsOf(row),
        stderr: undefined,
      },
    ]),
  )
}

async function runOne(
  { program, alias }: Framework,
  row: Row,
  expected: Expected,
  debug: boolean,
): Promise<Observed> {
  const fixture = await FixtureProcess.start({ program, alias, debug, cases: [row.fixture] })
  const replies = await talk(fixture, row, expected, debug)
  if (expected.crashes) await fixture.until(() => fixture.exit !== undefined, patienceMs)
  else {
    if (debug) await fixture.until(() => fixture.reports.length >= expected.reports.length, patienceMs)
    await fixture.until(() => fixture.exit !== undefined, graceMs)
  }
  const died = fixture.exit !== undefined
  const exit = died ? fixture.exit! : await fixture.finish()
  return {
    replies,
    process: died ? describe(exit) : 'lives',
    reports: fixture.reportsOf(row.fixture),
    paths: pathsOf(row),
    stderr: fixture.stderr,
  }
}

function describe({ code, signal }: Exit): `exit ${number}` | `signal ${string}` {
  return signal === null ? `exit ${code ?? -1}` : `signal ${signal}`
}

const usual = [[{ path: '/case' }]]

/** Each row has a query of its own: it shows whose request a report is about. */
function requestsOf(
  row: Row,
): { path: string; method?: string; headers?: Record<string, string>; body?: string }[][] {
  const query = `?row=${encodeURIComponent(row.fixture)}`
  return (row.connections ?? usual).map((requests) =>
    requests.map((request) => ({ ...request, path: request.path + query })),
  )
}

function pathsOf(row: Row): string[] {
  return requestsOf(row).flatMap((requests) => requests.map(({ path }) => path))
}

async function talk(fixture: FixtureProcess, row: Row, expected: Expected, debug: boolean): Promise<Reply[]> {
  const port = fixture.portOf(row.fixture)
  const awaited = debug ? expected.debug : expected.plain
  const waitFor = (replies: readonly string[]): number => {
    if (!replies.includes('HANG')) return patienceMs
    return debug ? hangMs.debug : hangMs.plain
  }
  const connections = requestsOf(row)
  const path = connections[0]![0]!.path
  if (row.leaving !== undefined) {
    const { when, reset = false, upload } = row.leaving
    const headers = { 'Content-Type': 'application/json', 'Content-Length': '100' }
    const text =
      upload === undefined
        ? requestText(port, { path })
        : requestText(port, { method: 'POST', path, headers }) + upload
    if (row.http2) await giveUpHttp2(port, path)
    else await giveUp(port, text, when, reset)
    await fixture.until(() => fixture.closedOf(row.fixture) > 0, patienceMs)
    return []
  }
  const tokens = awaited.split(',')
  if (row.http2) return [await converseHttp2(port, { path }, waitFor(tokens))]
  const replies: Reply[] = []
  for (const requests of connections) {
    const waitMs = waitFor(tokens.slice(replies.length, replies.length + requests.length))
    replies.push(...(await converse(port, requests, { waitMs, pipelined: row.pipelined === true })))
  }
  return replies
}

/** Runs a task for each item, so many at a time. */
async function inTurn<T>(
  items: readonly T[],
  atOnce: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items]
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await task(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
