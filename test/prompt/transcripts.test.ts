import { fileURLToPath } from 'node:url'
import { expect, it, vi } from 'vitest'
import { get, root, start } from './held-server.ts'

vi.setConfig({ testTimeout: 180_000 })

const shop = fileURLToPath(new URL('shop.mjs', import.meta.url))
const register = fileURLToPath(new URL('../../packages/instrument/dist/register.js', import.meta.url))
const command = `"$NODE" --import "${register}" "${shop}"`

/** What is on the screen from the failure up to a text. */
function transcript(screen: string, last: string): string {
  const end = screen.indexOf(last)
  expect(end, screen).toBeGreaterThan(-1)
  const shown = `${screen.slice(screen.indexOf('listening\n') + 'listening\n'.length, end)}${last}\n`
  // How many frames of Node there are depends on its version.
  return shown.replaceAll(root, './').replace(/^ +\d+ frames? of Node\n/gm, '')
}

it('the first failure: where, variables, an awaited expression, an assignment, up, continue', async () => {
  const { terminal, listening } = bound(start({ command, cwd: root }))
  const [at] = await listening()
  const answer = get(at!, 'orders/7')
  await terminal.shown(/\(priceOf#0\)$/)
  const lines = [
    'where',
    'locals',
    'item',
    'await new Promise((done) => setTimeout(done, 1, item.name.length))',
    'item.price = 3',
    'priceOf(item)',
    'up',
    'sum',
    'sum = 40',
    'sum + 2',
    'order.items.map((one) => {',
    'return one.name',
    '})',
    'nothing.here',
    'next',
    'frame 2',
    'req.url',
  ]
  for (const line of lines) {
    const before = terminal.screen.split(/^\(|^\.\.\./m).length
    terminal.type(`${line}\r`)
    await terminal.when(`the prompt after ${line}`, () => {
      const now = terminal.screen
      return now.split(/^\(|^\.\.\./m).length > before && /(?:\)|\.\.\.)$/.test(now)
    })
  }
  terminal.type('continue\r')
  expect(await answer).toContain("Cannot read properties of undefined (reading 'toFixed')")
  await terminal.shown('GET /orders/7 goes on.')
  await expect(transcript(terminal.screen, 'GET /orders/7 goes on.')).toMatchFileSnapshot(
    'transcripts/first-failure.txt',
  )
})

it('several failures: notices, sessions, switch, Ctrl-D', async () => {
  const { terminal, listening } = bound(start({ command, cwd: root }))
  const [at] = await listening()
  const answers = [get(at!, 'other/1')]
  await terminal.shown(/\(anonymous#0\)$/)
  answers.push(get(at!, 'orders/7'))
  await terminal.shown(/\[1 waiting\].*\n\(anonymous#0\)$/)
  answers.push(get(at!, 'other/2'))
  await terminal.shown(/\[again\].*\n\(anonymous#0\)$/)
  expect(await get(at!, '')).toBe('home')
  terminal.type('switch 2\r')
  await terminal.shown(/\(priceOf#0\)$/)
  terminal.type('\u0004')
  await terminal.shown(/GET \/orders\/7 goes on\.[\s\S]*\(anonymous#0\)$/)
  terminal.type('\u0004')
  await terminal.shown('GET /other/1 goes on.')
  await Promise.all(answers)
  await expect(transcript(terminal.screen, 'GET /orders/7 goes on.')).toMatchFileSnapshot(
    'transcripts/several-failures.txt',
  )
})

it('SIGHUP at the prompt ends the server as without one', async () => {
  const server = start({ command, cwd: root })
  const { terminal } = server
  const [at] = await server.listening()
  void get(at!, 'orders/7').catch(String)
  await terminal.shown(/\(priceOf#0\)$/)
  process.kill(at!.pid, 'SIGHUP')
  await terminal.shown('END 129')
  expect(terminal.modes()).toBe(server.modes)
})

function bound(server: ReturnType<typeof start>): Pick<typeof server, 'terminal'> & {
  listening: () => ReturnType<typeof server.listening>
} {
  return { terminal: server.terminal, listening: () => server.listening() }
}
