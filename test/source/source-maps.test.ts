import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { FramesOfThrow } from '../../packages/core/src/engine/engine.ts'
import { cart, engine, main, Project, repository, sourceLine, stackAt, thrownAt, tool } from './project.ts'

const project = new Project()
const require = createRequire(import.meta.url)

describe('frames of compiled code', () => {
  it.each([
    ['a map beside it', ['--sourceMap']],
    ['an inline map', ['--inlineSourceMap']],
    ['a map that brings its sources', ['--sourceMap', '--inlineSources']],
  ])('are shown in the original by %s', (_, options) => {
    project.tsc(...options)
    const text = project.stackOf(['dist/main.js'])
    expect(text).toContain('dist/cart.js')
    const found = engine.frames(new RangeError('no rows'), text)
    expect(project.places(found)).toEqual(thrownAt)
    expect(found.frames.map(({ frame }) => frame.kind)).toEqual(['app', 'app'])
    expect(found.frames[0]!.frame.generated).toMatchObject({ file: project.path('dist/cart.js'), line: 4 })
    expect(sourceLine(found)).toBe("  if (first === undefined) throw new RangeError('no rows')")
    expect(found.stack).toBe(
      `RangeError: no rows\n    at total (${project.root}/src/cart.ts:7:34)\n    at load (${project.root}/src/main.ts:6:10)`,
    )
    expect(found.notes).toEqual([])
    expect(found.engine.used).toBe('stack')
    expect(found.engine.reason).toContain('node --import throwpoint/register')
  })

  it.each([
    ['a bundle', ['--sourcemap']],
    ['a minified bundle with an inline map', ['--sourcemap=inline', '--minify', '--keep-names']],
  ])('are shown in the original by %s', (_, options) => {
    project.writeTypeScript()
    project.esbuild('src/main.ts', '--outfile=dist/app.js', ...options)
    const found = engine.frames(new RangeError('no rows'), project.stackOf(['dist/app.js']))
    expect(project.places(found)[0]).toMatch(/^total src\/cart\.ts:7:\d+$/)
    expect(sourceLine(found)).toContain("throw new RangeError('no rows')")
    expect(found.notes).toEqual([])
  })

  it('follows two compilations that were chained to one map', () => {
    project.tsc('--sourceMap')
    rmSync(project.path('src'), { recursive: true })
    project.esbuild('dist/main.js', '--sourcemap', '--outfile=out/app.cjs')
    project.write('src/cart.ts', cart)
    project.write('src/main.ts', main)
    const found = engine.frames(new RangeError('no rows'), project.stackOf(['out/app.cjs']))
    expect(project.places(found)).toEqual(thrownAt)
  })

  it.each([
    ['Node with source maps', (): string => project.stackOf(['--enable-source-maps', 'dist/main.js'])],
    [
      'source-map-support',
      (): string => {
        const hook = pathToFileURL(require.resolve('source-map-support/register.js')).href
        return project.stackOf(['--import', hook, 'dist/main.js'])
      },
    ],
    [
      'tsx',
      (): string =>
        project.stackOf(['--import', pathToFileURL(tool('tsx/dist/loader.mjs')).href, 'src/main.ts']),
    ],
  ])('are not mapped again when %s has', (_, run) => {
    project.tsc('--sourceMap')
    const text = run()
    expect(text).toContain('src/cart.ts:7:34')
    const found = engine.frames(new RangeError('no rows'), text)
    expect(project.places(found)).toEqual(thrownAt)
    expect(found.frames[0]!.frame.generated).toBeUndefined()
    expect(sourceLine(found)).toContain("throw new RangeError('no rows')")
  })

  it('are mapped by the new map after a rebuild', () => {
    project.tsc('--sourceMap')
    const text = project.stackOf(['dist/main.js'])
    expect(project.places(engine.frames(null, text))).toEqual(thrownAt)
    project.write('src/cart.ts', `\n\n${cart}`)
    project.compile('--sourceMap')
    const found = engine.frames(null, text)
    expect(project.places(found)).toEqual(['total src/cart.ts:9:34', 'load src/main.ts:6:10'])
    expect(found.notes).toEqual([
      'dist/cart.js was written after this process started: its source map may not fit what runs',
      'dist/main.js was written after this process started: its source map may not fit what runs',
    ])
  })

  it('show the place without source, and say so, when the source is gone', () => {
    project.tsc('--sourceMap')
    const text = project.stackOf(['dist/main.js'])
    rmSync(project.path('src'), { recursive: true })
    const found = engine.frames(null, text)
    expect(project.places(found)).toEqual(thrownAt)
    expect(found.frames[0]!.frame.source).toBeUndefined()
    expect(found.notes).toEqual([
      'src/cart.ts is not there any more: its source cannot be shown',
      'src/main.ts is not there any more: its source cannot be shown',
    ])
  })

  it('show what the map brings along when the source is gone', () => {
    project.tsc('--sourceMap', '--inlineSources')
    const text = project.stackOf(['dist/main.js'])
    rmSync(project.path('src'), { recursive: true })
    const found = engine.frames(null, text)
    expect(sourceLine(found)).toContain("throw new RangeError('no rows')")
    expect(found.notes).toEqual([])
  })

  it('find the file behind the names of a bundler', () => {
    project.write('src/a.ts', 'one\ntwo\nthree\n')
    const map = (source: string): string =>
      JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AAEA' })
    for (const source of [
      'webpack://shop/./src/a.ts',
      'webpack:///./src/a.ts',
      'turbopack://project/src/a.ts',
    ]) {
      project.write('dist/app.js', `x\n//# sourceMappingURL=app.js.map`)
      project.write('dist/app.js.map', map(source) + ' '.repeat(source.length))
      const found = engine.frames(null, stackAt(project.path('dist/app.js')))
      expect(project.places(found), source).toEqual(['f src/a.ts:3:1'])
      expect(sourceLine(found)).toBe('three')
    }
  })

  it.each(['cjs', 'esm'])(
    'are shown in the original by an engine that is bundled into the application, as %s',
    (format) => {
      const from = (name: string): string => JSON.stringify(`${repository}packages/${name}`)
      project.write(
        'src/main.ts',
        `import { StackEngine } from ${from('core/src/engine/stack-engine.ts')}
import { callSite } from ${from('core/src/source/call-site.ts')}
import { defaultLimits } from ${from('protocol/src/index.ts')}
interface Nothing { readonly nothing: never }
function hook() { return callSite(hook) }
const site = hook()
const error = new Error('bundled')
const { frames } = new StackEngine({ limits: defaultLimits }).frames(error, error.stack!)
const places = [site.resolve(), frames[0]!.frame.location].map((at) => at && \`\${at.file}:\${at.line}\`)
console.log(JSON.stringify(places.join(' ')))
`,
      )
      const condition = '--conditions=@throwpoint/source'
      const outfile = `dist/app.${format === 'cjs' ? 'cjs' : 'mjs'}`
      const banner =
        'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'
      const shim = format === 'esm' ? [`--banner:js=${banner}`] : []
      project.esbuild(
        'src/main.ts',
        condition,
        '--sourcemap',
        `--format=${format}`,
        `--outfile=${outfile}`,
        ...shim,
      )
      const file = project.path('src/main.ts')
      expect(project.stackOf([outfile])).toBe(`${file}:6 ${file}:7`)
    },
  )

  it('leave a position alone that the map leads back to its own file', () => {
    const map = JSON.stringify({ version: 3, sources: ['app.js'], names: [], mappings: 'AAEA' })
    project.write('dist/app.js', `x\n//# sourceMappingURL=app.js.map`)
    project.write('dist/app.js.map', map)
    expect(project.places(engine.frames(null, stackAt(project.path('dist/app.js'))))).toEqual([
      'f dist/app.js:1:1',
    ])
  })
})

describe('a source map that cannot be used', () => {
  const good = { version: 3, sources: ['../src/a.ts'], names: [], mappings: 'AAAA' }

  function show(url: string, files: Record<string, string> = {}): FramesOfThrow {
    project.write('src/a.ts', 'original\n')
    project.write('dist/app.js', `generated\n//# sourceMappingURL=${url}\n`)
    for (const [name, text] of Object.entries(files)) project.write(name, text)
    return engine.frames(null, stackAt(project.path('dist/app.js')))
  }

  it('works in this form when nothing is wrong', () => {
    expect(sourceLine(show('app.js.map', { 'dist/app.js.map': JSON.stringify(good) }))).toBe('original')
  })

  const json = (map: unknown): string => JSON.stringify(map)
  const data = (text: string): string =>
    `data:application/json;base64,${Buffer.from(text).toString('base64')}`
  it.each<[string, string, Record<string, string>, string | RegExp]>([
    ['is missing', 'app.js.map', {}, 'dist/app.js.map does not exist'],
    ['is no JSON', 'app.js.map', { 'dist/app.js.map': '{"version":3,' }, /JSON/],
    ['is empty', 'app.js.map', { 'dist/app.js.map': '' }, /JSON/],
    ['is no map', 'app.js.map', { 'dist/app.js.map': '[1]' }, 'it is no source map'],
    ['is null', 'app.js.map', { 'dist/app.js.map': 'null' }, 'it is no source map'],
    [
      'has no mappings',
      'app.js.map',
      { 'dist/app.js.map': json({ ...good, mappings: 7 }) },
      'it is no source map',
    ],
    [
      'has broken mappings',
      'app.js.map',
      { 'dist/app.js.map': json({ ...good, mappings: 'A!?' }) },
      /base64|VLQ/i,
    ],
    [
      'has mappings without end',
      'app.js.map',
      { 'dist/app.js.map': json({ ...good, mappings: ';'.repeat(8 * 2 ** 20 + 1) }) },
      /--enable-source-maps/,
    ],
    ['has another version', 'app.js.map', { 'dist/app.js.map': json({ ...good, version: 9 }) }, /version/i],
    [
      'has odd sections',
      'app.js.map',
      { 'dist/app.js.map': json({ version: 3, sections: [null] }) },
      'it is no source map',
    ],
    ['is broken inline', data('nothing'), {}, /JSON/],
    ['is inline but not in base64', 'data:application/json,%7B%7D', {}, 'its data: URL is not base64'],
    ['is a folder', 'app.js.map', { 'dist/app.js.map/x': '' }, 'dist/app.js.map cannot be read'],
    ['is elsewhere', '../../other/app.js.map', {}, /outside the project/],
    ['is a file URL', 'file:///etc/passwd', {}, 'it is at a URL, and nothing is fetched'],
    ['is on another machine', '//evil/app.js.map', {}, 'it is at a URL, and nothing is fetched'],
    ['is no map by its name', '../.env', {}, /outside the project or is no map/],
  ])('that %s is named in one note, and the generated code is shown', (_, url, files, reason) => {
    const found = show(url, files)
    expect(project.places(found)).toEqual(['f dist/app.js:1:1'])
    expect(sourceLine(found)).toBe('generated')
    expect(found.notes).toHaveLength(1)
    const prefix = 'The source map of dist/app.js could not be read: '
    expect(found.notes[0]!.slice(0, prefix.length)).toBe(prefix)
    expect(found.notes[0]!.slice(prefix.length)).toMatch(reason)
    // The second look says the same.
    expect(engine.frames(null, stackAt(project.path('dist/app.js'))).notes).toEqual(found.notes)
  })

  it('is seen when it appears later', () => {
    expect(sourceLine(show('app.js.map'))).toBe('generated')
    project.write('dist/app.js.map', JSON.stringify(good))
    expect(sourceLine(engine.frames(null, stackAt(project.path('dist/app.js'))))).toBe('original')
  })

  it('makes no request when it is at a URL', async () => {
    let requests = 0
    const server = createServer((_, res) => {
      requests += 1
      res.end(JSON.stringify(good))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as { port: number }
      const found = show(`http://127.0.0.1:${port}/app.js.map`)
      const inside = { ...good, sources: [`http://127.0.0.1:${port}/a.ts`] }
      project.write('dist/b.js', `generated\n//# sourceMappingURL=${data(JSON.stringify(inside))}`)
      const other = engine.frames(null, stackAt(project.path('dist/b.js')))
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect(requests).toBe(0)
      expect(sourceLine(found)).toBe('generated')
      expect(sourceLine(other)).toBe('generated')
    } finally {
      server.close()
    }
  })
})
