import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { Runtime } from '../runtime.ts'
import { openSession } from './open-session.ts'

const directory = mkdtempSync(join(tmpdir(), 'throwpoint-opening-'))
vi.stubEnv('THROWPOINT_RUN_DIR', join(directory, 'run'))
vi.stubEnv('THROWPOINT_TTY', 'off')
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(directory, { recursive: true, force: true })
})

it('holds while it is opening, and no longer than that where nobody is there', async () => {
  const { holds } = Runtime.shared()
  const claim = vi.spyOn(holds, 'claim')
  openSession(Runtime.shared())
  expect(claim.mock.calls).toEqual([['opening']])
  expect(holds.open).toBe(true)
  await vi.waitFor(() => expect(holds.claimed).toBe(false), { timeout: 60_000, interval: 20 })
  // A second middleware opens nothing.
  openSession(Runtime.shared())
  expect(holds.claimed).toBe(false)
})
