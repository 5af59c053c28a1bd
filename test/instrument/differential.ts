import vm from 'node:vm'
import { rewrite, Runtime } from '@throwpoint/instrument'

/** What every generated program may use. Bounded, so that programs end. */
const prelude = `
const cached = new Error('cached')
class Base { constructor(a) { this.base0 = a } base() { return 'base' } }
const oops = (x) => new RangeError(String(typeof x))
const next = (x) => log('next', x)
const callback = (x) => x
const breakpoint = (...list) => list
const box = {}
let turns = 0
const turn = () => turns++ < 60
const later = []
let depth = 0
function attempt(id, body) {
  if (depth > 12) return 'deep'
  depth++
  try {
    const result = body(1, { a: 2 })
    if (result instanceof Promise) { result.then((v) => log(id, 'then', v), (e) => log(id, 'rejected', e)); return id }
    log(id, 'returned', result)
    return result
  } catch (e) { log(id, 'threw', e) } finally { depth-- }
}
function iterate(id, make) {
  attempt(id, () => {
    const it = make()
    log(it.next(1)); log(it.next(2))
    try { log(it.throw(new Error('in'))) } catch (e) { log('out', e) }
    log(it.return(3))
    for (const value of make()) if (!turn()) break
  })
}
async function iterateLater(id, make) {
  try {
    const it = make()
    log(await it.next(1)); log(await it.next(2))
    try { log(await it.throw(new Error('in'))) } catch (e) { log('out', e) }
    log(await it.return(3))
    for await (const value of make()) if (!turn()) break
  } catch (e) { log(id, 'threw', e) }
}
`

/** Runs a program as CommonJS text and gives back everything it logged, in order, its last stacks included. */
export async function run(source: string, instrumented: boolean): Promise<readonly string[]> {
  const file = '/differential/program.cjs'
  let code = source
  if (instrumented) {
    Runtime.shared()
    // Every second program also registers its asynchronous functions
    const requests = source.length % 2 === 0
    const result = rewrite(source, { file, kind: 'commonjs', language: 'js', requests })
    if ('code' in result) code = result.code
    // The parser refuses a few sloppy programs that V8 takes; they run as they are
    else if (!result.untouched.startsWith('does not parse: '))
      throw new Error(`untouched: ${result.untouched}`)
  }
  // Sloppy programs make globals
  for (const name of 'abcdfgh') delete (globalThis as Record<string, unknown>)[name]
  const lines: string[] = []
  const log = (...values: unknown[]): void => {
    if (lines.length < 2_000) lines.push(values.map((value) => show(value, 3)).join(' '))
  }
  const scope = vm.runInThisContext(
    `(function (log) {${prelude}; return { cached, Base, oops, next, callback, breakpoint, box, turn, later, attempt, iterate, iterateLater } })`,
    { filename: '/differential/prelude.cjs' },
  )(log) as Record<string, unknown> & { later: (() => unknown)[] }
  const names = Object.keys(scope)
  const body = vm.runInThisContext(`(function (log, ${names.join()}) {${code}\n})`, { filename: file }) as (
    ...list: unknown[]
  ) => void
  const text = Object.getOwnPropertyDescriptor(Function.prototype, 'toString')!
  // The one thing rewriting may change: the text of a function
  Function.prototype.toString = () => 'function text'
  try {
    body(log, ...names.map((name) => scope[name]))
  } catch (error) {
    log('top level', error)
  }
  try {
    for (let round = 0; round < 3; round++) {
      for (const closure of scope.later.splice(0, 40)) {
        try {
          log('later', closure())
        } catch (error) {
          log('later threw', error)
        }
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    Object.defineProperty(Function.prototype, 'toString', text)
  }
  return lines
}

/** Reads values without depending on how functions are spelled. */
function show(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return `function ${value.name}/${value.length}`
  if (typeof value !== 'object' || value === null)
    return typeof value === 'bigint' ? `${value}n` : String(value)
  if (value instanceof Error) return `${value.name}: ${value.message} ${stackOf(value)}`
  if (depth === 0) return '…'
  const entries = Object.entries(Object.getOwnPropertyDescriptors(value)).slice(0, 8)
  const kind = Object.prototype.toString.call(value)
  return `${kind}{${entries
    .map(([key, property]) => `${key}:${'value' in property ? show(property.value, depth - 1) : 'accessor'}`)
    .join()}}`
}

/**
 * Functions and lines of the stack; columns are what the source map is for. V8 gives a name that is not defined a line
 * far away when it is the first thing in an arrow function without braces, so of those the functions alone are compared.
 */
function stackOf(error: Error): string {
  const parts = error instanceof ReferenceError ? 1 : 2
  return String(error.stack)
    .split('\n')
    .filter((line) => line.includes('program.cjs:'))
    .map((line) =>
      /at (?:(.*) \()?.*program\.cjs:(\d+):\d+/
        .exec(line)
        ?.slice(1, 1 + parts)
        .join('@'),
    )
    .join('<')
}
