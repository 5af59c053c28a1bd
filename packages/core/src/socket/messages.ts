import { oneLine } from '../report/visible.ts'
import type { Reply, View } from '../session/reply.ts'

/** Another meaning of a message is another version. */
export const protocolVersion = 1
/** Bytes of one line, in both directions. A longer one ends the connection. */
export const longestLine: number = 1024 * 1024

/** One hold, as a client shows it in a list. */
export interface HoldLine {
  readonly number: number
  readonly reason: 'exception' | 'breakpoint'
  /** The sentence of the error, redacted. */
  readonly error: string
  /** `POST /pay`; empty outside of a request. */
  readonly request: string
  /** `src/app.js:8:20`; empty when it is not known. */
  readonly place: string
  /** Milliseconds. */
  readonly waiting: number
  /** Milliseconds until it goes on by itself; null: it waits until somebody acts. */
  readonly left: number | null
  readonly clientLeft: boolean
  readonly counted: number
  /** Clients that look at it, without the one that asks. */
  readonly others: number
}

/** What a process says of itself; also what is in the file beside its socket. */
export interface ProcessInfo {
  readonly pid: number
  /** 0 for the main thread. */
  readonly thread: number
  readonly cwd: string
  /** What is run, as it was given; empty when nothing is. */
  readonly script: string
  readonly title: string
  /** Milliseconds since 1970. */
  readonly started: number
  readonly node: string
  /** Number of the worker in a cluster; null outside of one. */
  readonly worker: string | null
}

/** The first line a server writes. */
export interface Hello {
  readonly hello: 'throwpoint'
  readonly version: number
  readonly process: ProcessInfo
  readonly holds: readonly HoldLine[]
  /** Milliseconds for which holds wait when the last client has gone. */
  readonly graceMs: number
}

/** What a client may ask for. Each gets exactly one answer with its id. */
export type Call =
  /** `acts`: it may let holds go, so exceptions are held from here on; a client that only lists says false. */
  | { readonly type: 'hello'; readonly version: number; readonly name: string; readonly acts: boolean }
  /** Looks at a hold; from here on the client counts as somebody who may act on it. */
  | { readonly type: 'greet'; readonly hold: number; readonly view: View }
  | { readonly type: 'execute'; readonly hold: number; readonly line: string; readonly view: View }
  | { readonly type: 'complete'; readonly hold: number; readonly line: string }
  | { readonly type: 'isComplete'; readonly hold: number; readonly line: string }
  /** Gives up the wait for a call that is under way. */
  | { readonly type: 'abort'; readonly call: number }
  | { readonly type: 'holds' }
  | { readonly type: 'requests'; readonly view: View }

export type CallType = Call['type']

/** What comes back. */
export interface Results {
  readonly hello: null
  readonly greet: { readonly reply: Reply; readonly prompt: string; readonly hold: HoldLine }
  /** `left` as in the line of the hold. */
  readonly execute: { readonly reply: Reply; readonly prompt: string; readonly left: number | null }
  readonly complete: readonly string[]
  readonly isComplete: boolean
  readonly abort: boolean
  readonly holds: readonly HoldLine[]
  readonly requests: Reply
}

export interface Fault {
  readonly code: string
  readonly message: string
}

export type Answer =
  | { readonly id: number; readonly result: Results[CallType] }
  | { readonly id: number | null; readonly error: Fault }

export type Notice =
  | { readonly event: 'held' | 'counted' | 'clientLeft'; readonly hold: HoldLine }
  | { readonly event: 'released'; readonly hold: HoldLine; readonly by: string; readonly how: string }
  /** The server hangs up, and says why. */
  | { readonly event: 'bye'; readonly reason: string }

/** A line of a client, read and checked; or what is wrong with it. */
export type Parsed =
  | { readonly id: number; readonly call: Call }
  | { readonly id: number | null; readonly problem: string }

/** Takes nothing for granted of a line. Never throws. */
export function parseCall(line: string): Parsed {
  let given: unknown
  try {
    given = JSON.parse(line)
  } catch {
    return { id: null, problem: 'this line is not JSON' }
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { id: null, problem: 'a call is a JSON object' }
  }
  const field = (name: string): unknown =>
    Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined
  const id = field('id')
  if (!isCount(id)) return { id: null, problem: 'a call needs an "id": a whole number from 0' }
  const bad = (problem: string): Parsed => ({ id, problem })
  const type = field('type')
  const hold = field('hold')
  const text = field('line')
  switch (type) {
    case 'hello': {
      const version = field('version')
      const name = field('name')
      if (!isCount(version)) return bad('"hello" needs a "version"')
      const shown = typeof name === 'string' ? oneLine(name.slice(0, 100)) : 'a client'
      return { id, call: { type, version, name: shown, acts: field('acts') === true } }
    }
    case 'holds':
      return { id, call: { type } }
    case 'requests':
      return { id, call: { type, view: viewOf(field('view')) } }
    case 'abort': {
      const call = field('call')
      return isCount(call)
        ? { id, call: { type, call } }
        : bad('"abort" needs a "call": the id of another one')
    }
    case 'greet':
      return isCount(hold) ? { id, call: { type, hold, view: viewOf(field('view')) } } : bad(needsHold(type))
    case 'execute':
    case 'complete':
    case 'isComplete':
      if (!isCount(hold)) return bad(needsHold(type))
      if (typeof text !== 'string') return bad(`"${type}" needs a "line": a string`)
      return type === 'execute'
        ? { id, call: { type, hold, line: text, view: viewOf(field('view')) } }
        : { id, call: { type, hold, line: text } }
    default:
      return bad('its "type" is none of hello, holds, greet, execute, complete, isComplete, abort, requests')
  }
}

function needsHold(type: string): string {
  return `"${type}" needs a "hold": its number`
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** Whatever it is, it becomes something that can be drawn for. */
function viewOf(given: unknown): View {
  const { colors, columns } = (typeof given === 'object' && given !== null ? given : {}) as Record<
    string,
    unknown
  >
  const width = typeof columns === 'number' && columns >= 20 ? Math.min(Math.floor(columns), 1000) : 80
  return { colors: colors === true, columns: width }
}
