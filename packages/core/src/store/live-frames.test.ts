import { describe, expect, test } from 'vitest'
import { InstrumentedFrame } from '../engine/live-frame.ts'
import type { NotedFrame } from '../engine/instrument-runtime.ts'
import { ThrowpointError } from '../errors.ts'
import { LiveFrames } from './live-frames.ts'

/** A live frame of a function with one variable. */
function frame(value: number): InstrumentedFrame {
  const noted: NotedFrame = {
    functionName: 'f',
    file: '/app/f.js',
    async: false,
    birth: false,
    start: undefined,
    end: undefined,
    omittedAfter: 0,
    hasThis: false,
    thisValue: undefined,
    contains: () => false,
    scopes: () => [],
    evaluate: () => value,
  }
  return new InstrumentedFrame(noted, undefined, (callback) => callback())
}

function code(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return (error as ThrowpointError).code
  }
}

describe('frames that are kept', () => {
  test('the oldest report goes first, and its frames let go of their scopes', async () => {
    const live = new LiveFrames({ count: 2 })
    const frames = [frame(1), frame(2), frame(3)]
    for (const [index, each] of frames.entries()) live.add(`r${index}`, [undefined, each])
    expect(live.size).toBe(2)
    expect(code(() => live.frame('r0', 1))).toBe('TP_NOT_LIVE')
    expect(await live.frame('r1', 1).evaluate('x')).toBe(2)
    expect(await live.frame('r2', 1).evaluate('x')).toBe(3)
    await expect(frames[0]!.evaluate('x')).rejects.toThrow('The variables of this frame are gone')
    expect(code(() => frames[0]!.scopes())).toBe('TP_NOT_LIVE')
  })

  test('they go when they are too old, with or without another exception', async () => {
    let now = 0
    const live = new LiveFrames({ age: 1_000 }, () => now)
    const [first, second] = [frame(1), frame(2)]
    live.add('old', [first])
    now = 600
    live.add('new', [second])
    now = 1_000
    expect(live.size).toBe(1)
    await expect(first.evaluate('x')).rejects.toMatchObject({ code: 'TP_NOT_LIVE' })
    expect(await second.evaluate('x')).toBe(2)
    now = 1_600
    expect(code(() => live.frame('new', 0))).toBe('TP_NOT_LIVE')
    expect(live.size).toBe(0)
  })

  test('a report without live frames takes no place; a frame that is not live says so', () => {
    const live = new LiveFrames({ count: 1 })
    live.add('kept', [undefined, frame(1)])
    live.add('none', [undefined, undefined])
    expect(live.size).toBe(1)
    for (const [id, index] of [
      ['kept', 0],
      ['kept', 7],
      ['none', 0],
      ['nobody', 0],
    ] as const) {
      expect(code(() => live.frame(id, index))).toBe('TP_NOT_LIVE')
    }
  })
})
