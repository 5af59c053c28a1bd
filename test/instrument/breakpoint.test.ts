import { AsyncLocalStorage } from 'node:async_hooks'
import vm from 'node:vm'
import { describe, expect, test } from 'vitest'
import { Runtime, type Frame } from '@throwpoint/instrument'
import { load, rewritten, summary } from './load.ts'

const runtime = Runtime.shared()

/** Looks at the caller, as `breakpoint()` does, and lets it go on. */
function stopper(look: (frame: Frame, stack: string) => void) {
  return function breakpoint(...rest: unknown[]): Promise<unknown[]> {
    const marker = new Error('breakpoint')
    expect(runtime.adoptBreakpoint(marker)).toBe(true)
    const [frame, ...more] = runtime.takeFrames(marker)
    expect(more).toEqual([])
    look(frame!, marker.stack!)
    return Promise.resolve(rest)
  }
}

describe('the caller of breakpoint()', () => {
  test('all it can see, and what is assigned it finds when it goes on', async () => {
    let seen = ''
    const { run } = load(
      `const outside = 1
      exports.run = async function run(list, [first, ...others] = [0]) {
        let total = 0
        const shared = 5
        for (const item of list) {
          let twice = item * 2
          if (item === 2) { await breakpoint(); let later = 1 }
          total += twice
        }
        return () => [total, shared]
      }`,
      {
        breakpoint: stopper((frame) => {
          seen = summary([frame])
          expect(frame.functionName).toBe('run')
          expect(frame.async).toBe(true)
          expect(frame.evaluate('outside + item + arguments.length')).toBe(4)
          frame.evaluate('total = 100; twice = 50')
          expect(() => frame.evaluate('later')).toThrow(ReferenceError)
          expect(() => frame.evaluate('shared = 6')).toThrow(TypeError)
        }),
      },
    )
    expect((await run([1, 2, 3]))()).toEqual([156, 5])
    expect(seen).toBe(
      'run(later=<uninitialised> twice=4 item=2 list=[1,2,3] first=0 others=[] total=2 shared=5)',
    )
  })

  test('arguments stay as they are, and so do lines', async () => {
    const { run } = load(
      `exports.run = (a) => { return breakpoint(a, [a][0], (a, 3), ) }
       exports.none = (a) => breakpoint(/* nothing */)
       exports.member = (a, tools) => tools?.breakpoint?.(new RangeError(a))`,
      { breakpoint: stopper(() => {}) },
    )
    expect(await run(1)).toEqual([1, 1, 3])
    const text = 'async function f() {\n  await breakpoint(\n    1\n  )\n  x()\n}'
    expect(rewritten(text).split('\n')).toHaveLength(6)
  })

  test('this, private names, super, closures, defaults, constructors before super()', () => {
    const seen: string[] = []
    const frames: Frame[] = []
    const { run } = load(
      `class Base { hello() { return 'base' } }
      class Derived extends Base {
        #secret = 7
        field = breakpoint()
        constructor(x) { breakpoint(); super(); breakpoint() }
        method(a, b = breakpoint()) { const up = super.hello; return [1].map((n) => { breakpoint(); return this }) }
      }
      exports.run = () => { new Derived(1).method(2) }`,
      {
        breakpoint: stopper((frame) => {
          seen.push(summary([frame]))
          frames.push(frame)
        }),
      },
    )
    run()
    expect(seen).toEqual([
      'new Derived(x=1)',
      '()',
      'new Derived(x=1)',
      'Derived.method(a=2 b=<uninitialised>)',
      '(n=1)',
    ])
    const [before, , after, defaults, inner] = frames
    expect(before!.evaluate('this')).toBe(undefined)
    expect(after!.evaluate('this.#secret')).toBe(7)
    expect(defaults!.evaluate('super.hello()')).toBe('base')
    expect(inner!.evaluate('[a, this.#secret, up()]')).toEqual([2, 7, 'base'])
  })

  test('a debugger stops in the statement itself, wherever a statement may stand', () => {
    const stops = (text: string): number => rewritten(text).match(/\)debugger;else /g)?.length ?? 0
    expect(
      stops('if (a) breakpoint(); else x()\nfor (;;) void breakpoint()\ndo breakpoint(); while (x)'),
    ).toBe(3)
    expect(stops('async () => { await breakpoint(); await debug.breakpoint(1) }')).toBe(2)
    // As esbuild writes what was imported
    expect(stops('(0, import_debug.breakpoint)()')).toBe(1)
    expect(stops('a && breakpoint(); b = breakpoint(); tools[0].breakpoint(); x?.breakpoint()')).toBe(0)
  })

  test('the module itself', () => {
    let seen: unknown
    load(`const one = 1; const o = { breakpoint }; o.breakpoint(); exports.two = 2`, {
      breakpoint: stopper((frame) => {
        seen = frame.evaluate('one')
      }),
    })
    expect(seen).toBe(1)
  })

  test('it is asked for at once or not at all; nothing of another call is left', async () => {
    const { named } = load(`exports.named = (x) => { const breakpoint = () => x; return breakpoint() }`)
    expect(named(3)).toBe(3)
    expect(runtime.adoptBreakpoint({})).toBe(true)
    expect(runtime.adoptBreakpoint({})).toBe(false)
    expect(named(3)).toBe(3)
    await Promise.resolve()
    expect(runtime.adoptBreakpoint({})).toBe(false)
  })

  test('a hundred at once', async () => {
    const storage = new AsyncLocalStorage<number>()
    const { run } = load(
      `exports.run = async function run(id) { let own = id; await null; await breakpoint(id); return own }`,
      {
        breakpoint: async (id: number) => {
          const marker = {}
          runtime.adoptBreakpoint(marker)
          await Promise.resolve()
          const [frame] = runtime.takeFrames(marker)
          expect(frame!.evaluate('own')).toBe(id)
          frame!.evaluate('own *= 2')
        },
      },
    )
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, id) => storage.run(id, () => run(id) as Promise<number>)),
    )
    expect(results).toEqual(Array.from({ length: 100 }, (_, id) => id * 2))
  })

  test('a function sent elsewhere by its text runs without the runtime', () => {
    const { run } = load(`exports.run = function run(n) { let own = n; breakpoint(own); return own }`, {
      breakpoint: stopper(() => {}),
    })
    const elsewhere = vm.runInNewContext(
      `let seen; const breakpoint = (...list) => { seen = list }; [(${run}), () => seen]`,
    )
    expect(elsewhere[0](4)).toBe(4)
    expect(elsewhere[1]()).toHaveLength(1)
  })
})
