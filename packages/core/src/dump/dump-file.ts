/*
 * Names of the files in a directory of dumps or recordings. A file is complete as soon as it has its name; until then it has
 * the name of a draft, which says who writes it.
 */
import { createHash, randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Report } from '@throwpoint/protocol'

const dumpName = /^\d{8}T\d{6}(?:\.\d{3})?Z-[\da-f]{32}\.throwpoint\.json$/
const draftName = /^\.([\da-f]{8})-(\d{1,10})-[\da-f]{16}\.throwpoint\.tmp$/

/** `20261123T200000.123Z-<id>.throwpoint.json`: in the order of their names they are in the order of time. */
export function dumpNameOf({ id, time }: Pick<Report, 'id' | 'time'>): string {
  return `${time.replace(/[-:]/g, '')}-${id}.throwpoint.json`
}

export function isDumpName(name: string): boolean {
  return dumpName.test(name)
}

const exchangeName = /^\d{8}T\d{6}(?:\.\d{3})?Z-\d{1,10}-\d{1,10}\.throwpoint-exchange\.json$/

/** `20261123T200000.123Z-<pid>-<n>.throwpoint-exchange.json` */
export function exchangeNameOf(time: string, serial: number): string {
  return `${time.replace(/[-:]/g, '')}-${process.pid}-${serial}.throwpoint-exchange.json`
}

export function isExchangeName(name: string): boolean {
  return exchangeName.test(name)
}

/** Process ids mean nothing on another machine or in another container. */
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)

export function newDraftName(): string {
  return `.${host}-${process.pid}-${randomBytes(8).toString('hex')}.throwpoint.tmp`
}

export function isDraftName(name: string): boolean {
  return draftName.test(name)
}

const oneHour = 60 * 60 * 1000

/** Whether whoever began this draft will not end it. */
export function isAbandoned(name: string, ageMs: number): boolean {
  const [, on, pid] = draftName.exec(name) ?? []
  if (on === undefined) return false
  if (ageMs > oneHour) return true
  return on === host && Number(pid) !== process.pid && !isAlive(Number(pid))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
