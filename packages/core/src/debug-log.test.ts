import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const file = join(import.meta.dirname, 'debug-log.ts')

function run(code: string, sections: string): { stderr: string; status: number | null } {
  const whole = `const { debugLog } = await import(${JSON.stringify(file)}); ${code}`
  const options = ['--import', 'tsx', '--input-type=module', '-e', whole]
  const { PATH } = process.env
  return spawnSync(process.execPath, options, {
    encoding: 'utf8',
    env: { PATH, NODE_DEBUG: sections },
    timeout: 25_000,
  })
}

describe('debugLog', () => {
  it('says what it is told, and only where NODE_DEBUG names its section', () => {
    const code = `debugLog('throwpoint:one')('100 %s'); debugLog('other')('no')`
    expect(run(code, 'throwpoint:*').stderr).toMatch(/^THROWPOINT:ONE \d+: 100 %s\n$/)
    expect(run(code, '').stderr).toBe('')
  })

  it('does not throw where stderr does', () => {
    const code = `process.stderr.write = () => { throw new Error('closed') }; debugLog('throwpoint:one')('text')`
    expect(run(code, 'throwpoint:*')).toMatchObject({ status: 0, stderr: '' })
  })
})
