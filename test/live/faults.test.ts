import { afterEach, describe, expect, it } from 'vitest'
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

describe.each(nodes.filter(([version]) => isFull || version === '24'))('Node %s', (_, node) => {
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
    await start(node, preload)
    const report = await server!.report('/null')
    expect(report.error.message).toContain('null')
    expect(summary(report)).toEqual(['throwNull ~65:1 wanted="row"', 'throwsNull ~29:20 wanted="row"'])
    expect(await server!.get('/null-caught', 'text/html')).toContain('Cannot GET /null-caught')
    expect(await server!.get('/null-behind', 'text/html')).toBe('nothing here')
    await server!.said(/told \/null-behind \S* throwNull,throwsNull/)
    expect(await server!.get('/nothing', 'text/html')).toContain('Cannot GET /nothing')
  })

  it('tells requests apart when the preload comes behind the middleware', async () => {
    await start(node, [], [], { LATE: '1' })
    const ids = Array.from({ length: 30 }, (_each, index) => `p${index}`)
    const reports = await Promise.all(ids.map((id) => server!.report(`/primitive/${id}`)))
    expect(reports.map((report) => summary(report).map((line) => line.replace(/~\S+ /, '')))).toEqual(
      ids.map((id) => [`throwBusy own="${id}"`, `primitive turn=5 id="${id}"`]),
    )
  })
})
