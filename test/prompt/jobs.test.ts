import { fileURLToPath } from 'node:url'
import { expect, it, vi } from 'vitest'
import { stateOf } from './in-terminal.ts'
import { get, start } from './held-server.ts'

vi.setConfig({ testTimeout: 180_000 })

const full = process.env['THROWPOINT_FULL'] === '1'
const silent = (): undefined => undefined

it('stops with the job, stays out of the way in the background, and comes back with fg', async () => {
  const server = start({ interactive: true })
  const { terminal } = server
  const [at] = await server.listening()
  void get(at!, 'fail/one').catch(silent)
  await terminal.shown(/\(one\)$/)
  const raw = terminal.modes()
  terminal.type('half')
  await terminal.shown(/\(one\) half$/)

  // Ctrl-Z, and back.
  terminal.type('\u001a')
  await terminal.shown(/Stopped.*\n\$$/)
  expect(stateOf(at!.pid)).toBe('T')
  terminal.type('fg\r')
  await terminal.shown(/\(one\) half$/)
  expect(terminal.modes()).toBe(raw)

  // In the background the shell has the keys, and the server goes on.
  terminal.type('\u001a')
  await terminal.shown(/(?:Stopped[\s\S]*){2}\n\$$/)
  terminal.type('bg\r')
  await terminal.shown('the prompt waits: this process runs in the background; bring it back with "fg"')
  terminal.type('echo "$((20 + 3)) from the shell"\r')
  await terminal.shown(/^23 from the shell\n\$$/m)
  expect(await get(at!, 'other')).toBe('ok other')
  expect(stateOf(at!.pid)).not.toBe('T')
  // A failure there waits its turn.
  void get(at!, 'fail/two').catch(silent)
  terminal.type('fg\r')
  await terminal.shown(/\(one\) half$/)

  // Stopped from outside, where no program is asked.
  process.kill(at!.pid, 'SIGSTOP')
  await terminal.shown(/(?:Stopped[\s\S]*){3}\n\$$/)
  await terminal.when('the shell is back', () => terminal.modes() !== raw)
  terminal.type('bg\r')
  await terminal.shown(/(?:the prompt waits[\s\S]*){2}/)
  terminal.type('echo "$((20 + 4)) from the shell"\r')
  await terminal.shown(/^24 from the shell\n\$$/m)
  expect(await get(at!, 'other')).toBe('ok other')
  terminal.type('fg\r')
  await terminal.shown(/\(one\) half$/)
  terminal.type(' typed\r')
  await terminal.shown('REPLY half typed')
  terminal.type('continue\r')
  await terminal.shown(/GREETING two\n\(two\)$/)
  terminal.type('continue\r')
  await terminal.shown('continued two')
})

it('started in the background, says so, and opens when it is in front', async () => {
  const server = start({ interactive: true, command: '"$NODE" "$SERVER" &' })
  const { terminal } = server
  const [at] = await server.listening()
  void get(at!, 'fail/one').catch(silent)
  await terminal.shown(/No prompt here: this process runs in the background/)
  terminal.type('echo "$((20 + 3)) from the shell"\r')
  await terminal.shown(/^23 from the shell/m)
  expect(stateOf(at!.pid)).not.toBe('T')
  terminal.type('fg\r')
  await terminal.shown(/GREETING one\n\(one\)$/)
  terminal.type('continue\r')
  await terminal.shown('continued one')
})

it('let go by another client while it is in the background, it is not stopped', async () => {
  const node = fileURLToPath(new URL('../../node_modules/node26/bin/node', import.meta.url))
  const command = full ? `"${node}" "$SERVER"` : '"$NODE" "$SERVER"'
  const server = start({ interactive: true, command })
  const { terminal } = server
  const [at] = await server.listening()
  const one = get(at!, 'fail/one')
  await terminal.shown(/\(one\)$/)
  process.kill(at!.pid, 'SIGSTOP')
  await terminal.shown('Stopped')
  terminal.type('bg\r')
  await terminal.shown('the prompt waits')
  expect(await get(at!, 'release/1')).toBe('true')
  expect(await one).toBe('failed one')
  expect(await get(at!, 'other')).toBe('ok other')
  expect(stateOf(at!.pid)).not.toBe('T')
  terminal.type('fg\r')
  void get(at!, 'fail/two').catch(silent)
  await terminal.shown(/GREETING two\n\(two\)$/)
  terminal.type('continue\r')
  await terminal.shown('continued two')
})
