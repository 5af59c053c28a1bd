import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Key, Keys } from './keys.ts'

/** Neighbouring texts put together. */
function joined(keys: readonly Key[]): unknown[] {
  const result: Array<{ kind: string; text?: string }> = []
  for (const key of keys) {
    const last = result.at(-1)
    if (key.kind !== 'text') result.push(key)
    else if (last?.kind === 'text') last.text += key.bytes.toString('latin1')
    else result.push({ kind: 'text', text: key.bytes.toString('latin1') })
  }
  return result
}

function read(...chunks: readonly string[]): unknown[] {
  const keys = new Keys()
  return joined(chunks.flatMap((chunk) => keys.read(Buffer.from(chunk, 'latin1'))))
}

describe('Keys', () => {
  it('tells what is no text', () => {
    expect(read('ab\r\tc\u0003\u0004\u001a')).toEqual([
      { kind: 'text', text: 'ab' },
      { kind: 'enter' },
      { kind: 'tab' },
      { kind: 'text', text: 'c' },
      { kind: 'interrupt' },
      { kind: 'end' },
      { kind: 'suspend' },
    ])
  })

  it('takes a line end of two characters for one', () => {
    expect(read('\r\n\n')).toEqual([{ kind: 'enter' }, { kind: 'enter' }])
  })

  it('keeps a lone Esc, and arrows', () => {
    expect(read('\u001b')).toEqual([{ kind: 'text', text: '\u001b' }])
    expect(read('\u001b[A')).toEqual([{ kind: 'text', text: '\u001b[A' }])
  })

  it('executes nothing of what is pasted', () => {
    expect(read('\u001b[200~quit\r\n\u0003rm\tx\u001b[A\r\u001b[201~z')).toEqual([
      { kind: 'paste', text: 'quit\nrm  x[A' },
      { kind: 'text', text: 'z' },
    ])
  })

  it('bounds a paste', () => {
    const [paste] = read(
      '\u001b[200~',
      ...Array.from({ length: 40 }, () => 'x'.repeat(1 << 16)),
      '\u001b[201~',
    ) as [{ text: string }]
    expect(paste.text.length).toBe(1 << 20)
  })

  it('reads the same however it is cut', () => {
    const pieces = [
      'a',
      'é',
      '\r',
      '\u0003',
      '\u001b[200~',
      '\u001b[201~',
      '\u001b[A',
      '\t',
      'x\ny',
      '\u001b[20',
    ]
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { maxLength: 12 }),
        fc.array(fc.nat(80)),
        (parts, cuts) => {
          const text = `${parts.join('')}\u001b[201~\u001b[201~.`
          const at = [...new Set(cuts.map((cut) => Math.min(cut, text.length)))]
            // An Esc that comes alone is a key: nobody waits for what may follow.
            // oxlint-disable-next-line no-control-regex -- it is one
            .filter((cut) => !/\u001b\[?$/.test(text.slice(0, cut)))
            .sort((a, b) => a - b)
          const chunks = [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length))
          expect(read(...chunks)).toEqual(read(text))
        },
      ),
    )
  })
})
