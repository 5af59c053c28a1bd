import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { History, historyFile } from './history.ts'

let directory: string
let file: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'throwpoint-history-'))
  file = join(directory, 'new', 'history')
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

describe('History', () => {
  it('gives back what was added, oldest first, blocks and backslashes whole', () => {
    const entries = ['where', 'a = {\n  b: 1\n}', String.raw`/\n\\/.test(x)`]
    const history = new History(file)
    for (const entry of entries) history.add(entry)
    expect(new History(file).load()).toEqual(entries)
  })

  it('is for its owner alone, also when it was not', () => {
    new History(file).add('where')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    chmodSync(file, 0o644)
    new History(file).add('locals')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it.each([
    'token = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"',
    'p headers.authorization === "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"',
    'password = "hunter2"',
    'find("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")',
  ])('does not keep %s', (line) => {
    new History(file).add(line)
    expect(new History(file).load()).toEqual([])
  })

  it.each([
    'getUserById(request.params.id)',
    'order.items.filter((item) => item.price > 10)',
    'up 2',
    'user.password',
  ])('keeps %s', (line) => {
    new History(file).add(line)
    expect(new History(file).load()).toEqual([line])
  })

  it('keeps no repetition, no blank line and nothing endless', () => {
    const history = new History(file)
    for (const line of ['a', 'a', '  ', 'x '.repeat(10_000)]) history.add(line)
    expect(history.load()).toEqual(['a'])
  })

  it('stays small, and keeps the newest', () => {
    const history = new History(file)
    history.add('first')
    writeFileSync(file, `${'some line of it\n'.repeat(50_000)}`)
    history.add('last')
    expect(statSync(file).size).toBeLessThan(512 * 1024)
    expect(new History(file).load().length).toBe(1000)
    expect(new History(file).load().at(-1)).toBe('last')
  })

  it('mixes entries of several processes, never parts of them', () => {
    const [one, two] = [new History(file), new History(file)]
    for (let count = 0; count < 50; count++) {
      one.add(`one ${count}`)
      two.add(`two ${count}`)
    }
    expect(
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => /^(?:one|two) \d+$/.test(line)).length,
    ).toBe(100)
  })

  it('does without a file', () => {
    const history = new History(join('/dev/null', 'history'))
    history.add('where')
    expect(history.load()).toEqual([])
  })

  it('is in the state directory', () => {
    expect(historyFile({ XDG_STATE_HOME: '/state' })).toBe('/state/throwpoint/history')
    expect(historyFile({ XDG_STATE_HOME: 'relative', HOME: '/home/me' })).toBe(
      '/home/me/.local/state/throwpoint/history',
    )
  })
})
