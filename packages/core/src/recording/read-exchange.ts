import fs from 'node:fs'
import { ThrowpointError } from '../errors.ts'
import type { HeaderPairs, RecordedExchange } from './recorded-exchange.ts'

/** Larger than any recording: two bodies, each as base64. */
const mostBytes = 64 * 1024 * 1024

const { closeSync, constants, fstatSync, openSync, readFileSync } = fs

/**
 * Reads a file that `record` wrote. Runs nothing that is in it.
 *
 * @throws {ThrowpointError} `TP_RECORDING_MISSING`, `TP_NOT_A_RECORDING` or `TP_RECORDING_NEWER`; the message says
 * what to do
 */
export function readExchange(file: string): RecordedExchange {
  const text = readText(file)
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (cause) {
    throw notOne(file, 'it is not JSON', cause)
  }
  const { format, version } = isObject(content) ? content : {}
  if (format === 'throwpoint-report') {
    throw notOne(file, 'it is a dump of a report, which "throwpoint open" shows')
  }
  if (format === 'throwpoint-exchange' && typeof version === 'number' && version > 1) {
    const message = `${file} has version ${version} of the recording, and this Throwpoint reads version 1: update it.`
    throw new ThrowpointError('TP_RECORDING_NEWER', message)
  }
  if (!isRecordedExchange(content)) throw notOne(file, 'it has not the fields of one')
  return content
}

function readText(file: string): string {
  let descriptor: number | undefined
  try {
    // Without O_NONBLOCK a named pipe would never open.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) throw notOne(file, 'it is no file')
    if (stat.size > mostBytes) throw notOne(file, `it is larger than ${mostBytes} bytes`)
    return readFileSync(descriptor, 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    if (cause instanceof ThrowpointError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`
    const message = `${file}: ${why}. Check the path of the recording.`
    throw new ThrowpointError('TP_RECORDING_MISSING', message, { cause })
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

function notOne(file: string, why: string, cause?: unknown): ThrowpointError {
  const message = `${file} is no recording of Throwpoint: ${why}. Give a file that ends in .throwpoint-exchange.json.`
  return new ThrowpointError('TP_NOT_A_RECORDING', message, { cause })
}

/** Whether everything is there that sending and comparing look at. */
export function isRecordedExchange(content: unknown): content is RecordedExchange {
  if (!isObject(content) || content['format'] !== 'throwpoint-exchange' || content['version'] !== 1)
    return false
  const { time, request, response, exceptions } = content
  if (typeof time !== 'string' || !Array.isArray(exceptions) || !exceptions.every(isException)) return false
  if (!isObject(request) || !isToken(request['method']) || !isTarget(request['url'])) return false
  if (!isHeaders(request['headers']) || !isBody(request['body']) || !isTexts(request['hidden'])) return false
  if (!isPort(request['port'])) return false
  if (response === null) return true
  return (
    isObject(response) &&
    typeof response['status'] === 'number' &&
    isHeaders(response['headers']) &&
    isBody(response['body']) &&
    isTexts(response['hidden'])
  )
}

function isException(value: unknown): boolean {
  if (!isObject(value)) return false
  return ['phase', 'report', 'name', 'message', 'fingerprint'].every((key) => typeof value[key] === 'string')
}

function isToken(value: unknown): boolean {
  return typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]{1,100}$/.test(value)
}

/** No line break may get into the head of a request. */
function isTarget(value: unknown): boolean {
  return typeof value === 'string' && /^[^\s\p{Cc}]+$/u.test(value)
}

function isPort(value: unknown): boolean {
  return value === null || (Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536)
}

function isHeaders(value: unknown): value is HeaderPairs {
  return (
    Array.isArray(value) &&
    value.every(
      (pair) => Array.isArray(pair) && pair.length === 2 && isToken(pair[0]) && isHeaderText(pair[1]),
    )
  )
}

function isHeaderText(value: unknown): boolean {
  return typeof value === 'string' && /^[^\r\n\0]*$/.test(value)
}

function isBody(value: unknown): boolean {
  if (!isObject(value)) return false
  const { encoding, data, bytes } = value
  return (
    (encoding === 'utf8' || encoding === 'base64') && typeof data === 'string' && typeof bytes === 'number'
  )
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
