import { spawn } from 'node-pty'
import { describe, expect, it } from 'vitest'
import { bin, environment, nodes, program } from './command.ts'

const folder = program({
  'traps.cjs': `
    let count = 0
    process.on('SIGINT', () => { console.log('int', ++count); if (count === 2) setTimeout(() => process.exit(5), 800) })
    process.stdin.on('data', (chunk) => console.log('typed', String(chunk).trim()))
    console.log('ready', process.stdin.isTTY, process.stdout.isTTY, process.stderr.isTTY, process.stdout.columns)`,
  'waits.cjs': `console.log('ready'); setInterval(() => {}, 1000)`,
})

/** The command in a terminal of its own. */
function inTerminal(node: string, script: string) {
  const pty = spawn(node, [bin, script], {
    cwd: folder,
    cols: 77,
    env: environment({ NODE_ENV: 'development' }) as Record<string, string>,
  })
  let text = ''
  pty.onData((data) => (text += data))
  const ended = new Promise<{ exitCode: number; signal?: number | undefined }>((resolve) =>
    pty.onExit(resolve),
  )
  const said = async (words: string): Promise<void> => {
    while (!text.includes(words)) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return { pty, ended, said, text: () => text.replaceAll('\r', '') }
}

describe.each(nodes)('throwpoint in a terminal, Node %s', (_version, node) => {
  it.concurrent('the program has the terminal, and ^C reaches it once', async () => {
    const { pty, ended, said, text } = inTerminal(node, 'traps.cjs')
    await said('ready true true true 77')
    expect(text()).toMatch(/^throwpoint [\d.]+: instrumented\n {2}exceptions are reported here/)
    pty.write('hello\r')
    await said('typed hello')
    pty.write('\u0003')
    await said('int 1')
    pty.write('\u0003')
    await said('int 2')
    expect((await ended).exitCode).toBe(5)
    expect(text()).not.toContain('int 3')
  })

  it.concurrent('^C ends a program that does not handle it', async () => {
    const { pty, ended, said } = inTerminal(node, 'waits.cjs')
    await said('ready')
    pty.write('\u0003')
    expect(await ended).toMatchObject({ signal: 2 })
  })
})
