import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { Runtime } from '@throwpoint/instrument'
import { load, summary, thrown } from './load.ts'

const runtime = Runtime.shared()
afterEach(() => runtime.setContext(undefined))

describe('frames of a throw', () => {
  test('every user function on the way, innermost first, with its variables', async () => {
    const { outer } = load(`
      function inner(n) { const half = n / 2; if (half > 1) throw new Error('boom'); return half }
      const middle = (list) => list.map((item) => inner(item))
      exports.outer = function outer() { const items = [1, 4]; var sum = 0; return middle(items) }
    `)
    const { frames } = await thrown(outer)
    expect(summary(frames)).toBe(
      'inner(n=4 half=2) < (item=4) < middle(list=[1,4]) < outer(items=[1,4] sum=0)',
    )
  })

  test('awaiting callers, whose stack is long gone', async () => {
    const { handler } = load(`
      async function load(id) { const key = 'k' + id; await null; throw new Error(key) }
      async function cart(id) { const before = id + 1; const rows = await load(before); return rows }
      exports.handler = async (id) => { const user = 'u'; await cart(id); return user }
    `)
    const { frames } = await thrown(() => handler(1))
    expect(summary(frames)).toBe(
      'load(id=2 key="k2") < cart(id=1 before=2 rows=undefined) < handler(id=1 user="u")',
    )
    expect(frames.every((frame) => frame.async)).toBe(true)
  })

  test('generators and async generators', async () => {
    const { run } = load(`
      function* numbers(limit) { for (let i = 0; i < limit; i++) { yield i; if (i === 2) throw new Error('two') } }
      async function* later(limit) { for (const n of numbers(limit)) yield n }
      exports.run = async function run() { const seen = []; for await (const n of later(5)) seen.push(n) }
    `)
    const { frames } = await thrown(run)
    expect(summary(frames)).toBe('numbers(i=2 limit=5) < later(n=2 limit=5) < run(n=2 seen=[0,1,2])')
  })

  test('loops whose closures keep one variable for each turn', async () => {
    const { run } = load(`
      exports.run = function run(list) {
        const later = []
        for (const item of list) { const twice = item * 2; later.push(() => item + twice); if (item === 2) throw new Error('two') }
      }
    `)
    const { frames } = await thrown(() => run([1, 2, 3]))
    expect(summary(frames)).toBe('run(item=2 twice=4 list=[1,2,3] later=[null,null])')
  })

  test('classes: constructors before super(), getters, static blocks, private names, super', async () => {
    const { make, Broken } = load(`
      class Base { constructor(x) { if (x > 1) throw new Error('base') } hello() { return 'hello' } }
      class Derived extends Base {
        #secret = 41
        constructor(x) { const local = x; super(local); this.x = x }
        get value() { const plus = this.#secret + 1; super.hello(); throw new Error('getter') }
      }
      exports.make = (x) => new Derived(x).value
      exports.Broken = () => { class C { static { const inside = 1; throw new Error('static') } } }
    `)
    const { frames } = await thrown(() => make(2))
    expect(summary(frames)).toBe('new Base(x=2) < new Derived(x=2 local=2) < make(x=2)')
    const getter = (await thrown(() => make(1))).frames
    expect(summary(getter)).toBe('Derived.get value(plus=42) < make(x=1)')
    expect(getter[0]!.evaluate('this.#secret + plus')).toBe(83)
    expect(getter[0]!.evaluate('super.hello()')).toBe('hello')
    expect(getter[0]!.evaluate('this.x')).toBe(1)
    expect(summary((await thrown(Broken)).frames)).toBe('static C(inside=1) < Broken(C=<uninitialised>)')
  })

  test('blocks a frame does not stand in are left out, names it has not come to are uninitialised', async () => {
    const { run } = load(`exports.run = function run(n) {
      if (n > 0) { const inner = n; fail(inner) }
      { const other = 5; use(other) }
      const after = 1
    }
    function fail() { throw new Error('x') }`)
    const { frames } = await thrown(() => run(1))
    const scopes = frames[1]!.scopes({ line: 2, column: 37 })
    expect(
      scopes.map((scope) => `${scope.type}:${scope.type === 'module' ? '' : scope.names.join()}`),
    ).toEqual(['block:inner', 'local:n,after', 'module:'])
    expect(scopes[1]!.read('after')).toEqual({ unavailable: 'uninitialised' })
    expect(scopes[0]!.read('inner')).toEqual({ value: 1 })
  })

  test('an error that is made early and thrown late: what has its value by then is there', async () => {
    const { run } = load(`exports.run = function run(list) {
      const early = new Error('x'); // made here, and this is where its stack says the function stands
      for (let turn = 0; turn < 2; turn++) { const stale = turn; if (turn > 5) { const never = 1; use(never) } }
      const count = list.length
      for (const item of list) { const double = item * 2; if (double > 3) fail(early) }
      const after = 1
    }
    function fail(error) { throw error }`)
    const { frames } = await thrown(() => run([1, 2, 3]))
    const read = (line: number, column: number): Record<string, unknown> =>
      Object.fromEntries(
        frames[1]!
          .scopes({ line, column })
          .flatMap((scope) =>
            scope.type === 'module' ? [] : scope.names.map((name) => [name, scope] as const),
          )
          .map(([name, scope]) => {
            const reading = scope.read(name)
            return [name, 'value' in reading ? reading.value : reading.unavailable]
          }),
      )
    expect(read(2, 21)).toMatchObject({
      list: [1, 2, 3],
      early: { message: 'x' },
      count: 3,
      item: 2,
      double: 4,
      after: 'uninitialised',
    })
    expect(read(2, 21)).not.toHaveProperty('never')
    // The turn before this one has left a value; a stack that says so is right
    expect(read(5, 34)).toMatchObject({ item: 2, double: 'uninitialised', count: 3 })
    expect(frames[1]!.evaluate('[count, double]', { line: 2, column: 21 })).toEqual([3, 4])
  })

  test('deep recursion keeps both ends', async () => {
    const { run } = load(`exports.run = (n) => deep(n)
    function deep(n) { return n === 0 ? fail() : deep(n - 1) + 1 }
    function fail() { throw new Error('bottom') }`)
    const { frames } = await thrown(() => run(1000))
    expect(frames).toHaveLength(200)
    expect(frames[0]!.functionName).toBe('fail')
    expect(frames.at(-1)!.functionName).toBe('run')
    expect(frames.find((frame) => frame.omittedAfter > 0)?.omittedAfter).toBe(1003 - 200)
  })

  test('a stack overflow keeps its error and has frames', async () => {
    const { run } = load(`exports.run = function run(n) { return down(n) }
    function down(n) { return down(n + 1) + 1 }`)
    const { error, frames } = await thrown(() => run(0))
    expect(error).toBeInstanceOf(RangeError)
    expect(frames.at(-1)!.functionName).toBe('run')
    expect(frames.length).toBeGreaterThan(50)
  })
})

describe('errors that are handed over', () => {
  test('a constructed error knows where it was born', async () => {
    const { run } = load(
      `exports.run = function run(x, next) { const local = x + 1; const e = new RangeError('r'); next(e) }`,
    )
    const errors: unknown[] = []
    run(1, (value: unknown) => errors.push(value))
    const [frame, ...rest] = runtime.takeFrames(errors[0])
    expect(rest).toEqual([])
    expect(frame!.birth).toBe(true)
    expect(frame!.evaluate('[x, local, e === undefined]')).toEqual([1, 2, false])
  })

  test('an error from elsewhere knows who passed it on', async () => {
    const { run } = load(
      `exports.run = function run(file, next) { const path = file + '.txt'; read(path, (err) => next(path && err)) }`,
      { read: (_path: string, done: (error: Error) => void) => done(new Error('ENOENT')) },
    )
    const errors: unknown[] = []
    run('a', (value: unknown) => errors.push(value))
    const [frame, ...rest] = runtime.takeFrames(errors[0])
    expect(rest).toEqual([])
    expect(frame!.birth).toBe(true)
    expect(frame!.evaluate('err.message + path')).toBe('ENOENTa.txt')
  })

  test('values that are no errors are not noted', () => {
    const { run } = load(`exports.run = (value, next) => next(value)`)
    const value = { row: 1 }
    run(value, () => {})
    expect(runtime.takeFrames(value)).toEqual([])
  })
})

describe('one value, many journeys', () => {
  test('an error that is caught and thrown again goes on', async () => {
    const { run } = load(`
      function bad(x) { throw new Error('bad') }
      function cleans(x) { try { bad(x) } catch (err) { const note = 1; throw err } }
      exports.run = function run() { cleans(7) }
    `)
    expect(summary((await thrown(run)).frames)).toBe('bad(x=7) < cleans(note=1 err=bad x=7) < run()')
  })

  test('an error a helper throws again keeps its first frames', async () => {
    const { run } = load(`
      function bad(x) { throw new Error('bad') }
      function fail(error) { throw error }
      exports.run = function run() { try { bad(1) } catch (err) { fail(err) } }
    `)
    expect((await thrown(run)).frames.map((frame) => frame.functionName)).toEqual(['bad', 'fail', 'run'])
  })

  test('a cached error starts anew each time; frames do not pile up', async () => {
    const { first, swallow, second } = load(`
      const cached = new Error('cached')
      function a() { throw cached }
      function b() { throw cached }
      exports.first = function first() { a() }
      exports.swallow = function swallow() { try { a() } catch {} }
      exports.second = function second() { b() }
    `)
    const names = async (run: () => unknown): Promise<string[]> =>
      (await thrown(run)).frames.map((frame) => frame.functionName)
    expect(await names(first)).toEqual(['a', 'first'])
    expect(await names(second)).toEqual(['b', 'second'])
    for (let turn = 0; turn < 100; turn++) swallow()
    expect(await names(second)).toEqual(['b', 'second'])
  })

  test('primitives', async () => {
    const { run, other } = load(`
      function inner(x) { throw 'text' }
      exports.run = function run(x) { inner(x + 1) }
      exports.other = function other() { throw null }
    `)
    expect(summary((await thrown(() => run(1))).frames)).toBe('inner(x=2) < run(x=1)')
    expect(summary((await thrown(() => run(5))).frames)).toBe('inner(x=6) < run(x=5)')
    expect(summary((await thrown(other)).frames)).toBe('other()')
  })

  test('a falsy value that escapes can be asked for, one that is caught cannot', async () => {
    const context = {}
    runtime.setContext(() => context)
    const { escapes, catches } = load(`
      function bad() { throw null }
      exports.escapes = function escapes() { bad() }
      exports.catches = function catches() { try { bad() } catch { return 'caught' } }
    `)
    catches()
    expect(runtime.escapedFalsy(context)).toBe(undefined)
    expect(escapes).toThrow()
    expect(runtime.escapedFalsy(context)).toEqual({ value: null })
    expect(summary(runtime.takeFrames(null, context))).toBe('bad() < escapes()')
    expect(runtime.escapedFalsy(context)).toBe(undefined)
  })

  test('a hundred interleaved failures of one error object and of one primitive never mix', async () => {
    const storage = new AsyncLocalStorage<{ id: number }>()
    runtime.setContext(() => storage.getStore())
    for (const value of [new Error('shared'), 'shared']) {
      const { handler } = load(
        `async function step(id) { for (let i = 0; i < id % 7; i++) await tick(); throw value }
        exports.handler = async function handler(id) { const own = 'h' + id; await tick(); await step(id) }`,
        { tick: () => setImmediate(), value },
      )
      const seen = await Promise.all(
        Array.from({ length: 100 }, (_, id) =>
          storage.run({ id }, async () => summary((await thrown(() => handler(id))).frames)),
        ),
      )
      expect(seen).toEqual(
        Array.from({ length: 100 }, (_, id) => `step(i=${id % 7} id=${id}) < handler(id=${id} own="h${id}")`),
      )
    }
  })
})

describe('evaluating in a frame', () => {
  const source = `
    const moduleConstant = 10
    let moduleCount = 1
    exports.count = () => moduleCount
    exports.run = function run(a, b) {
      const local = a + 1
      let shared = 5
      exports.shared = () => shared
      function helper(x) { return x * 2 }
      fail({ local })
    }
    function fail(options) { throw new Error('x') }`

  async function frame() {
    const exports = load(source)
    const { frames } = await thrown(() => exports.run.call({ self: true }, 1, 'two'))
    return { exports, frame: frames[1]! }
  }

  test.each([
    ['local + a', 3],
    ['moduleConstant * 2', 20],
    ['helper(local)', 4],
    ['const x = local; x * 10', 20],
    ['if (a === 1) "yes"; else "no"', 'yes'],
    ['this.self', true],
    ['arguments.length', 2],
    ['[1, 2].map((a) => a + local)', [3, 4]],
    ['({ local, b })', { local: 2, b: 'two' }],
    ['{ local }', { local: 2 }],
    ['typeof nothing', 'undefined'],
    ['`${b}!`', 'two!'],
    ['(() => { let local = 9; return local })()', 9],
    ['var { a: z = local } = {}; z', 2],
  ])('%s', async (code, value) => {
    expect((await frame()).frame.evaluate(code)).toEqual(value)
  })

  test('await gives a promise', async () => {
    expect(await (await frame()).frame.evaluate('const k = await Promise.resolve(5); k + local')).toBe(7)
  })

  test('assignments reach the variables', async () => {
    const { frame: place, exports } = await frame()
    place.evaluate('shared = 50; moduleCount++; b = 3')
    expect(exports.shared()).toBe(50)
    expect(exports.count()).toBe(2)
    expect(place.evaluate('b')).toBe(3)
  })

  test('a wrong name makes no global, wrong code is a SyntaxError', async () => {
    const { frame: place } = await frame()
    expect(() => place.evaluate('misspelt = 1')).toThrow(ReferenceError)
    expect(() => place.evaluate('let let')).toThrow(SyntaxError)
    expect('misspelt' in globalThis).toBe(false)
  })
})
