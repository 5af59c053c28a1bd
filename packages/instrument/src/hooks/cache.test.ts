import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { cacheFolder, cacheUsage, codeFolder, prune } from './cache-folder.ts'
import { RewriteCache } from './cache.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'throwpoint-cache-'))
  folders.push(made)
  return path.join(made, 'cache')
}

function packOf(at: string): string {
  const [name] = readdirSync(at).filter((entry) => entry.endsWith('.pack'))
  return path.join(at, name!)
}

test('another process finds what one has written; another text of a module is another result', () => {
  const at = folder()
  const cache = new RewriteCache(at, '/project')
  expect(cache.read('a.js', 'one')).toBe(undefined)
  cache.write('a.js', 'one', { code: 'ONE' })
  cache.write('ü.js', 'zwölf', { code: 'ZWÖLF → 12' })
  cache.write('smile.js', '☺', { code: '' })
  cache.write('bad.js', 'let let', { code: undefined, untouched: 'does not parse' })
  const other = new RewriteCache(at, '/project')
  expect(other.read('a.js', 'one')).toEqual({ code: 'ONE' })
  expect(other.read('a.js', 'two')).toBe(undefined)
  expect(other.read('a.js', 'one ')).toBe(undefined)
  expect(other.read('ü.js', 'zwölf')).toEqual({ code: 'ZWÖLF → 12' })
  expect(other.read('smile.js', '☺')).toEqual({ code: '' })
  expect(other.read('bad.js', 'let let')).toEqual({ code: undefined, untouched: 'does not parse' })
  expect(new RewriteCache(at, '/another').read('a.js', 'one')).toBe(undefined)
})

test('two that write at the same time lose nothing, and the last one counts', () => {
  const at = folder()
  const [one, two] = [new RewriteCache(at, '/'), new RewriteCache(at, '/')]
  for (let index = 0; index < 50; index++) {
    one.write(`one${index}`, 's', { code: `1:${index}` })
    two.write(`two${index}`, 's', { code: `2:${index}` })
    two.write('both', 's', { code: String(index) })
  }
  const read = new RewriteCache(at, '/')
  expect(read.read('one17', 's')).toEqual({ code: '1:17' })
  expect(read.read('two49', 's')).toEqual({ code: '2:49' })
  expect(read.read('both', 's')).toEqual({ code: '49' })
})

test('a broken file is as good as none, and is written anew', () => {
  const at = folder()
  const cache = new RewriteCache(at, '/')
  for (const name of ['a', 'b', 'c']) cache.write(name, `source of ${name}`, { code: `code of ${name}` })
  const file = packOf(at)
  const whole = readFileSync(file)
  for (let length = 0; length <= whole.length; length += 5) {
    writeFileSync(file, whole.subarray(0, length))
    const kept = new RewriteCache(at, '/').read('a', 'source of a')
    expect(kept === undefined || kept.code === 'code of a').toBe(true)
  }
  for (let position = 0; position < whole.length; position += 3) {
    const damaged = Buffer.from(whole)
    damaged[position]! ^= 0x41
    writeFileSync(file, damaged)
    const reader = new RewriteCache(at, '/')
    for (const name of ['a', 'b', 'c']) {
      const kept = reader.read(name, `source of ${name}`)
      expect(kept === undefined || kept.code === `code of ${name}`).toBe(true)
    }
  }
  writeFileSync(file, whole)
  appendFileSync(file, 'half of a record')
  new RewriteCache(at, '/').write('d', 'source of d', { code: 'code of d' })
  const reader = new RewriteCache(at, '/')
  for (const name of ['a', 'd']) {
    expect(reader.read(name, `source of ${name}`)).toEqual({ code: `code of ${name}` })
  }
})

test('only its owner may read it; a folder others may write to is not used', () => {
  const at = folder()
  new RewriteCache(at, '/').write('a', 's', { code: 'c' })
  expect(statSync(at).mode & 0o777).toBe(0o700)
  expect(statSync(packOf(at)).mode & 0o777).toBe(0o600)
  chmodSync(at, 0o777)
  expect(new RewriteCache(at, '/').read('a', 's')).toBe(undefined)
})

test('a place that cannot be used is no error', () => {
  const file = path.join(folder(), '..', 'file')
  writeFileSync(file, '')
  const cache = new RewriteCache(path.join(file, 'inside'), '/')
  cache.write('a', 's', { code: 'c' })
  expect(cache.read('a', 's')).toBe(undefined)
  expect(cacheUsage({ THROWPOINT_CACHE: path.join(file, 'inside') })).toMatchObject({
    usable: false,
    bytes: 0,
  })
})

test('what is old goes, and files of others stay', () => {
  const at = folder()
  new RewriteCache(at, '/old').write('a', 's', { code: 'c' })
  const old = packOf(at)
  utimesSync(old, 1, 1)
  writeFileSync(path.join(at, 'notes.txt'), 'mine')
  utimesSync(path.join(at, 'notes.txt'), 1, 1)
  const code = codeFolder(at, '/old')
  mkdirSync(path.join(code, 'v1'), { recursive: true })
  writeFileSync(path.join(code, 'v1/compiled'), 'code')
  utimesSync(code, 1, 1)
  new RewriteCache(at, '/new').write('a', 's', { code: 'c' })
  expect(readdirSync(at)).toHaveLength(2)
  expect(readdirSync(at)).toContain('notes.txt')
  expect(readdirSync(at)).not.toContain(path.basename(old))
})

test('the largest that have not been used for long go first', () => {
  const at = folder()
  new RewriteCache(at, '/').write('a', 's', { code: 'c' })
  const kept = packOf(at)
  for (const [index, name] of ['x', 'y', 'z'].entries()) {
    const file = path.join(at, `throwpoint-0-0-${name}.pack`)
    writeFileSync(file, '')
    truncateSync(file, 25_000_000)
    const time = Date.now() / 1_000 - 100 * (index + 1)
    utimesSync(file, time, time)
  }
  prune(at, kept)
  expect(new Set(readdirSync(at))).toEqual(
    new Set(['throwpoint-0-0-x.pack', 'throwpoint-0-0-y.pack', path.basename(kept)]),
  )
  expect(cacheUsage({ THROWPOINT_CACHE: at })).toMatchObject({ folder: at, usable: true, files: 3 })
})

test('where it is', () => {
  expect(cacheFolder({ THROWPOINT_CACHE: '0' })).toBe(undefined)
  expect(cacheFolder({ THROWPOINT_CACHE: '/tmp/x' })).toBe('/tmp/x')
  expect(cacheFolder({ XDG_CACHE_HOME: '/home/me/.cache' })).toBe('/home/me/.cache/throwpoint/instrument')
})
