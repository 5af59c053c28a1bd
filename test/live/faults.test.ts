import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { LiveServer, nodes, preload, summary } from './server.ts'

const isFull = process.env['THROWPOINT_FULL'] === '1'

let server: LiveServer | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
})

async function start(
  node: string,
  args: readonly string[],
  steps: readonly unknown[] = [],
  env: Record<string, string> = {},
): Promise<LiveServer> {
  const env_ = { EVALUATE: JSON.stringify(steps), ...env }
  return (server = await LiveServer.start(node, args, 'faults-app.mjs', env_))
}

async function evaluated(of: LiveServer): Promise<unknown[]> {
  return JSON.parse(await of.said(/evaluated (.*)\n/)) as unknown[]
}

function withoutPlace(line: string): string {
  return line.replace(/ ~?\d+:\d+/, '')
}

const ids = Array.from({ length: isFull ? 100 : 25 }, (_each, index) => `p${index}`)

describe.each(nodes.filter(([version]) => isFull || version === '24'))('Node %s', (_, node) => {
  let shared: LiveServer
  beforeAll(async () => {
    shared = await LiveServer.start(node, preload, 'faults-app.mjs')
  }, 60_000)
  afterAll(() => shared.stop())

  it('evaluates with what the program keeps in its AsyncLocalStorage, each frame with its own', async () => {
    const steps = [
      [0, 'storage.getStore().user'],
      [2, 'storage.getStore().user'],
      [3, 'storage.getStore().user'],
      [0, 'await new Promise((done) => setTimeout(done, 1)); storage.getStore().user'],
    ]
    const { frames } = await (await start(node, preload, steps)).report('/store')
    expect(frames.filter(({ kind }) => kind === 'app').map((frame) => frame.functionName)).toEqual([
      'inside',
      '',
      'store',
    ])
    expect(await evaluated(server!)).toEqual(['inner', 'inner', 'user of /store', 'inner'])
  })

  it('does not assign to constants', async () => {
    const steps = [
      [1, 'fixed = 2'],
      [1, 'item = 2'],
      [1, 'fixed.id = 5'],
      [1, '[fixed.id, item, fixed].length'],
      [1, 'fixed.id'],
      [1, 'try { list = 1 } catch (error) { `${error.name}: ${error.message}` }'],
    ]
    await (await start(node, preload, steps)).report('/constant')
    expect(await evaluated(server!)).toEqual([
      'TypeError',
      'TypeError',
      5,
      3,
      5,
      'TypeError: Assignment to constant variable.',
    ])
  })

  it('reports what is falsy and thrown, which Express takes for next()', async () => {
    const report = await shared.report('/null')
    expect(report.error.message).toContain('null')
    expect(summary(report).map(withoutPlace)).toEqual(['throwNull wanted="row"', 'throwsNull wanted="row"'])
    expect(await shared.get('/null-caught', 'text/html')).toContain('Cannot GET /null-caught')
    expect(await shared.get('/null-behind', 'text/html')).toBe('nothing here')
    await shared.said(/told \/null-behind \S* throwNull,throwsNull/)
    expect(await shared.get('/nothing', 'text/html')).toContain('Cannot GET /nothing')
  })

  it('reports what is falsy and rejected with, of which Express makes an error of its own', async () => {
    const report = await shared.report('/null-later')
    expect(report.error.message).toContain('null')
    expect(summary(report).map(withoutPlace)).toEqual([
      'throwNull wanted="/null-later"',
      'rejects url="/null-later"',
    ])
    expect(report.response!.fix).toContain('Rejected promise')
    const unknown = await shared.report('/null-rejected')
    expect(unknown.error.message).toBe('Rejected promise')
    expect(unknown.response!.fix).toContain('Rejected promise')
  })

  it('tells requests apart when the preload comes behind the middleware', async () => {
    await start(node, [], [], { LATE: '1' })
    const reports = await Promise.all(ids.map((id) => server!.report(`/primitive/${id}`)))
    expect(reports.map((report) => summary(report).map(withoutPlace))).toEqual(
      ids.map((id) => [`throwBusy own="${id}"`, `primitive turn=5 id="${id}"`]),
    )
  })

  it('shows the variables of causes, in the report of every error they are the cause of', async () => {
    const reports = await Promise.all(ids.map((id) => shared.report(`/cause/${id}`)))
    for (const [index, report] of reports.entries()) {
      const id = ids[index]!
      expect(summary(report)[0]).toMatch(new RegExp(`^cause \\S+ doing="order ${id}" error=.* id="${id}"$`))
      const [cause] = report.causes
      const inside = summary({ ...report, frames: cause!.frames }).map(withoutPlace)
      expect(inside[0]).toBe(`readRow id="${id}" table={ ${id}: null }`)
      expect(cause!.frames[0]!.live).toBe(true)
    }
  })

  it('does not mix what one error object has passed in many requests', async () => {
    const answers = await Promise.all(ids.map((id) => shared.report(`/cached/${id.slice(1)}`)))
    // Without a name: the modules, where the error was made
    const own = answers.map((report) => summary(report).filter((line) => !/^[- ]/.test(line)))
    expect(own.map((lines) => lines.map(withoutPlace))).toEqual(
      ids.map((id) => [`cached turn=0 id="${id.slice(1)}"`]),
    )
  })

  it('shows who made an error that a promise gives to many requests', async () => {
    const reports = await Promise.all(ids.map((id) => shared.report(`/connection/${id}`)))
    expect(reports.map((report) => summary(report).map(withoutPlace))).toEqual(
      ids.map((id) => ['connect host="db"', `connection id="${id}"`]),
    )
  })

  it('counts merged frames against limits.frames', async () => {
    await start(node, preload, [], { THROWPOINT_LIMITS: 'budgetMs=5000,frames=6' })
    for (const depth of [3, 50]) {
      const report = await server!.report(`/recursion/${depth}`)
      expect(report.frames).toHaveLength(6)
      expect(summary(report)[0]).toMatch(/^descend \S+ level=0 own=0$/)
      expect(report.notes.join()).toContain('Only the first 6 frames are shown (limits.frames).')
    }
  })

  it('shows a stack overflow, and where it began', async () => {
    const steps = [[0, 'level > 100']]
    const report = await (await start(node, preload, steps)).report('/overflow')
    expect(report.error.name).toBe('RangeError')
    expect(report.frames[0]!.functionName).toBe('descend')
    expect(report.notes.join()).toMatch(/\d+ frames of a deep recursion were not kept/)
    expect(await evaluated(server!)).toEqual([true])
  })

  it('shows who handed an error of Node on, in each of many requests', async () => {
    const reports = await Promise.all(ids.map((id) => shared.report(`/handed/${id}`)))
    for (const [index, report] of reports.entries()) {
      const [frame] = report.frames
      expect(report.error.message).toContain(`/no/such/file/${ids[index]}`)
      expect(frame!.birth).toBe(true)
      expect(frame!.scopes[0]!.variables.map(({ name }) => name)).toEqual(['err', 'text'])
    }
  })
})
