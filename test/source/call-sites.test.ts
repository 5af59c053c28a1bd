import { execFileSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Project, repository, tool } from './project.ts'

const project = new Project()
const core = pathToFileURL(`${repository}packages/core/dist/source/call-site.js`).href

/** Prints the places at which a stream was piped, and how often a hook of the application was called. */
const program = `import { Readable, PassThrough, pipeline } from 'node:stream'
import { callSite } from '${core}'
interface Nothing {
  readonly nothing: never
}
type Place = { file: string, line: number, column: number }
let calls = 0
const before = Error.stackTraceLimit
if (process.env['HOOK']) Error.prepareStackTrace = () => { calls += 1; return 'mine' }
if (process.env['LIMIT']) Error.stackTraceLimit = 0
const sites: Array<{ resolve(): Place | undefined }> = []
function target(): PassThrough {
  const target = new PassThrough()
  target.emit = function emit(event: string, ...rest: unknown[]) {
    if (event === 'pipe') sites.push(callSite(emit))
    return PassThrough.prototype.emit.call(this, event, ...rest)
  } as never
  return target
}
async function* lines(): AsyncGenerator<string> { yield 'x' }
function handler() {
  Readable.from(lines()).pipe(target())
}
handler()
await null
async function later(): Promise<void> {
  await null
  Readable.from(lines()).pipe(target())
}
await later()
const src = Readable.from(lines())
const run123 = () => src.pipe(target())
run123()
const places = sites.map((site) => site.resolve())
console.log(JSON.stringify({ places, calls, limit: Error.stackTraceLimit, before }))
`

interface Output {
  readonly places: ReadonlyArray<{ readonly file: string; readonly line: number; readonly column: number }>
  readonly calls: number
  readonly limit: number
}

function run(args: readonly string[], env: Record<string, string> = {}): Output {
  const all = { ...process.env, NODE_OPTIONS: '', ...env }
  const text = execFileSync(process.execPath, args, {
    cwd: project.root,
    env: all,
    encoding: 'utf8',
    timeout: 100_000,
  })
  return JSON.parse(text) as Output
}

/** Where the program says `.pipe(`. */
const lines = program.split('\n').flatMap((text, index) => (text.includes('.pipe(') ? [index + 1] : []))

function inOriginal(): unknown {
  return lines.map((line) => ({ file: project.path('src/main.ts'), line, column: 26 }))
}

function compile(...options: string[]): void {
  project.write('package.json', '{"name":"project","type":"module"}')
  project.write('src/main.ts', program)
  project.compile(...options)
}

describe('callSite in a program of its own', () => {
  it('is the line of the source, by the map beside the compiled file', () => {
    compile('--sourceMap')
    expect(run(['dist/main.js']).places).toEqual(inOriginal())
  })

  it('is the same in a program that is instrumented', () => {
    compile('--sourceMap')
    const preload = `${repository}packages/instrument/dist/register.js`
    const env = { NODE_ENV: 'development', THROWPOINT_CACHE: '0' }
    expect(run(['--import', preload, 'dist/main.js'], env).places).toEqual(inOriginal())
    expect(run(['--import', preload, '--enable-source-maps', 'dist/main.js'], env).places).toEqual(
      inOriginal(),
    )
  })

  it('calls no hook of the application and looks at no limit of it', () => {
    compile('--sourceMap')
    const output = run(['dist/main.js'], { HOOK: '1', LIMIT: '1' })
    expect(output.places).toEqual(inOriginal())
    expect(output.calls).toBe(0)
    expect(output.limit).toBe(0)
  })

  it('is the line of the source where Node maps', () => {
    compile('--sourceMap')
    expect(run(['--enable-source-maps', 'dist/main.js']).places).toEqual(inOriginal())
  })

  it('is the line of the source where a loader compiles in memory', () => {
    compile()
    const loader = pathToFileURL(tool('tsx/dist/loader.mjs')).href
    expect(run(['--import', loader, 'src/main.ts']).places).toEqual(inOriginal())
  })

  it('is the line that runs where there is no map', () => {
    compile()
    const { places } = run(['dist/main.js'])
    expect(places.map(({ file }) => file)).toEqual(lines.map(() => project.path('dist/main.js')))
  })

  it('works where built-ins are frozen', () => {
    compile('--sourceMap')
    expect(run(['--frozen-intrinsics', 'dist/main.js']).places).toEqual(inOriginal())
  })
})
