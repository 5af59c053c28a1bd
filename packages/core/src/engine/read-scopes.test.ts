import { defaultLimits } from '@throwpoint/protocol'
import { expect, test } from 'vitest'
import { Redaction } from '../redact/redaction.ts'
import { ValueReader } from '../value/read-value.ts'
import type { NotedFrame } from './instrument-runtime.ts'
import { readVariables, type Opened } from './read-scopes.ts'

/** A frame with variables and perhaps a `this`, as the engine opens it. */
function opened(names: Record<string, unknown>, thisValue?: unknown): Opened {
  const noted = {
    hasThis: thisValue !== undefined,
    thisValue,
    scopes: () => [
      { type: 'local', names: Object.keys(names), read: (name: string) => ({ value: names[name] }) },
    ],
  } as unknown as NotedFrame
  const scopes: Opened['scopes'] = []
  return { noted, at: undefined, frame: { scopes } as unknown as Opened['frame'], scopes }
}

function read(frames: readonly Opened[]): readonly Opened['frame'][] {
  const limits = defaultLimits
  const reader = new ValueReader({ limits, redactor: new Redaction().forReport(), deadline: Infinity })
  readVariables(frames, { reader, exchange: undefined, isCause: false }, limits)
  return frames.map(({ frame }) => frame)
}

test('the properties of this stand where the method is, not under the name a caller has for it', () => {
  const cart = { items: 3 }
  const [method, caller] = read([opened({}, cart), opened({ cart })])
  expect(method!.this?.children?.map(({ name }) => name)).toEqual(['items'])
  expect(caller!.scopes[0]!.variables[0]!.value.children).toBeUndefined()
})

test('the first ten frames and the last two have their variables, the others say why not', () => {
  const frames = read(Array.from({ length: 15 }, (_, index) => opened({ index })))
  const without = frames.flatMap(({ scopes }, index) => (scopes[0]!.unavailable === undefined ? [] : [index]))
  expect(without).toEqual([10, 11, 12])
  expect(frames[10]!.scopes[0]!.unavailable).toMatch(/first 10 and the last 2 frames/)
})
