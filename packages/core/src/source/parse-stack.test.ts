import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStack, type StackFrame } from './parse-stack.ts'

/** `async? name @ file:line:column`, `~` before a place that is not exact. */
function short({ async, functionName, file, line, column, exact }: StackFrame): string {
  const place = file === undefined ? '-' : `${exact ? '' : '~'}${file}:${line}:${column}`
  return `${async ? 'async ' : ''}${functionName} @ ${place}`
}

function of(text: string, message?: string): string[] {
  return parseStack(text, message === undefined ? {} : { message }).map(short)
}

// Lines that Node 20.20, 22.23, 24.21 and 26.10 print; they differ only where it is said.
const lines: ReadonlyArray<readonly [line: string, frame: string]> = [
  ['at Cart.total (/app/cart.cjs:5:30)', 'Cart.total @ /app/cart.cjs:5:30'],
  ['at /app/cart.cjs:6:33', ' @ /app/cart.cjs:6:33'],
  ['at get tax [as tax] (/app/cart.cjs:5:69)', 'get tax [as tax] @ /app/cart.cjs:5:69'], // 20
  ['at get tax (/app/cart.cjs:5:69)', 'get tax @ /app/cart.cjs:5:69'], // 22 and later
  ['at new Cart (/app/cart.cjs:5:162)', 'new Cart @ /app/cart.cjs:5:162'],
  ['at #hidden (/app/cart.cjs:5:203)', '#hidden @ /app/cart.cjs:5:203'],
  ['at Object.handle [as go] (/app/cart.cjs:10:48)', 'Object.handle [as go] @ /app/cart.cjs:10:48'],
  ['at Object.<anonymous> (/app/cart.cjs:12:1)', 'Object.<anonymous> @ /app/cart.cjs:12:1'],
  ['at Array.map (<anonymous>)', 'Array.map @ -'],
  ['at new Promise (<anonymous>)', 'new Promise @ -'],
  ['at gen.next (<anonymous>)', 'gen.next @ -'],
  ['at Array.forEach (native)', 'Array.forEach @ -'],
  ['at Module.esm (file:///app/esm.mjs:1:57)', 'Module.esm @ /app/esm.mjs:1:57'],
  ['at async file:///app/my%20esm.mjs:3:9', 'async  @ /app/my esm.mjs:3:9'],
  ['at file:///app/esm.mjs?t=17#x:3:9', ' @ /app/esm.mjs:3:9'],
  ['at async parent (/app/cart.cjs:36:27)', 'async parent @ /app/cart.cjs:36:27'],
  ['at async Promise.all (index 0)', 'async Promise.all (index 0) @ -'],
  ['at async Promise.any (index 12)', 'async Promise.any (index 12) @ -'],
  ['at Object.openSync (node:fs:573:18)', 'Object.openSync @ node:fs:573:18'],
  ['at async node:internal/process/x:95:5', 'async  @ node:internal/process/x:95:5'],
  ['at inner (eval at <anonymous> (/app/a.cjs:15:20), <anonymous>:1:27)', 'inner @ ~/app/a.cjs:15:20'],
  [
    'at eval (eval at <anonymous> (eval at <anonymous> (/app/a.cjs:16:27)), <anonymous>:1:7)',
    'eval @ ~/app/a.cjs:16:27',
  ],
  [
    'at eval (eval at f (eval at g (/app/a.cjs:1:2), <anonymous>:3:4), <anonymous>:5:6)',
    'eval @ ~/app/a.cjs:1:2',
  ],
  ['at eval (eval at f (/app/my (old) a.cjs:1:2), <anonymous>:5:6)', 'eval @ ~/app/my (old) a.cjs:1:2'],
  ['at eval (my-script.js:1:46)', 'eval @ my-script.js:1:46'],
  ['at v (evalmachine.<anonymous>:1:23)', 'v @ evalmachine.<anonymous>:1:23'],
  ['at [eval]:1:7', ' @ [eval]:1:7'],
  ['at a (b:1:2) (/app/cart.cjs:21:51)', 'a (b:1:2) @ /app/cart.cjs:21:51'],
  ['at thrower (/app/odd (dir) x/thrower.cjs:1:45)', 'thrower @ /app/odd (dir) x/thrower.cjs:1:45'],
  ['at thrower (/app/odd (dir/thrower.cjs:1:45)', 'thrower @ /app/odd (dir/thrower.cjs:1:45'],
  ['at thrower (/app/odd) dir/thrower.cjs:1:45)', 'thrower @ /app/odd) dir/thrower.cjs:1:45'],
  ['at f (C:\\app\\cart.js:1:2)', 'f @ C:\\app\\cart.js:1:2'],
  ['at wasm://wasm/0145fffe:wasm-function[0]:0x1e', ' @ wasm://wasm/0145fffe:1:31'],
  ['at f (wasm://wasm/a-0145fffe:wasm-function[7]:0x1e)', 'f @ wasm://wasm/a-0145fffe:1:31'],
  [
    'at Module.default (data:text/javascript,export default () => { throw new Error("data") }:1:30)',
    'Module.default @ data:text/javascript,export default () => { throw new Error("data") }:1:30',
  ],
]

describe('parseStack', () => {
  it.each(lines)('%s', (line, frame) => {
    expect(of(`Error: x\n    ${line}`)).toEqual([frame])
    // Neighbours are not touched, and Windows' line ends change nothing.
    expect(of(`Error: x\r\n    at a (/a.js:1:2)\r\n    ${line}\r\n    at b (/b.js:3:4)\r\n`)).toEqual([
      'a @ /a.js:1:2',
      frame,
      'b @ /b.js:3:4',
    ])
  })

  it('says where each place is written', () => {
    const text =
      'Error: x\n    at async a (file:///a.mjs:1:2)\n    at /b.js:3:4\n    at Array.map (<anonymous>)'
    expect(parseStack(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      'file:///a.mjs:1:2',
      '/b.js:3:4',
      '',
    ])
  })

  it('takes the original position from the older form of Node with source maps', () => {
    const text = [
      'Error: x',
      '    at total (/app/dist/cart.js:1:200)',
      '    -> /app/src/cart.ts:7:9',
      '    at run (/app/dist/run.js:3:4)',
    ].join('\n')
    expect(of(text)).toEqual(['total @ /app/src/cart.ts:7:9', 'run @ /app/dist/run.js:3:4'])
    expect(parseStack(text).map(({ mapped }) => mapped)).toEqual([true, false])
  })

  it('finds the frames below the source line that Node puts above a header', () => {
    const text =
      'evalmachine.<anonymous>:1\n(function v() { throw new Error("vm") })()\n      ^\n\nError: vm\n    at v (/a.js:1:23)'
    expect(of(text, 'vm')).toEqual(['v @ /a.js:1:23'])
  })

  it.each([
    'first\n    at fake (/etc/passwd:1:1)\nlast',
    'ends in a line of a stack\n    at fake (/etc/passwd:1:1)',
    '\n    at fake (/etc/passwd:1:1)\n    at fake (/etc/passwd:2:2)',
    '    at fake (/etc/passwd:1:1)',
    'x\n    -> /etc/passwd:1:1',
  ])('takes no frame out of the message %j', (message) => {
    for (const head of ['Error: ', 'Error [CODE]: ', '/a.js:1\nthrow x\n^\n\nError: ', '']) {
      expect(of(`${head}${message}\n    at real (/app/a.js:1:2)`, message)).toEqual(['real @ /app/a.js:1:2'])
    }
  })

  it('takes no frame out of any message V8 was given', () => {
    const make = (message: string): Error => new Error(message)
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('\n', '    at ', '\n    at f (/x:1:1)', ' (', ')', ':1:1', 'async ', '\r'),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const message = parts.join('')
        const [expected, actual] = ['plain', message].map((text) => of(make(text).stack!, text))
        expect(actual).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('stops where another stack begins', () => {
    const text = 'Error: x\n    at a (/a.js:1:2)\nCaused by: Error: y\n    at b (/b.js:1:2)'
    expect(of(text)).toEqual(['a @ /a.js:1:2'])
  })

  it.each([
    '',
    'Error',
    'Error: none',
    'at f (/a.js:1:2)',
    '\n\n',
    '    at ',
    '    at midnight',
    '    at ()',
  ])('finds nothing in %j', (text) => {
    expect(of(text)).toEqual([])
  })

  it('skips a line that is no frame among those that are', () => {
    expect(of('x\n    at a (/a.js:1:2)\n    at once\n    at b (/b.js:1:2)')).toEqual([
      'a @ /a.js:1:2',
      'b @ /b.js:1:2',
    ])
  })

  it('reads the stacks of the Node that runs this', async () => {
    const e = await (async function outer() {
      const rejects = async (): Promise<never> => Promise.reject(await Promise.resolve(new Error('x')))
      return await Promise.all([rejects(), rejects()])
    })().catch((error: unknown) => error as Error)
    const written = (e as Error).stack!.split('\n').slice(1)
    expect(written.length).toBeGreaterThan(0)
    expect(parseStack((e as Error).stack!)).toHaveLength(written.length)
  })

  it('never throws, and reads only so many frames', () => {
    const text = fc.array(
      fc.oneof(fc.string(), fc.constantFrom(...lines.map(([line]) => `\n    ${line}`), '\n    -> ')),
    )
    fc.assert(
      fc.property(text, fc.string(), fc.integer({ min: 0, max: 5 }), (parts, message, most) => {
        expect(parseStack(parts.join(''), { message, most }).length).toBeLessThanOrEqual(most)
      }),
    )
  })

  const frame = '    at someFunction (/app/some/folder/file.js:123:45)\n'
  it.each([
    ['frames without end', `Error: x\n${frame.repeat(200_000)}`],
    ['one line', `Error: x\n    at ${'a'.repeat(5_000_000)}`],
    ['parentheses', `Error: x\n    at ${' ('.repeat(2_000_000)}${')'.repeat(100)}`],
    ['many lines with parentheses', `Error: x\n${`    at ${' ('.repeat(900)}x)\n`.repeat(2_000)}`],
    ['evals', `Error: x\n${`    at ${'eval at f ('.repeat(150)}/a:1:1)\n`.repeat(500)}`],
    ['colons and digits', `Error: x\n    at ${':1'.repeat(2_000_000)}`],
    ['a header without frames', 'a'.repeat(5_000_000)],
  ])('comes to an end with %s', (_, text) => {
    const message = `${'a'.repeat(400_000)}    at b`
    // Some milliseconds; a quadratic reader takes minutes, more than a test may.
    const frames = parseStack(text, { message })
    expect(frames.length).toBeLessThanOrEqual(1_000)
  })

  it('shortens the name of a long data: URL', () => {
    const [frame] = parseStack(`Error\n    at f (data:text/javascript;base64,${'A'.repeat(100_000)}:1:30)`)
    expect(frame).toMatchObject({ functionName: 'f', line: 1, column: 30, start: -1 })
    expect(frame!.file!.length).toBeLessThan(200)
  })
})
