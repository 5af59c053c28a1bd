import { afterEach, describe, expect, test } from 'vitest'
import { runInNewContext } from 'node:vm'
import { revoked, watched, withGetter } from '../../../test/hostile-values.ts'
import { peekStack, safeGet } from './primordials.ts'

const hook = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')!

afterEach(() => {
  Reflect.deleteProperty(Error, 'prepareStackTrace')
  if (hook !== undefined) Object.defineProperty(Error, 'prepareStackTrace', hook)
  Object.defineProperty(Error, 'stackTraceLimit', limit)
})

function useHook(value: unknown): void {
  Object.defineProperty(Error, 'prepareStackTrace', { value, writable: true, configurable: true })
}

describe('safeGet', () => {
  test('reads own and inherited data', () => {
    expect(safeGet({ a: 1 }, 'a').value).toBe(1)
    expect(safeGet(Object.create({ a: 1 }), 'a').value).toBe(1)
    expect(safeGet([7], 0).value).toBe(7)
    expect(safeGet(() => 1, 'length').value).toBe(0)
    const key = Symbol('key')
    expect(safeGet({ [key]: 2 }, key).value).toBe(2)
  })

  test('has undefined for what is not there, and for primitives', () => {
    for (const target of [undefined, null, 1, 'text', Symbol('s'), {}, Object.create(null)]) {
      expect(safeGet(target, 'a')).toEqual({ value: undefined })
    }
  })

  test('calls no getter, own or inherited', () => {
    let calls = 0
    const target = withGetter({}, 'a', () => calls++)
    expect(safeGet(target, 'a')).toEqual({ value: undefined, unavailable: 'getter' })
    expect(safeGet(Object.create(target), 'a')).toEqual({ value: undefined, unavailable: 'getter' })
    expect(calls).toBe(0)
  })

  test('stops at a proxy, at any place of the chain', () => {
    let calls = 0
    const proxy = watched({ a: 1 }, () => calls++)
    for (const target of [proxy, Object.create(proxy), revoked({}), Object.create(revoked({}))]) {
      expect(safeGet(target, 'a')).toEqual({ value: undefined, unavailable: 'unreadable' })
      expect(safeGet(target, 'stack')).toEqual({ value: undefined, unavailable: 'unreadable' })
      expect(peekStack(target)).toEqual({ value: undefined, unavailable: 'unreadable' })
    }
    expect(safeGet(Object.create(proxy, { a: { value: 2 } }), 'a').value).toBe(2)
    expect(calls).toBe(0)
  })

  test('gives up on an endless chain', () => {
    let target = {}
    for (let at = 0; at < 10_000; at++) target = Object.create(target)
    expect(safeGet(target, 'a').unavailable).toBe('unreadable')
  })

  test('is not deceived by what Object.prototype was given', () => {
    const names = ['get', 'set', 'value', 'unavailable', 'writable']
    const target = withGetter({ plain: 1 }, 'trap', () => {})
    try {
      for (const name of names)
        Object.defineProperty(Object.prototype, name, {
          __proto__: null,
          value: () => 'polluted',
          configurable: true,
        } as never)
      const results = [
        safeGet(target, 'plain'),
        safeGet(target, 'trap'),
        safeGet(target, 'none'),
        safeGet(new Error('e'), 'stack'),
      ]
      for (const name of names) Reflect.deleteProperty(Object.prototype, name)
      expect(results[0]!.value).toBe(1)
      expect(results[1]!.unavailable).toBe('getter')
      expect(results[2]).toEqual({ value: undefined })
      expect(results[3]!.value).toMatch(/^Error: e\n/)
    } finally {
      for (const name of names) Reflect.deleteProperty(Object.prototype, name)
    }
  })

  test('knows the getters of a DOMException', () => {
    const error = new DOMException('away', 'AbortError')
    expect(safeGet(error, 'name').value).toBe('AbortError')
    expect(safeGet(error, 'message').value).toBe('away')
    expect(safeGet(Object.create(DOMException.prototype), 'name').unavailable).toBe('getter')
  })
})

describe('the stack of an error', () => {
  const firstLines = (target: unknown): string =>
    String(safeGet(target, 'stack').value).split('\n').slice(0, 2).join('\n')
  const here = /^Error: e\n {4}at .*primordials\.test\.ts/

  test('is read as it is', () => {
    const error = new Error('e')
    expect(firstLines(error)).toMatch(here)
    expect(safeGet(error, 'stack').value).toBe(error.stack)
    expect(firstLines(Object.create(error))).toMatch(here)
    expect(firstLines(Object.freeze(new Error('e')))).toMatch(here)
    expect(firstLines(runInNewContext('new RangeError("there")'))).toMatch(/^RangeError: there\n {4}at /)
    expect(firstLines(new DOMException('e'))).toMatch(/^Error: e\n {4}at /)
  })

  test('is whatever the application put there', () => {
    expect(safeGet(Object.assign(new Error('e'), { stack: 42 }), 'stack').value).toBe(42)
    expect(safeGet({ stack: 'mine' }, 'stack').value).toBe('mine')
    expect(safeGet({}, 'stack')).toEqual({ value: undefined })
  })

  test('calls no getter of the application', () => {
    let calls = 0
    expect(
      safeGet(
        withGetter({}, 'stack', () => calls++),
        'stack',
      ).unavailable,
    ).toBe('getter')
    safeGet(
      withGetter(new Error('e'), 'stack', () => calls++),
      'stack',
    )
    expect(calls).toBe(0)
  })

  test('calls no getter for name or message, which V8 asks for at the first read', () => {
    let calls = 0
    class Named extends Error {
      override get name(): string {
        calls++
        return 'Named'
      }
    }
    class Silent extends Error {
      override get message(): string {
        calls++
        return 'silent'
      }
    }
    expect(firstLines(new Named('e'))).toMatch(/^Named: e\n {4}at .*primordials\.test\.ts/)
    expect(firstLines(new Silent('e'))).toMatch(here)
    const spoken = Object.assign(new Error('e'), { name: { toString: () => calls++ } })
    expect(firstLines(spoken)).toMatch(here)
    const object = withGetter({}, 'name', () => calls++)
    Error.captureStackTrace(object)
    expect(firstLines(object)).toMatch(/^Object\n {4}at /)
    expect(calls).toBe(0)
  })

  test('stays unread for the application where it was only peeked at', () => {
    Reflect.deleteProperty(Error, 'prepareStackTrace')
    const error = new Error('before')
    expect(peekStack(error).value).toMatch(/^Error: before\n {4}at .*primordials\.test\.ts/)
    error.message = 'after'
    expect(error.stack).toMatch(/^Error: after\n/)
    expect(peekStack(error).value).toBe(error.stack)
    expect(Object.hasOwn(Error, 'prepareStackTrace')).toBe(false)
  })

  test('is made by the hook of the application', () => {
    const asked: unknown[] = []
    useHook((error: Error, sites: unknown[]) => {
      asked.push(error)
      return `hooked ${error.message} ${sites.length > 0}`
    })
    const error = new Error('e')
    expect(safeGet(error, 'stack').value).toBe('hooked e true')
    expect(asked).toEqual([error])
    expect(peekStack(new Error('peeked')).value).toMatch(/^Error: peeked\n {4}at /)
    expect(asked).toEqual([error])
  })

  test('is read where that hook throws, and the hook stays', () => {
    const broken = (): never => {
      throw new Error('broken hook')
    }
    useHook(broken)
    const read = firstLines(new Error('e'))
    expect(Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')).toEqual({
      value: broken,
      writable: true,
      configurable: true,
      enumerable: false,
    })
    Reflect.deleteProperty(Error, 'prepareStackTrace')
    expect(read).toMatch(here)
  })

  test('is read where that hook returns the call sites, before and after', () => {
    useHook((_error: Error, sites: unknown[]) => sites)
    const error = new Error('e')
    const first = safeGet(error, 'stack').value
    expect(first).toMatch(/^Error\n {4}at .*primordials\.test\.ts/)
    expect(Array.isArray(error.stack)).toBe(true)
    expect(safeGet(error, 'stack').value).toBe(first)
  })

  test('is read where the hook is an accessor, which is neither called nor lost', () => {
    let calls = 0
    const accessor = {
      configurable: true,
      enumerable: false,
      get: () => void calls++,
      set: () => void calls++,
    }
    Object.defineProperty(Error, 'prepareStackTrace', accessor)
    // Vitest may have asked for a stack meanwhile.
    const errors = [withGetter(new Error('e'), 'name', () => calls++), new Error('peeked')]
    const before = calls
    const read = [safeGet(errors[0], 'stack').value, peekStack(errors[1]).value]
    expect(calls).toBe(before)
    expect(Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')).toEqual(accessor)
    expect(read).toEqual([expect.stringMatching(here), expect.stringMatching(/^Error: peeked\n {4}at /)])
  })

  test('is empty without frames, and the limit stays', () => {
    for (const value of [0, undefined, 'none', Infinity]) {
      Error.stackTraceLimit = value as number
      safeGet(new Error('e'), 'stack')
      safeGet(
        withGetter(new Error('e'), 'name', () => {}),
        'stack',
      )
      expect(Error.stackTraceLimit).toBe(value)
    }
    Error.stackTraceLimit = 0
    expect(firstLines(new Error('e'))).toBe('Error: e')
  })

  test('of an error with a long message is put together without copying it', () => {
    const stack = safeGet(new Error('m'.repeat(50_000_000)), 'stack').value
    expect(stack).toMatch(/^Error: \[50000000 characters\]\n {4}at /)
  })
})
