import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { callSite, type CallSite } from './call-site.ts'

const descriptors = ['stackTraceLimit', 'prepareStackTrace'].map((name) => {
  return [name, Object.getOwnPropertyDescriptor(Error, name)] as const
})

afterEach(() => {
  for (const [name, descriptor] of descriptors) {
    if (descriptor === undefined) Reflect.deleteProperty(Error, name)
    else Object.defineProperty(Error, name, descriptor)
  }
})

/** Stands for a hook of ours that user code has called. */
function hook(): CallSite {
  return callSite(hook)
}

/** The line of this file that calls it; vitest's hook knows where that is. */
function here(): number {
  const line = new Error('here').stack!.split('\n')[2]!
  return Number(/:(\d+):\d+\)?$/.exec(line)![1])
}

describe('callSite', () => {
  it('is the line that called the function above', () => {
    const [site, line] = [hook(), here()]
    expect(site.resolve()).toMatchObject({ file: import.meta.filename, line })
    // Also the second time, when the stack itself is let go.
    expect(site.resolve()).toMatchObject({ file: import.meta.filename, line })
  })

  it('is found in the caller behind an await', async () => {
    async function later(): Promise<CallSite> {
      await Promise.resolve()
      return Reflect.apply(hook, undefined, [])
    }
    expect((await later()).resolve()?.file).toBe(import.meta.filename)
  })

  it('is nothing when nobody of the user called', async () => {
    const site = await new Promise<CallSite>((resolve) => {
      queueMicrotask(() => {
        resolve(callSite(Promise))
      })
    })
    expect(site.resolve()).toBeUndefined()
  })

  it.each([0, -1, Number.NaN, 'many', undefined])('does not look at a stackTraceLimit of %s', (limit) => {
    Object.assign(Error, { stackTraceLimit: limit })
    expect(hook().resolve()?.file).toBe(import.meta.filename)
    expect(Error.stackTraceLimit).toBe(limit)
  })

  it('does not need a stackTraceLimit that can be written, or that is there', () => {
    Object.defineProperty(Error, 'stackTraceLimit', { value: 0, writable: false, configurable: true })
    expect(hook().resolve()?.file).toBe(import.meta.filename)
    expect(Error.stackTraceLimit).toBe(0)
    Reflect.deleteProperty(Error, 'stackTraceLimit')
    expect(hook().resolve()?.file).toBe(import.meta.filename)
    expect(Object.hasOwn(Error, 'stackTraceLimit')).toBe(false)
  })

  it('asks only a hook of a compiler, about its own code, and survives it', () => {
    const lines: number[] = []
    Error.prepareStackTrace = (_, sites): string => {
      lines.push(...sites.map((site) => site.getLineNumber()!))
      return `Error\n    at f (${import.meta.filename}:7:8)`
    }
    expect(hook().resolve()).toEqual({ file: import.meta.filename, line: 7, column: 8 })
    expect(lines).toHaveLength(1)
    const failing = (): never => {
      throw new Error('of the application')
    }
    Error.prepareStackTrace = failing
    expect(hook().resolve()?.file).toBe(import.meta.filename)
    expect(Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')?.value).toBe(failing)
  })

  it('works with a broken Error', () => {
    const descriptor = Object.getOwnPropertyDescriptor(Error, 'captureStackTrace')!
    Reflect.deleteProperty(Error, 'captureStackTrace')
    try {
      expect(hook().resolve()?.file).toBe(import.meta.filename)
    } finally {
      Object.defineProperty(Error, 'captureStackTrace', descriptor)
    }
  })

  it('turns file URLs into paths', () => {
    expect(pathToFileURL(hook().resolve()!.file).pathname).toBe(import.meta.filename)
  })
})
