import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TerminalLock } from './terminal-lock.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'throwpoint-lock-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const lock = (): TerminalLock => TerminalLock.of('/dev/null', directory)!
const lockFile = (): string => {
  const one = lock()
  one.take()
  const [name] = readdirSync(directory)
  one.free()
  return join(directory, name!)
}

describe('TerminalLock', () => {
  it('is taken once, and again when it is free', () => {
    const [one, two] = [lock(), lock()]
    expect(one.take()).toBe(true)
    expect(two.take()).toBe(process.pid)
    one.free()
    expect(two.take()).toBe(true)
    two.free()
    expect(readdirSync(directory)).toEqual([])
  })

  it('names the process that has it; that of a dead one does not count', async () => {
    const file = lockFile()
    const other = spawn('sleep', ['60'])
    await once(other, 'spawn')
    // Without the time of its start it could be another process of the same number.
    writeFileSync(file, `${other.pid} 1\n`)
    const one = lock()
    expect(one.take()).toBe(true)
    one.free()
    other.kill('SIGKILL')
    await once(other, 'exit')
    writeFileSync(file, `${other.pid} 1\n`)
    expect(lock().take()).toBe(true)
  })

  it('is not freed by who does not have it', () => {
    const [one, two] = [lock(), lock()]
    one.take()
    two.free()
    expect(two.take()).toBe(process.pid)
    one.free()
  })

  it.each(['', 'nonsense', '0 0', '-1 2', '99999999 -'])('takes over a file that holds %o', (text) => {
    writeFileSync(lockFile(), text)
    expect(lock().take()).toBe(true)
  })
})
