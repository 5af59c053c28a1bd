import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Frame } from '@throwpoint/instrument'
import { load, thrown } from './load.ts'

/** The frame of `run`, or of the function of a name. */
async function frameOf(source: string, name = 'run'): Promise<Frame> {
  const { run } = load(source)
  const { frames } = await thrown(() => run(1, 2))
  return frames.find((frame) => frame.functionName === name)!
}

function outcome(frame: Frame, code: string): unknown {
  try {
    return frame.evaluate(code)
  } catch (error) {
    return String(error)
  }
}

describe('this, arguments and super', () => {
  const source = `
    class Base {
      constructor() { this.kind = 'base' }
      hello(who = 'you') { return this.kind + ' says hello to ' + who }
      get plain() { return this.kind }
      static make() { return 'made by ' + this.name }
    }
    class Derived extends Base {
      #secret = 5
      #twice(n) { return n * 2 }
      static #shared = 'shared'
      constructor() { super(); this.kind = 'derived' }
      method(first, second) {
        super.hello()
        const own = 10
        const arrow = () => { if (this.kind) fail(first); return super.hello() }
        arrow(arguments)
      }
      static build() { super.make(); fail('static') }
      read() { fail(this.#secret) }
    }
    function fail(what) { throw new Error(what) }
    exports.run = (a, b) => new Derived().method(a, b, 'third')
    exports.build = () => Derived.build()
    exports.read = () => new Derived().read()`

  test('of a method', async () => {
    const frame = await frameOf(source, 'Derived.method')
    expect(outcome(frame, 'this.kind')).toBe('derived')
    expect(outcome(frame, '[...arguments]')).toEqual([1, 2, 'third'])
    expect(outcome(frame, 'arguments[0] + own')).toBe(11)
    expect(outcome(frame, 'super.hello("me")')).toBe('derived says hello to me')
    expect(outcome(frame, 'super["plain"]')).toBe('derived')
    expect(outcome(frame, '[1].map((n) => this.kind + n + arguments.length)')).toEqual(['derived13'])
    expect(outcome(frame, '(function () { return arguments.length })(1)')).toBe(1)
    expect(outcome(frame, 'this === (() => this)()')).toBe(true)
  })

  test('of an arrow function inside of it', async () => {
    const frame = await frameOf(source, 'arrow')
    expect(outcome(frame, 'this.kind + first')).toBe('derived1')
    expect(outcome(frame, 'super.hello()')).toBe('derived says hello to you')
  })

  test('of arrow functions: those of the function around them', async () => {
    const { run } = load(`
      const base = { who(...more) { return [this.name, ...more] } }
      const object = {
        __proto__: base, name: 'own',
        method() {
          const uses = (own) => { super.who(); return fail(arguments) }
          return uses(5)
        },
        plain() { return ((own) => fail(own))(1) },
      }
      function fail(what) { throw new Error(what) }
      exports.run = (name, ...list) => object[name](...list)`)
    const { frames } = await thrown(() => run('method', 1, 2))
    const uses = frames.find(({ functionName }) => functionName === 'uses')!
    expect(outcome(uses, '[...arguments, own]')).toEqual([1, 2, 5])
    expect(outcome(uses, 'super.who(1, 2)')).toEqual(['own', 1, 2])
    expect(outcome(uses, '(super.who)()')).toEqual(['own'])
    expect(outcome(uses, 'super.none?.()')).toBe(undefined)
    expect(outcome(uses, 'super.who`x`')).toEqual(['own', ['x']])
    const plain = (await thrown(() => run('plain'))).frames[1]!
    expect(outcome(plain, 'arguments')).toMatch(/ReferenceError: 'arguments' is not used/)
  })

  test('private names: read, written, called, asked for', async () => {
    const { read } = load(source)
    const { frames } = await thrown(read)
    const frame = frames.find(({ functionName }) => functionName === 'Derived.read')!
    expect(outcome(frame, 'this.#secret')).toBe(5)
    expect(outcome(frame, 'this.#secret = 6; this.#twice(this.#secret)')).toBe(12)
    expect(outcome(frame, '#secret in this')).toBe(true)
    expect(outcome(frame, '#secret in {}')).toBe(false)
    expect(outcome(frame, 'Derived.#shared')).toBe('shared')
    expect(outcome(frame, 'this.#none')).toMatch(/SyntaxError/)
  })

  test('of a static method', async () => {
    const { build } = load(source)
    const { frames } = await thrown(build)
    const frame = frames.find(({ functionName }) => functionName === 'Derived.build')!
    expect(outcome(frame, 'this.name')).toBe('Derived')
    expect(outcome(frame, 'super.make()')).toBe('made by Derived')
  })

  test('an arrow function that does not use this says so; functions of the code have their own', async () => {
    const frame = await frameOf(
      `class K { one = 1; run = (a) => { null.x; return a } }; exports.run = (a) => new K().run(a)`,
      'K.run',
    )
    expect(outcome(frame, 'this.one')).toBe(
      "ReferenceError: 'this' is not used by the function of this frame",
    )
    expect(outcome(frame, '(function () { return this.two }).call({ two: a + 1 })')).toBe(2)
  })

  test('a function that does not use super says so', async () => {
    const frame = await frameOf(source, 'fail')
    expect(outcome(frame, 'super.x')).toMatch(/'super' is not used by the function of this frame/)
    expect(outcome(frame, 'arguments.length')).toBe(1)
  })
})

describe('names and assignments', () => {
  const source = `
    let counter = 0
    exports.counter = () => counter
    exports.run = function run(a, { b = 2, ...rest } = { c: 3 }, [d] = [4]) {
      const fixed = 1
      let open = 1
      var old = 1
      exports.open = () => open
      function helper() { return open }
      class Local {}
      for (let index = 0; index < 3; index++) {
        const each = index
        exports.index = () => index + each
        if (index === 1) fail(open)
        let after = 1
      }
      let late = 1
    }
    function fail(x) { throw new Error('x') }`

  test('assignments reach what closures of the program see', async () => {
    const exports = load(source)
    const { frames } = await thrown(() => exports.run(1, undefined))
    const frame = frames[1]!
    const at = { line: 14, column: 27 }
    const evaluate = (code: string): unknown => frame.evaluate(code, at)
    expect(evaluate('open = 7; index = 5; counter++; [open, index, helper(), old, b, rest.c, d]')).toEqual([
      7, 5, 7, 1, 2, 3, 4,
    ])
    expect(exports.open()).toBe(7)
    expect(exports.index()).toBe(6)
    expect(exports.counter()).toBe(1)
    expect(() => evaluate('late')).toThrow(new ReferenceError("Cannot access 'late' before initialization"))
    expect(() => evaluate('late = 1')).toThrow(ReferenceError)
    expect(() => evaluate('after')).toThrow(ReferenceError)
    expect(() => evaluate('each = 1')).toThrow(new TypeError('Assignment to constant variable.'))
    expect(() => evaluate('fixed++')).toThrow(new TypeError('Assignment to constant variable.'))
    expect(() => evaluate('[fixed] = [1]')).toThrow(TypeError)
    expect(() => evaluate('({ a: fixed } = { a: 1 })')).toThrow(TypeError)
    expect(() => evaluate('for (fixed of [1]);')).toThrow(TypeError)
    expect(() => evaluate('helper = 1')).toThrow(/cannot be assigned from here/)
    expect(evaluate('({ a: open, ...old } = { a: 8, z: 1 }); [open, old.z]')).toEqual([8, 1])
    expect(exports.open()).toBe(8)
  })

  test('names the code declares itself', async () => {
    const frame = await frameOf(source)
    expect(outcome(frame, 'let open = 5; open')).toBe(5)
    expect(outcome(frame, 'open')).toBe(1)
    expect(outcome(frame, '((open) => open * 2)(4) + open')).toBe(9)
    expect(outcome(frame, 'class A { open = open }; new A().open')).toBe(1)
    expect(outcome(frame, 'label: for (const a of [1]) { continue label }')).toBe(undefined)
    expect(outcome(frame, '({ open, a: a.toFixed(1) })')).toEqual({ open: 1, a: '1.0' })
    expect(outcome(frame, 'globalThis.open')).toBe(undefined)
    expect(outcome(frame, 'try { null.x } catch (open) { open.name }')).toBe('TypeError')
    expect(outcome(frame, 'new Local() instanceof Local')).toBe(true)
  })

  test('what is no name of the frame is told in the words of the engine', async () => {
    const frame = await frameOf(source)
    expect(outcome(frame, 'delete open')).toMatch(/^SyntaxError: Delete of an unqualified identifier/)
    expect(outcome(frame, 'delete exports.none')).toBe(true)
    expect(outcome(frame, 'await 1; return open')).toMatch(/^SyntaxError: .*'return'/)
    expect(outcome(frame, 'import.meta.url')).toMatch(/^SyntaxError: .*'import.meta'/)
  })

  test('await: values, errors, loops, and a promise that is only named', async () => {
    const frame = await frameOf(source)
    expect(await outcome(frame, 'await 5')).toBe(5)
    expect(await outcome(frame, 'const x = await Promise.resolve(a); open = x + 1; open')).toBe(2)
    expect(await outcome(frame, 'let sum = 0; for await (const n of [a, open]) sum += n; sum')).toBe(3)
    await expect(outcome(frame, 'await Promise.reject(new RangeError("r"))')).rejects.toThrow('r')
    expect(outcome(frame, '(async () => { await 1; return 2 })()')).toBeInstanceOf(Promise)
  })
})

describe('frames of other kinds of functions', () => {
  test('generators and async generators that are ended from outside', async () => {
    const { thrower, returner, later } = load(`
      function* numbers(limit) { let seen = 0; try { for (let n = 0; n < limit; n++) { seen = n; yield n } } finally { if (limit > 5) throw new Error('in finally ' + seen) } }
      async function* items(limit) { let seen = 0; try { for (;;) yield seen++ } finally { const end = limit; if (end) throw new Error('late') } }
      exports.thrower = function thrower(limit) { const it = numbers(limit); it.next(); it.next(); it.throw(new Error('given')) }
      exports.returner = function returner(limit) { const it = numbers(limit); it.next(); it.return(1) }
      exports.later = async function later(limit) { for await (const item of items(limit)) if (item === 2) return item }
    `)
    const given = await thrown(() => thrower(3))
    expect((given.error as Error).message).toBe('given')
    // Constructed in the one, thrown in the other
    expect(given.frames.map((frame) => frame.functionName)).toEqual(['thrower', 'numbers', 'thrower'])
    expect(given.frames.map((frame) => frame.birth)).toEqual([true, false, false])
    expect(given.frames[1]!.evaluate('[n, seen, limit]')).toEqual([1, 1, 3])
    const left = await thrown(() => returner(9))
    expect(left.frames.map((frame) => frame.functionName)).toEqual(['numbers', 'returner'])
    expect(left.frames[0]!.evaluate('[seen, limit]')).toEqual([0, 9])
    const ended = await thrown(() => later(4))
    expect(ended.frames.map((frame) => frame.functionName)).toEqual(['items', 'later'])
    expect(ended.frames[0]!.evaluate('[seen, end]')).toEqual([3, 4])
    expect(ended.frames[1]!.evaluate('item')).toBe(2)
  })

  test('a stack overflow: both ends can be asked', async () => {
    const { run } = load(`
      exports.run = function run(n) { const start = 'here'; return down(n) }
      function down(level) { const own = level * 2; return down(level + 1) + own }`)
    const { error, frames } = await thrown(() => run(1))
    expect(error).toBeInstanceOf(RangeError)
    expect(frames.at(-1)!.evaluate('start')).toBe('here')
    expect(frames.at(-2)!.evaluate('[level, own]')).toEqual([1, 2])
    const deepest = frames.find((frame) => frame.functionName === 'down')!
    expect(deepest.evaluate('own === undefined || own === level * 2')).toBe(true)
    expect(deepest.evaluate('level') as number).toBeGreaterThan(500)
  })

  test('callbacks of timers and listeners after the function has returned', async () => {
    const { run } = load(`exports.run = function run(a, done) {
      const kept = { a }
      setTimeout(function timer() { const own = 1; try { fail(kept) } catch (error) { done(error); kept.later = own } }, 0)
    }
    function fail(x) { throw new Error('x') }`)
    const error = await new Promise((resolve) => {
      run(3, resolve)
    })
    const { takeFrames } = await import('@throwpoint/instrument').then(({ Runtime }) => ({
      takeFrames: (value: unknown) => Runtime.shared().takeFrames(value),
    }))
    await setImmediate()
    const frames = takeFrames(error)
    expect(frames.map((frame) => frame.functionName)).toEqual(['fail', 'timer'])
    expect(frames[1]!.evaluate('kept.a + kept.later + own')).toBe(5)
  })
})
