import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Reply } from '../../packages/core/src/session/reply.ts'
import { nodes, preload } from '../live/server.ts'
import { Shop, view } from './shop.ts'

const golden = (name: string): string => fileURLToPath(new URL(`golden/${name}.txt`, import.meta.url))

const versions = process.env['THROWPOINT_FULL'] === '1' ? nodes : nodes.slice(0, 1)

describe.each(versions)('a capture on Node %s', (_, node) => {
  let shop: Shop
  let hold: number
  const text = async (line: string): Promise<string> => (await shop.execute(hold, line)).text
  const value = async (line: string): Promise<unknown> => {
    const { data } = (await shop.execute(hold, line)) as { data: { value?: unknown; description: string } }
    return data.value ?? data.description
  }

  beforeAll(async () => {
    shop = await Shop.start(node, preload)
    hold = (await shop.order(7)).hold
  })
  afterAll(() => shop.stop())

  it('is looked at from frame to frame', async () => {
    const { hold: other } = await shop.order(7, '?country=de')
    const lines = [
      'where',
      'locals',
      'args',
      'order',
      'display row.price',
      'up',
      'locals order',
      'password',
      'down',
      'p order.rows.map((each) => each.price)',
      'exceptions',
      'exceptions 1',
      'row.name',
      'order.first()',
      'exceptions 0',
      'wehre',
      'c',
      '.c',
      'step',
      'll',
      'list',
      '',
      'response',
      'open',
      'hist 1',
    ]
    await expect(await shop.transcript(other, lines)).toMatchFileSnapshot(golden('capture'))
  })

  it('runs code in the frame, and assignments reach the program', async () => {
    await shop.execute(hold, 'frame 0')
    expect(await value('sum = 5')).toBe(5)
    expect(await value('sum')).toBe(5)
    expect(await text('locals sum')).toMatch(/^ {2}sum {2}5$/m)
    await shop.execute(hold, 'sold = 41')
    expect(await value('order.total')).toBe(12)
    expect(await value('sold')).toBe(42)
    expect(await value('if (sum > 4) { "more" } else { "less" }')).toBe('more')
    expect(await value('{ a: 1 }')).toBe('Object')
    expect(await text('rate = 2')).toBe('TypeError: Assignment to constant variable.')
    expect(await text('done')).toBe("ReferenceError: Cannot access 'done' before initialization")
  })

  it('shows the beginning of a text that is too long to be shown', async () => {
    expect(await text("'tea'.repeat(1e6)")).toMatch(
      /^'(?:tea)*te?a?'…\n… 3000000 characters in all; "pp" shows more of them$/,
    )
    expect(await text("pp 'tea\\n'.repeat(1e6)")).toMatch(/^(?:tea\n)+t?e?a?\n?… \d+ more characters$/)
    expect(await text("whatis 'tea'.repeat(1e6)")).toMatch(/^string, 3000000 characters {2}'tea/)
    const token = "['Zx9kQ2mN7', 'pR4tV6wB3'].join('')"
    expect(await text(`${token} + ' x'.repeat(2e6)`)).toMatch(/^'\[redacted\] x x/)
    expect(await text(`let password = ' x'.repeat(2e6); password`)).toMatch(/^\[redacted\]/)
  })

  it('waits for promises only when it is told to', async () => {
    expect(await text('find(3)')).toMatch(/^Promise/)
    expect(await text('(await find(3)).name')).toBe("'customer 3'")
    expect(await text('await find(3)')).toContain("name: 'customer 3'")
    // In a script this would call a function of the name `await`.
    expect(await text('await (find(3)).then((one) => one.name)')).toBe("'customer 3'")
    expect(await text('Promise.resolve(1)')).toBe('Promise')
    expect(await value('for await (const one of [find(1)]) one.name')).toBeDefined()
  })

  it('gives up an await, and ends code that does not return', async () => {
    const endless = shop.call<Reply>(hold, 'execute', 'await new Promise(() => {})', view, 300)
    const other = await fetch(`http://127.0.0.1:${shop.port}/find/9`)
    expect(await other.json()).toMatchObject({ name: 'customer 9' })
    expect((await endless).result.error!.code).toBe('TP_ABORTED')
    const spinning = shop.call<Reply>(
      hold,
      'execute',
      'globalThis.spins = true; while (globalThis.spins) await null',
      view,
      300,
    )
    expect(await (await fetch(`http://127.0.0.1:${shop.port}/find/8`)).json()).toMatchObject({
      name: 'customer 8',
    })
    expect((await spinning).result.error!.code).toBe('TP_ABORTED')
    await shop.execute(hold, 'globalThis.spins = false')
    expect((await shop.execute(hold, 'for(;;){}')).error!.code).toBe('TP_TIMEOUT')
    expect(await value('1 + 1')).toBe(2)
  })

  it('prefers a variable to a command, and says so once', async () => {
    await shop.execute(hold, 'frame 0')
    const { hold: other } = await shop.order(7)
    expect((await shop.execute(other, 'c')).text).toBe('2\n(the variable c; the command is .c)')
    expect((await shop.execute(other, 'c')).text).toBe('2')
    expect((await shop.execute(other, 'c + 1')).text).toBe('3')
    for (const forced of ['.c', '!!c']) {
      expect((await shop.execute(other, forced)).error!.code).toBe('TP_NO_HOLD')
    }
    expect((await shop.execute(other, '!where')).error!.message).toMatch(
      /^ReferenceError: where is not defined/,
    )
    await shop.execute(other, 'let p = 1')
    expect((await shop.execute(other, 'p')).text).toMatch(/^1\n\(the variable p/)
    expect((await shop.execute(other, 'p sum + 1')).text).toMatch(/\n\(the command p; the variable is !p\)$/)
  })

  it('keeps what is declared at the prompt, and prints what code prints', async () => {
    await shop.execute(hold, 'let found = order.rows.find((each) => each.price > 5)')
    expect(await value('found.name')).toBe('cup')
    await shop.execute(hold, 'found = 3')
    expect(await value('found')).toBe(3)
    await shop.execute(hold, 'function double(x) { return x * 2 }')
    expect(await value('double(found)')).toBe(6)
    await shop.execute(hold, 'const { name: kept, cost = 4, ...rest } = { name: "tea", more: 1 }')
    expect(await value('[kept, cost, rest.more].join()')).toBe('tea,4,1')
    await shop.execute(hold, 'let [first1, second1] = order.rows')
    expect(await value('second1.name')).toBe('cup')
    expect(await text('const { order } = {}')).toMatch(/is a variable of this frame/)
    expect(await text('const order = 1')).toMatch(/is a variable of this frame/)
    expect(await text('lsit 10, 20')).toMatch(/^SyntaxError: .*Did you mean the command list\?$/)
    expect(await text('unknown1 = 1')).toMatch(/let unknown1 = 1$/)
    const { text: printed, data } = await shop.execute(hold, 'console.log("a\\nb", order.rows[0]), 7')
    expect(printed).toBe(`a\nb { name: 'tea', price: 3 }\n7`)
    expect(data).toMatchObject({ value: { value: 7 }, printed: ['a', "b { name: 'tea', price: 3 }"] })
    expect(shop.output).not.toContain('tea')
    expect(await value('$_')).toBe(7)
  })

  it('knows the error, the request, the response and the frame', async () => {
    expect(await value('$err.message')).toBe('no price for cup')
    expect(await value('$err === $err && $err instanceof TypeError')).toBe(true)
    expect(await value('$req.method + $res.statusCode')).toBe('POST500')
    expect(await value('$frame.functionName')).toBe('price')
    expect(await value('$ctx')).toBe('undefined')
  })

  it('hides secrets in whatever is printed', async () => {
    const said: string[] = []
    const lines = [
      'frame 1',
      'locals',
      'password',
      'p { password }',
      '[token]',
      'console.log(token)',
      '$req.headers',
      'request',
      'env',
    ]
    for (const line of lines) {
      const { text: shown, data } = await shop.execute(hold, line)
      said.push(shown, JSON.stringify(data))
    }
    said.push(
      await text('await find(1)'),
      await text('!throw new Error(token)'),
      await text('env THROWPOINT_CACHE'),
    )
    await shop.execute(hold, 'frame 0')
    for (const secret of ['correct horse', 'Zx9kQ2mN7pR4tV6wB3', 'sk_live', 'abcdefgh12345678'])
      expect(said.join('\n')).not.toContain(secret)
  })

  it('completes without running a getter', async () => {
    await shop.execute(hold, 'sold = 0')
    const complete = async (line: string): Promise<unknown> =>
      (await shop.call(hold, 'complete', line)).result
    expect(await complete('order.')).toEqual(
      expect.arrayContaining(['order.id', 'order.rows', 'order.total', 'order.first']),
    )
    expect(await complete('p order.rows[0].pr')).toEqual(['order.rows[0].price'])
    expect(await complete('$err.mess')).toEqual(['$err.message'])
    expect(await complete('ord')).toEqual(['order'])
    expect(await complete('order.total.')).toEqual([])
    await shop.execute(hold, 'ls order ;; locals ;; pp order')
    expect(await value('sold')).toBe(0)
  })

  it('asks for more lines while the code is open', async () => {
    const complete = async (line: string): Promise<unknown> =>
      (await shop.call(hold, 'isComplete', line)).result
    expect(await complete('order.rows.map((each) => {')).toBe(false)
    expect(await complete('p [')).toBe(false)
    expect(await complete('where (')).toBe(true)
    expect(await complete('where ;; p `')).toBe(false)
    expect(await value('order.rows\n  .map((each) => {\n    return each.price\n  })\n  .length')).toBe(2)
  })

  it('survives what code gives, throws and leaves behind', async () => {
    const lines = [
      'Promise.reject(new Error("nobody handles this"))',
      'let later = Promise.reject(1)',
      'new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 } })',
      'ls new Proxy({}, { ownKeys() { throw 2 } })',
      '({ get a() { throw 1 }, [Symbol.toPrimitive]() { throw 2 }, toJSON() { throw 3 } })',
      '!throw null',
      '!throw { toString() { throw 1 } }',
      '!throw new Proxy(new Error("x"), { get() { throw 1 } })',
      '(function f() { return f() })()',
      '"\\u001b[2J\\u202e\\u0000"',
      'pp "\\u001b[2J\\r\\n"',
      '({ ["\\u001b[31m"]: 1 })',
      'console.log("\\u001b[2J", Symbol("\\u0007"), () => {})',
      '({ then(resolve) { resolve(5) } })',
      'await ({ then(resolve) { resolve(5) } })',
      'new Array(1e7)',
      '"x".repeat(1e6)',
      '10n ** 1000n',
      'globalThis',
      'let many = Buffer.alloc(1e8)',
      'ls many',
      'locals',
      'process.exitCode',
    ]
    for (const line of lines) {
      const reply = await shop.execute(hold, line)
      // oxlint-disable-next-line no-control-regex -- looks for them
      expect(reply.text, line).not.toMatch(/(?!\n)[\u0000-\u001f\u007f-\u009f\u202e]/)
      expect(reply.text.length, line).toBeLessThan(200_000)
    }
    const { result } = await shop.call<string[]>(hold, 'complete', 'many.')
    expect(result).toContain('many.byteLength')
    expect(await value('1 + 1')).toBe(2)
  })

  it('is saved for later', async () => {
    expect((await shop.execute(hold, 'save /nowhere/at/all')).error!.code).toBe('TP_DUMP_FAILED')
  })
})

it('without the preload says why there are no variables, and answers what was captured', async () => {
  const shop = await Shop.start(process.execPath, [])
  try {
    const { hold } = await shop.order(7)
    const lines = [
      'locals',
      'sum',
      '$err.message',
      '$req.body.note',
      '$err.stack.length > 1',
      'sum + 1',
      'await $req.method',
      'up',
      'll',
    ]
    await expect(await shop.transcript(hold, lines)).toMatchFileSnapshot(golden('without-preload'))
  } finally {
    await shop.stop()
  }
})
