import { AsyncLocalStorage } from 'node:async_hooks'
import vm from 'node:vm'
import { rewrite, Runtime, type FunctionTable } from '@throwpoint/instrument'
import { afterAll, beforeAll, expect, test } from 'vitest'

const runtime = Runtime.shared()
const scope = new AsyncLocalStorage<object>()
const tables = new Map<string, FunctionTable>()
runtime.addTables((file) => () => tables.get(file))
beforeAll(() => runtime.setContext(() => scope.getStore()))
afterAll(() => runtime.setContext(undefined))

let count = 0

// eslint-disable-next-line typescript/no-explicit-any
function load(source: string, requests = true): any {
  const file = `/active/${++count}.cjs`
  const result = rewrite(source, { file, kind: 'commonjs', language: 'js', requests })
  if ('untouched' in result) throw new Error(result.untouched)
  tables.set(file, result.functions)
  const module = { exports: {} }
  const body = vm.runInThisContext(`(function (module) {${result.code}\n})`, { filename: file })
  ;(body as (module: object) => void)(module)
  return module.exports
}

/** `name:line:column`, outermost first. */
function standing(context: object): string {
  return runtime
    .activeFrames(context)
    .map(({ functionName, line, column }) => `${functionName}:${line}:${column}`)
    .join(' > ')
}

function gate(): { promise: Promise<unknown>; open: (value?: unknown) => void } {
  let open!: (value?: unknown) => void
  const promise = new Promise((resolve) => (open = resolve))
  return { promise, open }
}

/** Lets everything run that waits for nothing outside. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

test('unfinished functions of a request, with the await each stands at', async () => {
  const { handler } = load(`
module.exports.handler = async function handler(gates) {
  const arrow = async (gate) => await gate
  await arrow(gates[0])
  const list = []
  for await (const item of items(gates)) list.push(item)
  return list
}
async function* items(gates) {
  yield 1
  await gates[1]
  yield 2
}`)
  const gates = [gate(), gate()]
  const context = {}
  const done = scope.run(context, () => handler(gates.map(({ promise }) => promise))) as Promise<unknown>
  expect(standing(context)).toBe('handler:4:3 > arrow:3:33')
  gates[0]!.open()
  await settled()
  expect(standing(context)).toBe('handler:6:3 > items:11:3')
  gates[1]!.open()
  expect(await done).toEqual([1, 2])
  expect(standing(context)).toBe('')
})

test('requests that run at the same time, in any order, and what no request started', async () => {
  const { outer } = load(`
async function inner(gate) { return await gate }
module.exports.outer = async (gate) => {
  const one = await inner(gate)
  function between() { return 1 }
  return one + await inner(between())
}`)
  const gates = Array.from({ length: 20 }, gate)
  const contexts = gates.map(() => ({}))
  const all = gates.map(({ promise }, index) => scope.run(contexts[index]!, () => outer(promise)))
  const nobody = gate()
  const outside = outer(nobody.promise)
  for (const [index, { open }] of gates.entries()) if (index % 3 === 1) open(1)
  await settled()
  for (const [index, context] of contexts.entries()) {
    expect(standing(context)).toBe(index % 3 === 1 ? '' : 'outer:4:15 > inner:2:37')
  }
  for (const { open } of gates) open(1)
  nobody.open(1)
  expect(await Promise.all([...all, outside])).toEqual(Array.from({ length: 21 }, () => 2))
  expect(contexts.map(standing).join('')).toBe('')
})

test('a function that throws, or whose generator is abandoned by return(), has ended', async () => {
  const { fail, numbers } = load(`
module.exports = { fail: async () => { await null; throw new Error('no') }, numbers: async function* () { yield 1; yield 2 } }`)
  const context = {}
  await scope.run(context, async () => {
    await expect(fail()).rejects.toThrow('no')
    const iterator = numbers()
    await iterator.next()
    expect(standing(context)).toBe('numbers:2:86')
    await iterator.return()
  })
  expect(standing(context)).toBe('')
})

test('code that was not asked to, registers nothing', async () => {
  const { wait } = load('module.exports.wait = async (gate) => await gate', false)
  const { promise, open } = gate()
  const context = {}
  const done = scope.run(context, () => wait(promise))
  expect(standing(context)).toBe('')
  open(3)
  expect(await done).toBe(3)
})

test('sent elsewhere by toString(), it works without the runtime', async () => {
  const { sent } = load('module.exports.sent = async function sent(value) { return (await value) + 1 }')
  expect(await vm.runInNewContext(`(${String(sent)})(2)`)).toBe(3)
})
