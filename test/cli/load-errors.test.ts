import { describe, expect, it } from 'vitest'
import { type Ended, isFull, nodes, program, Running, throwpoint } from './command.ts'

const loads = (name: string): string =>
  `function load(n) { const local = n\n  return require('./${name}')\n}\nload(1)\n`

const folder = program({
  'syntax.cjs': `function f(a) { return a }\nlet a = 1\n  let b = = 2\n`,
  'twice.cjs': `function f(a) { return a }\nlet a = 1; let a = 2\n`,
  'syntax.mjs': `export function f(a) { return a }\n  const b = = 2\n`,
  'strict.mjs': `export function f(a) { return a }\n  delete f\n`,
  'syntax.ts': `export function f(a: number): number { return a }\n  const b: number = = 2\n`,
  'requires-syntax.cjs': loads('syntax.cjs'),
  'imports-syntax.mjs': `import './syntax.mjs'\n`,
  'imports-later.mjs': `async function load(n) { const local = n; await import('./syntax.mjs') }\nawait load(1)\n`,
  'broken.json': `{ "a": 1, b }\n`,
  'imports-json.mjs': `import data from './broken.json' with { type: 'json' }\nconsole.log(data)\n`,
  'fine.mjs': `export const yes = 1\n`,
  'fine.cjs': `module.exports = { yes: 1 }\n`,
  'no-export.mjs': `import { nope } from './fine.mjs'\nfunction f(a) { return a(nope) }\n`,
  'no-export-of-commonjs.mjs': `import { nope } from './fine.cjs'\nfunction f(a) { return a(nope) }\n`,
  'no-module.mjs': `import x from './missing.mjs'\nfunction f(a) { return a(x) }\n`,
  'no-package.mjs': `import x from 'a-package-that-is-not-there'\nfunction f(a) { return a(x) }\n`,
  'requires-nothing.cjs': loads('missing.cjs'),
  'requires-json.cjs': loads('broken.json'),
  'throws.cjs': `function f(n) { const local = n\n  throw new TypeError('at load ' + local) }\nf(1)\n`,
  'throws.mjs': `function f(n) { const local = n\n  throw new TypeError('at load ' + local) }\nf(1)\n`,
  'requires-throws.cjs': loads('throws.cjs'),
  'requires-module.cjs': loads('throws.mjs'),
  'static.cjs': `class A { static x = 1\n  static { const local = A.x; throw new Error('static ' + local) } }\n`,
  'rejects.mjs': `const a = 1\nawait Promise.reject(new RangeError('rejected ' + a))\n`,
  'stripped.cts': `function f(n: number): void { const local: number = n\n  throw new TypeError('x' + local) }\nf(1)\n`,
  'prints.cjs': `try { require('./syntax.cjs') } catch (e) { console.log(e.stack) }\ntry { load() } catch (e) { console.log(e.stack) }\nfunction load() { require('./throws.cjs') }\n`,
})

/** What Node does with a program, and what it does with our preload. */
async function both(node: string, file: string): Promise<readonly [plain: Ended, instrumented: Ended]> {
  const options = { cwd: folder, env: { NODE_ENV: 'development', THROWPOINT_TERMINAL: 'report' } }
  const run = (...args: string[]): Promise<Ended> => new Running(node, [...args, file], options).ended()
  return Promise.all([run(), run('-r', 'throwpoint/register')])
}

/** Columns on a line that has been rewritten are those of the rewritten line, unless source maps are enabled. */
function withoutColumns({ out, err, ...rest }: Ended): Ended {
  const shorten = (text: string): string =>
    text.replaceAll(/([\w-]+\.[cm]?[jt]s:\d+):\d+/g, '$1').replaceAll(/\(node:\d+\)/g, '(node)')
  return { ...rest, out: shorten(out), err: shorten(err) }
}

/** From the name of the error on: above it stands the line of the throw, which is the rewritten one. */
function withoutExcerpt({ err, ...rest }: Ended): Ended {
  const report = err.search(/^(?:file:\/\/)?\/.*:\d+$|^node:internal\/\S+:\d+$/m)
  return { ...rest, err: err.slice(err.slice(report).search(/^\w*Error(?: \[\w+\])?: /m) + report) }
}

interface Row {
  readonly file: string
  /** Versions on which something else of Node is in the way. */
  readonly except?: readonly string[]
  readonly isFast?: boolean
}

// On Node 20 our loader stands in the stack of what it does not find, and our hook in that of what is required; with
// any load hook Node up to 22 has no hint for names that CommonJS does not export
const ofNode: readonly Row[] = [
  { file: 'syntax.cjs', except: ['20'], isFast: true },
  { file: 'twice.cjs', except: ['20'] },
  { file: 'syntax.mjs' },
  { file: 'strict.mjs' },
  { file: 'syntax.ts', except: ['20'] },
  { file: 'imports-syntax.mjs' },
  { file: 'imports-later.mjs' },
  { file: 'imports-json.mjs' },
  { file: 'no-export.mjs', isFast: true },
  { file: 'no-export-of-commonjs.mjs', except: ['20', '22'] },
  { file: 'no-module.mjs', except: ['20'] },
  { file: 'no-package.mjs', except: ['20'] },
  { file: 'missing.js', isFast: true },
  { file: 'missing.mjs' },
  { file: 'missing/' },
]

const ofUser: readonly Row[] = [
  { file: 'requires-syntax.cjs' },
  { file: 'requires-nothing.cjs' },
  { file: 'requires-json.cjs' },
  { file: 'throws.cjs' },
  { file: 'throws.mjs' },
  { file: 'requires-throws.cjs', isFast: true },
  { file: 'requires-module.cjs' },
  { file: 'static.cjs' },
  { file: 'rejects.mjs' },
  { file: 'stripped.cts' },
  { file: 'prints.cjs' },
]

describe.each(nodes)('errors while modules load, Node %s', (version, node) => {
  const tried = (rows: readonly Row[]): readonly Row[] =>
    rows.filter(
      ({ except = [], isFast }) => !except.includes(version) && (isFull || (isFast && version === '24')),
    )

  it.concurrent.each(tried(ofNode))('$file: to the letter what Node says, and no more', async ({ file }) => {
    const [plain, instrumented] = await both(node, file)
    expect(plain.code).toBe(1)
    expect(withoutColumns(instrumented)).toEqual(withoutColumns(plain))
  })

  it.concurrent.each(tried(ofUser))('$file: the stack of Node', async ({ file }) => {
    const [plain, instrumented] = (await both(node, file)).map((ended) =>
      withoutColumns(withoutExcerpt(ended)),
    )
    if (version !== '20') {
      expect(instrumented).toEqual(plain)
      return
    }
    // Our hook takes the place of another line
    const lines = ({ out, err }: Ended): string[] =>
      (out + err).split('\n').filter((line) => /^\w*Error|\.[cm]?[jt]s:\d+\)?$/.test(line))
    const own = lines(instrumented!).filter((line) => !/[\\/]dist[\\/]hooks[\\/]|node:internal/.test(line))
    expect(own.slice(0, 2)).toEqual(
      lines(plain!)
        .filter((line) => !line.includes('node:internal'))
        .slice(0, 2),
    )
    expect(lines(plain!)).toEqual(expect.arrayContaining(own))
  })

  it.skipIf(!isFull).concurrent('the command says of a missing script what Node says', async () => {
    const [plain] = await both(node, 'missing.js')
    expect(await throwpoint(['missing.js'], { node, cwd: folder })).toEqual(plain)
  })
})
