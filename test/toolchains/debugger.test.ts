import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { generatedPositionFor, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { InspectorClient } from '../break/inspector-client.ts'
import { build, node20, node24, Project, Served, summary } from './project.ts'

const isFull = process.env['THROWPOINT_FULL'] === '1'
const register = ['--import', 'throwpoint/register']
const inspect = '--inspect=127.0.0.1:0'

beforeAll(build, 120_000)

const open: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const chains = [
  { name: 'type stripping, Node 24', node: node24, args: [...register], isFast: true },
  { name: 'tsx, Node 20', node: node20, args: ['--import', 'tsx', ...register], isFast: false },
  { name: 'tsx behind, Node 24', node: node24, args: [...register, '--import', 'tsx'], isFast: false },
] as const

describe('a debugger that is attached', () => {
  test.each(chains.filter(({ isFast }) => isFull || isFast))(
    'stops where the original says, and sees its variables: $name',
    async ({ node, args }) => {
      const project = new Project()
      open.push(() => project.remove())
      const served = await Served.start(project.folder, node, [inspect, ...args, 'src/app.ts'])
      open.push(() => served.stop())
      const [url] = /ws:\/\/\S+/.exec(served.err)!
      const client = await InspectorClient.connect(url)
      open.push(() => client.close())

      const file = path.join(project.folder, 'src/price.ts')
      const [scriptId] = [...client.scripts].find(([, script]) => script.endsWith('/src/price.ts'))!
      const map = mapOf(client.maps.get(scriptId)!)
      expect(map.resolvedSources).toEqual([pathToFileURL(file).href])
      expect(map.sourcesContent?.[0] ?? readFileSync(file, 'utf8')).toBe(readFileSync(file, 'utf8'))

      const source = map.resolvedSources[0]!
      const place = generatedPositionFor(map, { source, line: 14, column: 8 })
      await client.post('Debugger.setBreakpoint', {
        location: { scriptId, lineNumber: place.line! - 1, columnNumber: place.column! },
      })
      const report = served.report()
      const { callFrames } = await client.paused()
      const [frame] = callFrames
      const { lineNumber, columnNumber } = frame!.location
      expect(frame!.functionName).toBe('price')
      expect(originalPositionFor(map, { line: lineNumber + 1, column: columnNumber })).toMatchObject({
        source,
        line: 14,
        column: 14,
      })
      expect(await client.evaluate(frame!, '[name, key, id].join()')).toBe('a,a,7')
      await client.resume()
      expect((await client.paused()).callFrames[0]!.functionName).toBe('price')
      await client.resume()
      expect(summary(await report)[0]).toMatch(
        /^price src\/price\.ts:14:25 -sum -unused entry=undefined id=7/,
      )
    },
    120_000,
  )
})

function mapOf(url: string): TraceMap {
  expect(url).toMatch(/^data:application\/json/)
  return new TraceMap(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64').toString())
}
