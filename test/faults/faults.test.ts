import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'

/**
 * Any step of ours may fail: the application answers as it would without us, or with our page; it never hangs and never
 * dies. The list of steps is read from the code, so that a new one is tested without being named here.
 */

/** These hand on to the application: what they throw is taken for the application's. */
const handOn = new Set(['run', 'call', 'emit'])

const running: ChildProcess[] = []
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
})

async function told<T>(program: ChildProcess): Promise<T> {
  const [message] = (await once(program, 'message')) as [T]
  return message
}

async function get(port: number, path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(100_000) })
  let text = ''
  try {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk as Uint8Array).toString()
  } catch {
    text += ' (cut)'
  }
  return `${response.status} ${text}`
}

describe.concurrent.each(['express4', 'express', 'koa2', 'koa'])('%s', (alias) => {
  // An answer that breaks off takes a moment in which nothing happens: all of them at the same time.
  test('whatever step of ours fails, requests are answered', async () => {
    const child = fork(fileURLToPath(new URL('app.mjs', import.meta.url)), [alias], {
      execPath: process.env['THROWPOINT_NODE'] ?? process.execPath,
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    running.push(child)
    const { port, steps } = await told<{ port: number; steps: Array<[string, string]> }>(child)
    expect(steps.length).toBeGreaterThan(20)
    for (const step of steps.filter(([, method]) => !handOn.has(method))) {
      child.send(step)
      await told(child)
      const seen = [step.join('.')]
      for (const path of ['/ok', '/stream', '/fails', '/ok']) seen.push(await get(port, path))
      expect(seen).toEqual([
        step.join('.'),
        '200 {"ok":true}',
        '200 ab',
        expect.stringMatching(/^500 .*(Internal Server Error|a failure)/s),
        '200 {"ok":true}',
      ])
      // Koa 2 leaves a body that fails midway open for ever; that is what is to be expected when our step is missing.
      if (alias !== 'koa2') expect(await get(port, '/fails-midway')).toMatch(/^200 <p>.*\(cut\)$/s)
    }
    expect(child.exitCode).toBeNull()
  }, 300_000)
})
