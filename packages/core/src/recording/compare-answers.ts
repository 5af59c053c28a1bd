import { Redaction } from '../redact/redaction.ts'
import { visible } from '../report/visible.ts'
import {
  bytesOf,
  type HeaderPairs,
  type RecordedExchange,
  type RecordedResponse,
} from './recorded-exchange.ts'
import { decodedBody } from './content-encoding.ts'
import { hideInBody } from './hide-in-body.ts'
import type { Answer } from './send-exchange.ts'

/** What is different between the recorded answer and the new one. */
export interface Comparison {
  readonly same: boolean
  readonly status: { readonly recorded: number | null; readonly now: number }
  readonly headers: ReadonlyArray<{
    readonly name: string
    /** null: it had none. */
    readonly recorded: string | null
    readonly now: string | null
  }>
  readonly body: BodyComparison
}

export type BodyComparison =
  | { readonly same: true; readonly bytes: number; readonly note?: string }
  | { readonly same: null; readonly note: string }
  | {
      readonly same: false
      /** The first byte that is different, from 0; behind a compression of the decompressed body. */
      readonly offset: number
      /** Of it, from 1; only for text. */
      readonly line?: number
      readonly column?: number
      readonly recordedBytes: number
      readonly nowBytes: number
      /** What stands there. */
      readonly recorded: string
      readonly now: string
    }

/** They say when and how it was sent, and not what. */
const passing = new Set(
  (
    'age connection content-length date etag expires keep-alive last-modified server-timing transfer-encoding ' +
    'request-id traceparent x-correlation-id x-request-id x-response-time x-runtime'
  ).split(' '),
)

export function compareAnswers({ response }: RecordedExchange, answer: Answer): Comparison {
  const status = { recorded: response?.status ?? null, now: answer.status }
  if (response === null) {
    const note = 'the recording has no answer to compare with'
    return { same: false, status, headers: [], body: { same: null, note } }
  }
  const pageNow = answer.headers.some(([name]) => name.toLowerCase() === 'x-throwpoint')
  const bothPages = pageNow && response.answeredBy === 'throwpoint'
  const headers = bothPages ? [] : headerDifferences(response, answer)
  const body = bothPages
    ? { same: true as const, bytes: answer.body.byteLength, note: 'both are the page of a report' }
    : bodyDifference(response, answer, pageNow)
  const same = status.recorded === status.now && headers.length === 0 && body.same === true
  return { same, status, headers, body }
}

function headerDifferences(response: RecordedResponse, answer: Answer): Comparison['headers'] {
  const before = byName(response.headers)
  const now = byName(answer.headers)
  const hidden = new Set(response.hidden)
  const different: Array<Comparison['headers'][number]> = []
  for (const name of new Set([...before.keys(), ...now.keys()])) {
    if (passing.has(name)) continue
    const recorded = before.get(name) ?? null
    const given = now.get(name) ?? null
    if (recorded === given) continue
    // What it was is not known; that both have it is all that can be said.
    if (recorded !== null && given !== null && (hidden.has(`header ${name}`) || name === 'x-throwpoint'))
      continue
    different.push({ name, recorded, now: given })
  }
  return different
}

function byName(headers: HeaderPairs): Map<string, string> {
  const result = new Map<string, string>()
  for (const [name, value] of headers) {
    const plain = name.toLowerCase()
    const known = result.get(plain)
    result.set(plain, known === undefined ? value : `${known}, ${value}`)
  }
  return result
}

function bodyDifference(response: RecordedResponse, answer: Answer, pageNow: boolean): BodyComparison {
  if (response.answeredBy === 'throwpoint')
    return { same: null, note: 'the recorded one was the page of a report' }
  if (pageNow) return { same: null, note: 'it is the page of a report now' }
  const headers = byName(answer.headers)
  const kept = bytesOf(response.body)
  const encoding = byName(response.headers).get('content-encoding')
  const before = response.body.decoded === true ? kept : decodedBody(kept, encoding)
  let now = decodedBody(answer.body, headers.get('content-encoding'))
  if (response.hidden.includes('body')) {
    now = hideInBody(now, headers.get('content-type'), new Redaction().forReport())
  }
  const length = Math.min(before.byteLength, now.byteLength)
  let offset = 0
  while (offset < length && before[offset] === now[offset]) offset++
  const cutBefore = response.body.missing !== undefined
  const cutNow = answer.missing !== undefined
  if (offset === length) {
    const note = noteOf(response, answer, length)
    if (before.byteLength === now.byteLength && cutBefore === cutNow) {
      return { same: true, bytes: length, ...(note === undefined ? {} : { note }) }
    }
    const comparable = (cutBefore && now.byteLength >= length) || (cutNow && before.byteLength >= length)
    if (
      comparable &&
      note !== undefined &&
      response.body.missing !== 'aborted' &&
      answer.missing !== 'broken'
    ) {
      return { same: true, bytes: length, note }
    }
  }
  return {
    same: false,
    offset,
    ...placeOf(before, offset),
    recordedBytes: before.byteLength,
    nowBytes: now.byteLength,
    recorded: excerpt(before, offset, cutBefore),
    now: excerpt(now, offset, cutNow),
  }
}

function noteOf(response: RecordedResponse, answer: Answer, length: number): string | undefined {
  if (response.body.missing === 'limit') return `the recording has its first ${length} bytes`
  if (response.body.missing !== undefined) return 'the recorded one broke off'
  if (answer.missing === 'timeout')
    return `the new one has not ended in time; its first ${length} bytes are the same`
  if (answer.missing === 'limit') return `the new one is too long; its first ${length} bytes are the same`
  return answer.missing === 'broken' ? 'the new one broke off' : undefined
}

function placeOf(bytes: Buffer, offset: number): { line?: number; column?: number } {
  const text = bytes.toString('utf8', 0, offset)
  if (text.includes('\uFFFD')) return {}
  const before = text.split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}

/** A little before, so that one sees where it is. */
function excerpt(bytes: Buffer, offset: number, isCut: boolean): string {
  if (offset >= bytes.byteLength) return isCut ? '(cut here)' : '(ends here)'
  const from = Math.max(0, offset - 20)
  const to = Math.min(bytes.byteLength, offset + 60)
  const text = bytes.toString('utf8', from, to).replaceAll('\uFFFD', '·')
  return `${from > 0 ? '…' : ''}${visible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t')}${to < bytes.byteLength ? '…' : ''}`
}
