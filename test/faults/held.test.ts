import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

function run(mode: string): { reports: number; held: number } {
  const node = process.env['THROWPOINT_NODE'] ?? process.execPath
  const program = fileURLToPath(new URL('held.cjs', import.meta.url))
  return JSON.parse(
    execFileSync(node, ['--expose-gc', program, mode], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 60_000,
    }),
  ) as never
}

describe('after a report', () => {
  test('nothing holds the request and the response', () => {
    const { reports, held } = run('held')
    expect(reports).toBe(20)
    // The last one or two are still on the stack of the server.
    expect(held).toBeLessThanOrEqual(3)
  })

  test('fake timers of the application stop no report', () => {
    expect(run('timers').reports).toBe(1)
  })
})
