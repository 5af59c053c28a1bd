import { execFileSync, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Report } from '@throwpoint/protocol'
import { handlerReport, maximalReport } from '../../../../test/report-samples.ts'
import { newDraftName } from './dump-file.ts'
import { DumpWriter, type DumpWritten } from './dump-writer.ts'
import { readDump } from './read-dump.ts'

const { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } = fs
const { rmSync, statSync, symlinkSync, utimesSync, writeFileSync } = fs

const base = mkdtempSync(join(tmpdir(), 'throwpoint-dumps-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

/** Whether we may mount file systems, as root of a container may or may not. */
const canMount = process.platform === 'linux' && isRoot() && onSmallDisk(() => {})

/** Does something on a file system of 512 kB. */
function onSmallDisk(action: (disk: string) => void): boolean {
  const disk = mkdtempSync(join(base, 'small-'))
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'throwpoint-test', disk]).status !== 0)
    return false
  try {
    action(disk)
  } finally {
    spawnSync('umount', [disk])
  }
  return true
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

let directory: string
let serial = 0
beforeEach(() => {
  directory = join(base, `${++serial}`, 'dumps')
})

const child = join(base, 'child.mjs')
// One file of plain JavaScript: it starts in no time.
beforeAll(() =>
  build({
    entryPoints: [join(import.meta.dirname, '../../../../test/fixtures/dump-child.ts')],
    outfile: child,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  }),
)

let reports = 0
/** A report of its own, later than those before. */
function newReport(more: Partial<Report> = {}): Report {
  reports++
  const id = reports.toString(16).padStart(32, '0')
  const time = new Date(Date.UTC(2026, 10, 23, 20, 0, 0, reports)).toISOString()
  return { ...handlerReport, id, time, ...more }
}

function fileOf(written: DumpWritten): string {
  if ('error' in written) throw new Error(written.error)
  return written.file
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777
}

describe('what is written', () => {
  it('is the report with its sources, under its time and id', () => {
    const sources = { '/srv/shop/src/orders.js': 'export const a = 1\n' }
    const file = fileOf(new DumpWriter({ directory }).write(maximalReport, sources))
    expect(file).toBe(
      join(directory, `${maximalReport.time.replace(/[-:]/g, '')}-${maximalReport.id}.throwpoint.json`),
    )
    expect(readDump(file)).toEqual({ ...JSON.parse(JSON.stringify(maximalReport)), sources })
  })

  it('has no keys that stand in the sources', () => {
    const sources = {
      '/srv/a.js': `const stripe = new Stripe('sk_live_4eC39HqLyjWDarjtT1zdp7dc')\nlet token = next()\n`,
    }
    const file = fileOf(new DumpWriter({ directory }).write(newReport(), sources))
    expect(readDump(file).sources).toEqual({
      '/srv/a.js': `const stripe = new Stripe('[redacted]')\nlet token = next()\n`,
    })
  })

  it('keeps a half of a surrogate pair, and a file called __proto__', () => {
    const sources = JSON.parse('{"__proto__":"text"}') as Record<string, string>
    const report = newReport({ notes: ['\ud800'] })
    const text = readFileSync(fileOf(new DumpWriter({ directory }).write(report, sources)), 'utf8')
    expect((JSON.parse(text) as Report).notes).toEqual(['\ud800'])
    expect(Object.keys((JSON.parse(text) as { sources: object }).sources)).toEqual(['__proto__'])
  })

  it('stands in the order of time when sorted by name', () => {
    const writer = new DumpWriter({ directory })
    const files = Array.from({ length: 5 }, () => fileOf(writer.write(newReport(), {})))
    expect(files.toSorted()).toEqual(files)
  })

  it('calls no toJSON that somebody put on a prototype', () => {
    const prototype = Object.prototype as { toJSON?: unknown }
    let calls = 0
    prototype.toJSON = () => calls++
    try {
      const report = newReport()
      const file = fileOf(new DumpWriter({ directory }).write(report, { a: 'b' }))
      delete prototype.toJSON
      expect(calls).toBe(0)
      expect(readDump(file)).toEqual({ ...report, sources: { a: 'b' } })
    } finally {
      delete prototype.toJSON
    }
  })

  it('is written though the application replaced the file system', () => {
    const names = [
      'openSync',
      'writeSync',
      'writeFileSync',
      'mkdirSync',
      'renameSync',
      'lstatSync',
      'readdirSync',
    ] as const
    const before = names.map((name) => fs[name])
    const writer = new DumpWriter({ directory })
    try {
      for (const name of names) {
        ;(fs as Record<string, unknown>)[name] = () => {
          throw new Error('not the real one')
        }
      }
      expect(writer.write(newReport(), {})).toHaveProperty('file')
    } finally {
      names.forEach((name, at) => {
        ;(fs as Record<string, unknown>)[name] = before[at]
      })
    }
  })
})

describe('who may read it', () => {
  it('is the owner alone, with any umask', () => {
    for (const umask of [0o000, 0o022, 0o777]) {
      const own = join(base, `umask-${umask}`, 'made', 'dumps')
      mkdirSync(join(base, `umask-${umask}`))
      const written = JSON.parse(
        execFileSync(process.execPath, [child, 'once', own, `${umask}`], { encoding: 'utf8' }),
      ) as DumpWritten
      const file = umask === 0o777 && !isRoot() && 'error' in written ? undefined : fileOf(written)
      if (file === undefined) continue
      expect([modeOf(file), umask === 0o777 ? 0o700 : modeOf(own)]).toEqual([0o600, 0o700])
    }
  })

  it('is the owner alone also in a directory that stood open, unless it holds something else', () => {
    mkdirSync(directory, { recursive: true })
    chmodSync(directory, 0o755)
    new DumpWriter({ directory }).write(newReport(), {})
    expect(modeOf(directory)).toBe(0o700)
    chmodSync(directory, 0o755)
    writeFileSync(join(directory, 'index.html'), '')
    const file = fileOf(new DumpWriter({ directory }).write(newReport(), {}))
    expect([modeOf(directory), modeOf(file)]).toEqual([0o755, 0o600])
  })
})

describe('what was put in the way', () => {
  it('a symbolic link as the directory is refused', () => {
    mkdirSync(join(directory, '..'), { recursive: true })
    const target = `${directory}-target`
    mkdirSync(target)
    for (const to of [target, join(base, 'nowhere')]) {
      rmSync(directory, { force: true })
      symlinkSync(to, directory)
      expect(new DumpWriter({ directory }).write(newReport(), {})).toEqual({
        error: `${JSON.stringify(directory)} is a symbolic link; give "dump" the directory it leads to.`,
      })
    }
    expect(readdirSync(target)).toEqual([])
    expect(existsSync(join(base, 'nowhere'))).toBe(false)
  })

  it('a file or a symbolic link at the target is left as it is', () => {
    const writer = new DumpWriter({ directory })
    const report = newReport()
    const file = fileOf(writer.write(report, {}))
    const victim = join(directory, '..', 'victim')
    writeFileSync(victim, 'precious')
    for (const plant of [
      () => symlinkSync(victim, file),
      () => symlinkSync('nowhere', file),
      () => writeFileSync(file, 'x'),
    ]) {
      rmSync(file)
      plant()
      expect(writer.write(report, {})).toHaveProperty('error')
      expect(readFileSync(victim, 'utf8')).toBe('precious')
      expect(readdirSync(directory)).toEqual([file.slice(directory.length + 1)])
    }
  })
})

describe('what makes it impossible is a sentence', () => {
  it('a file in place of the directory, or above it', () => {
    mkdirSync(join(directory, '..'), { recursive: true })
    writeFileSync(directory, 'a file')
    for (const place of [directory, join(directory, 'below')]) {
      expect(new DumpWriter({ directory: place }).write(newReport(), {})).toEqual({
        error: `${JSON.stringify(place)}, or what it is in, is a file; give "dump" a directory.`,
      })
    }
    expect(readFileSync(directory, 'utf8')).toBe('a file')
  })

  it('a path that is too long', () => {
    const place = join(directory, 'a'.repeat(300))
    expect(new DumpWriter({ directory: place }).write(newReport(), {})).toHaveProperty(
      'error',
      `the path ${JSON.stringify(place)} is too long; give "dump" a shorter one.`,
    )
  })

  it('a report larger than the room for all', () => {
    expect(new DumpWriter({ directory, bytes: 100 }).write(newReport(), {})).toHaveProperty(
      'error',
      expect.stringContaining('100 bytes'),
    )
    expect(existsSync(directory)).toBe(false)
  })

  it.runIf(process.platform === 'linux')('a file system that takes no directories', () => {
    // Where `mkdirSync` with `recursive` never returns on Node 20.
    const place = '/proc/throwpoint/dumps'
    expect(new DumpWriter({ directory: place }).write(newReport(), {})).toEqual({
      error: `${JSON.stringify(place)} cannot be made there, or was removed meanwhile; give "dump" another directory.`,
    })
  })

  it.runIf(process.platform !== 'win32')('a directory without permission', () => {
    const nobody = isRoot() ? { uid: 65534, gid: 65534 } : {}
    const closed = join(directory, 'closed')
    mkdirSync(closed, { recursive: true })
    chmodSync(base, 0o755)
    chmodSync(closed, 0o555)
    for (const place of [closed, join(closed, 'below')]) {
      const options = { encoding: 'utf8', ...nobody } as const
      const output = execFileSync(process.execPath, [child, 'once', place, '0'], options)
      expect(JSON.parse(output)).toEqual({
        error: `${JSON.stringify(place)} may not be written to; give "dump" a directory that may.`,
      })
    }
    chmodSync(closed, 0o755)
    expect(readdirSync(closed)).toEqual([])
  })

  it.runIf(canMount)('a full disk, which leaves nothing half written', () => {
    onSmallDisk((disk) => {
      const place = join(disk, 'dumps')
      const writer = new DumpWriter({ directory: place })
      const notes = ['x'.repeat(100_000)]
      const results = Array.from({ length: 8 }, () => writer.write(newReport({ notes }), {}))
      const written = results.flatMap((one) => ('file' in one ? [one.file] : []))
      const errors = results.flatMap((one) => ('error' in one ? [one.error] : []))
      const full = `the disk of ${JSON.stringify(place)} is full; free some space, or give "dump" another directory.`
      expect(written.length).toBeGreaterThan(0)
      expect(new Set(errors)).toEqual(new Set([full]))
      expect(readdirSync(place).map((name) => join(place, name))).toEqual(written)
      for (const file of written) readDump(file)
    })
  })

  it.runIf(canMount)('a read-only file system', () => {
    onSmallDisk((disk) => {
      expect(spawnSync('mount', ['-o', 'remount,ro', disk]).status).toBe(0)
      const place = join(disk, 'dumps')
      expect(new DumpWriter({ directory: place }).write(newReport(), {})).toEqual({
        error: `${JSON.stringify(place)} is on a read-only file system; give "dump" another directory.`,
      })
    })
  })
})

describe('how much is kept', () => {
  it('so many files, the oldest go first, those of others stay', () => {
    mkdirSync(directory, { recursive: true })
    const others = ['0.json', 'a.throwpoint.json', '20200101T000000Z-x.throwpoint.json', 'notes.txt']
    for (const name of others) writeFileSync(join(directory, name), '')
    mkdirSync(join(directory, `20200101T000000.000Z-${'0'.repeat(32)}.throwpoint.json`))
    const writer = new DumpWriter({ directory, count: 3 })
    const files = Array.from({ length: 7 }, () => fileOf(writer.write(newReport(), {})))
    const left = readdirSync(directory).map((name) => join(directory, name))
    expect(left.filter((file) => files.includes(file))).toEqual(files.slice(-3))
    expect(left).toHaveLength(3 + others.length + 1)
  })

  it('so many bytes, but always the one just written, though its time is the earliest', () => {
    const size = statSync(fileOf(new DumpWriter({ directory }).write(newReport(), {}))).size
    const writer = new DumpWriter({ directory, bytes: size * 2.5 })
    writer.write(newReport(), {})
    writer.write(newReport(), {})
    const early = fileOf(writer.write(newReport({ time: '2001-01-01T00:00:00.000Z' }), {}))
    const left = readdirSync(directory).map((name) => join(directory, name))
    expect(left).toContain(early)
    expect(left).toHaveLength(2)
  })

  it('no drafts of dead writers, but those of living ones', () => {
    const writer = new DumpWriter({ directory })
    writer.write(newReport(), {})
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    const host = newDraftName().slice(1, 9)
    const draft = (on: string, by: number): string =>
      join(directory, `.${on}-${by}-0123456789abcdef.throwpoint.tmp`)
    const dead = draft(host, pid)
    const living = draft(host, process.ppid)
    const own = draft(host, process.pid)
    const elsewhere = draft('00000000', pid)
    const old = draft('11111111', pid)
    const strange = join(directory, '.other.tmp')
    for (const file of [dead, living, own, elsewhere, old, strange]) writeFileSync(file, '{')
    const longAgo = Date.now() / 1000 - 7200
    utimesSync(old, longAgo, longAgo)
    writer.write(newReport(), {})
    expect([dead, living, own, elsewhere, old, strange].map((file) => existsSync(file))).toEqual([
      false,
      true,
      true,
      true,
      false,
      true,
    ])
  })
})

describe('several writers, and writers that die', () => {
  it('two processes in one directory keep the limits and lose nothing that is within them', async () => {
    const writers = [0, 1].map((which) =>
      spawn(process.execPath, [child, 'many', directory, '30', `${which}`, '40'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    )
    const outputs = await Promise.all(writers.map((one) => textOf(one.stdout)))
    const written = outputs.flatMap((text) => text.trim().split('\n'))
    expect(written).toHaveLength(60)
    expect(written.filter((line) => !line.startsWith('/'))).toEqual([])
    const left = readdirSync(directory)
    expect(left.filter((name) => !name.endsWith('.throwpoint.json'))).toEqual([])
    expect(left).toHaveLength(40)
    for (const name of left) readDump(join(directory, name))
  }, 60_000)

  const rounds = process.env['THROWPOINT_FULL'] === '1' ? 500 : 6

  it(
    `every dump is whole, and every one that was reported is there, after ${rounds} kills`,
    async () => {
      let reported = 0
      for (let round = 0; round < rounds; round++) {
        const writer = spawn(process.execPath, [child, 'many', directory, '100000', '2', '1000000'], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        // From its first dump on: how long it takes to start is not what is asked here.
        let text = ''
        await new Promise((resolve) => {
          writer.stdout.setEncoding('utf8').on('data', (chunk) => {
            text += chunk
            resolve(undefined)
          })
        })
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 25))
        const closed = new Promise((resolve) => writer.once('close', resolve))
        writer.kill('SIGKILL')
        await closed
        const lines = text.split('\n').slice(0, -1)
        reported += lines.length
        for (const file of lines) expect(existsSync(file), file).toBe(true)
        for (const name of readdirSync(directory)) {
          if (name.endsWith('.throwpoint.json')) readDump(join(directory, name))
        }
        expect(readdirSync(directory).filter((name) => name.endsWith('.tmp')).length).toBeLessThanOrEqual(1)
        // The next one finds what this one left behind.
        for (const name of readdirSync(directory)) {
          if (name.endsWith('.throwpoint.json')) rmSync(join(directory, name))
        }
      }
      expect(reported).toBeGreaterThanOrEqual(rounds)
      fileOf(new DumpWriter({ directory }).write(newReport(), {}))
      expect(readdirSync(directory)).toHaveLength(1)
    },
    rounds * 5000,
  )

  it('writes while the process dies of an exception, and in its last event', () => {
    for (const when of ['monitor', 'exit']) {
      const { status, stdout } = spawnSync(process.execPath, [child, when, directory], {
        encoding: 'utf8',
      })
      const written = JSON.parse(stdout) as DumpWritten
      expect(readDump(fileOf(written)).id).toHaveLength(32)
      expect(status).toBe(when === 'monitor' ? 1 : 0)
    }
  })
})

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream) text += chunk
  return text
}
