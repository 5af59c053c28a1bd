import fs from 'node:fs'
import { isReport, type Report } from '@throwpoint/protocol'
import { ThrowpointError } from '../errors.ts'

/** Larger than any dump: a report has its limit, and the sources of what it shows are a few files. */
const mostBytes = 128 * 1024 * 1024
/** More levels than the deepest report has. */
const mostLevels = 1000

const { closeSync, constants, fstatSync, openSync, readSync } = fs

/**
 * Reads a file that a dump was written to. Runs nothing that is in it.
 *
 * @throws {ThrowpointError} `TP_DUMP_MISSING`, `TP_DUMP_TOO_LARGE`, `TP_DUMP_NOT_JSON`, `TP_DUMP_NEWER` or
 * `TP_NOT_A_REPORT`; the message says what to do
 * @example
 * const report = readDump('20261123T200000.123Z-0123456789abcdef0123456789abcdef.throwpoint.json')
 */
export function readDump(file: string): Report {
  const text = readText(file)
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (cause) {
    const message = `${file} is not JSON. A dump is written whole, so it was changed or cut later: take another copy.`
    throw new ThrowpointError('TP_DUMP_NOT_JSON', message, { cause })
  }
  if (!isShallow(content)) {
    throw new ThrowpointError(
      'TP_NOT_A_REPORT',
      `${file} is nested more deeply than any report of Throwpoint.`,
    )
  }
  const version = versionOf(content)
  if (version !== undefined && version > 1) {
    const message = `${file} has version ${version} of the report, and this Throwpoint reads version 1: update it.`
    throw new ThrowpointError('TP_DUMP_NEWER', message)
  }
  if (!isReport(content)) {
    const message = `${file} is no report of Throwpoint: give the path of a file that ends in .throwpoint.json.`
    throw new ThrowpointError('TP_NOT_A_REPORT', message)
  }
  return content
}

function readText(file: string): string {
  let descriptor: number
  try {
    // Without O_NONBLOCK a named pipe would never open.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    throw missing(file, cause)
  }
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) {
      throw new ThrowpointError('TP_NOT_A_REPORT', `${file} is no file: give the path of a dump.`)
    }
    if (stat.size > mostBytes) throw tooLarge(file)
    return readAll(file, descriptor, stat.size)
  } catch (error) {
    throw error instanceof ThrowpointError ? error : missing(file, error)
  } finally {
    closeSync(descriptor)
  }
}

function readAll(file: string, descriptor: number, size: number): string {
  // One more, to see that it does not grow.
  const bytes = Buffer.allocUnsafe(size + 1)
  let length = 0
  for (;;) {
    const read = readSync(descriptor, bytes, length, bytes.byteLength - length, null)
    length += read
    if (read === 0) break
    if (length > size)
      throw new ThrowpointError('TP_DUMP_NOT_JSON', `${file} changes while it is read: try again.`)
  }
  const text = bytes.toString('utf8', 0, length)
  // Some editors put a mark in front.
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

function missing(file: string, cause: unknown): ThrowpointError {
  const { code } = cause as NodeJS.ErrnoException
  const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`
  return new ThrowpointError('TP_DUMP_MISSING', `${file}: ${why}. Check the path of the dump.`, { cause })
}

function tooLarge(file: string): ThrowpointError {
  const message = `${file} is larger than ${mostBytes} bytes, and so than any dump: give the path of another file.`
  return new ThrowpointError('TP_DUMP_TOO_LARGE', message)
}

/** Also takes out what is called `__proto__`: nobody who copies a report shall get another prototype from it. */
function isShallow(content: unknown): boolean {
  let level = [content]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === mostLevels) return false
    const next: unknown[] = []
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue
      if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__')
      for (const inner of Object.values(value)) {
        if (typeof inner === 'object' && inner !== null) next.push(inner)
      }
    }
    level = next
  }
  return true
}

function versionOf(content: unknown): number | undefined {
  if (typeof content !== 'object' || content === null) return undefined
  const { format, version } = content as { format?: unknown; version?: unknown }
  return format === 'throwpoint-report' && typeof version === 'number' ? version : undefined
}
