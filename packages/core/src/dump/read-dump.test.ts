import { execFileSync } from 'node:child_process'
import { mkdtempSync, openSync, rmSync, ftruncateSync, closeSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { handlerReport } from '../../../../test/report-samples.ts'
import { ThrowpointError } from '../errors.ts'
import { readDump } from './read-dump.ts'

const directory = mkdtempSync(join(tmpdir(), 'throwpoint-read-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const file = join(directory, 'dump.json')

function reading(content: string | Uint8Array): unknown {
  writeFileSync(file, content)
  return failure(file)
}

function failure(path: string): unknown {
  try {
    return readDump(path)
  } catch (error) {
    if (!(error instanceof ThrowpointError)) throw error
    expect(error.message).toContain(path)
    return error.code
  }
}

describe('readDump', () => {
  it('reads a report', () => {
    expect(reading(JSON.stringify(handlerReport))).toEqual(handlerReport)
    expect(reading(`\uFEFF${JSON.stringify(handlerReport)}`)).toEqual(handlerReport)
  })

  it('says that a file is not there, or is none', () => {
    expect(failure(join(directory, 'missing.json'))).toBe('TP_DUMP_MISSING')
    expect(failure(directory)).toBe('TP_NOT_A_REPORT')
    expect(failure(join(file, 'below'))).toBe('TP_DUMP_MISSING')
  })

  it.runIf(process.platform !== 'win32')('does not wait for a named pipe, and does not read a device', () => {
    const pipe = join(directory, 'pipe')
    execFileSync('mkfifo', [pipe])
    expect(failure(pipe)).toBe('TP_NOT_A_REPORT')
    expect(failure('/dev/zero')).toBe('TP_NOT_A_REPORT')
  })

  it('says that a file is not JSON', () => {
    for (const content of [
      '',
      '{',
      'hello',
      JSON.stringify(handlerReport).slice(0, -1),
      new Uint8Array([0xff, 0xfe, 0]),
    ]) {
      expect(reading(content)).toBe('TP_DUMP_NOT_JSON')
    }
  })

  it('says that JSON is no report', () => {
    for (const content of [
      null,
      1,
      [],
      {},
      { ...handlerReport, format: 'x' },
      { ...handlerReport, frames: null },
    ]) {
      expect(reading(JSON.stringify(content))).toBe('TP_NOT_A_REPORT')
    }
  })

  it('says that a newer version wrote it', () => {
    expect(reading(JSON.stringify({ ...handlerReport, version: 2, frames: 'other' }))).toBe('TP_DUMP_NEWER')
  })

  it('does not read what is larger than a dump, however little of it is on the disk', () => {
    const descriptor = openSync(file, 'w')
    ftruncateSync(descriptor, 1024 ** 3)
    closeSync(descriptor)
    const before = process.memoryUsage().rss
    expect(failure(file)).toBe('TP_DUMP_TOO_LARGE')
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 ** 2)
  })

  it('is not brought down by 100,000 levels', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    const objects = '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)
    for (const content of [deep, objects]) {
      expect(reading(content)).toBe('TP_NOT_A_REPORT')
      const properties = `{"properties":{"a":${content}},`
      expect(reading(JSON.stringify(handlerReport).replace('{', properties))).toBe('TP_NOT_A_REPORT')
    }
  })

  it('hands out no __proto__', () => {
    const evil = '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},'
    const content = JSON.stringify(handlerReport)
      .replace('{', evil)
      .replace('"properties":{}', '"properties":{"a":{"__proto__":{"admin":true}}}')
    const report = reading(content) as { error: { properties: Record<string, object> } }
    expect(Object.keys(report)).not.toContain('__proto__')
    expect(Object.keys(report.error.properties['a']!)).toEqual([])
    expect(({} as { admin?: boolean }).admin).toBe(undefined)
    expect((Object.assign({}, report) as { admin?: boolean }).admin).toBe(undefined)
  })

  it('answers anything with a report or a code', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.json().map((json) => JSON.stringify({ ...handlerReport, frames: json })),
        ),
        (text) => {
          expect(['string', 'object']).toContain(typeof reading(text))
        },
      ),
      { numRuns: 200 },
    )
  })
})
