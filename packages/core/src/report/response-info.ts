import { defaultLimits, type BodyInfo, type ResponseInfo } from '@throwpoint/protocol'
import { fixFor, outcomeOf, withoutThrowpoint } from '../recorder/consequence.ts'
import type { ThrowRecord } from '../recorder/throw-record.ts'
import type { Redactor } from '../redact/redactor.ts'
import type { Exchange } from '../scope/exchange.ts'
import { headerPairs } from './request-info.ts'

/** What the report says of the response: as it was when the exception was noted, and what became of it. */
export function responseInfo(record: ThrowRecord, exchange: Exchange, redactor: Redactor): ResponseInfo {
  const { res } = exchange
  const outcome = outcomeOf(record)
  const fix = fixFor(record)
  const body = bodyInfo(record, exchange)
  return {
    status: statusOf(record, res.statusCode, outcome),
    headersSent: record.headersSent,
    headers: headerPairs(flatHeaders(res), redactor, defaultLimits),
    bytesWritten: record.bodyBytes,
    ...(body === undefined ? {} : { body }),
    outcome,
    withoutThrowpoint: withoutThrowpoint(record),
    ...(fix === undefined ? {} : { fix }),
  }
}

/** At the last moment the framework has set none: the answer is a 500. */
function statusOf(record: ThrowRecord, status: number, outcome: ResponseInfo['outcome']): number {
  return outcome === 'page' && record.client !== 'error-response' ? 500 : status
}

function bodyInfo(record: ThrowRecord, exchange: Exchange): BodyInfo | undefined {
  const { body } = exchange
  if (body === undefined || (record.bodyChunks === 0 && body.source === undefined)) return undefined
  const attachedAt = body.attachedAt?.resolve()
  const since = (time: number): number => Math.round((time - exchange.startedAt) * 10) / 10
  return {
    kind: body.kind ?? 'write',
    chunks: record.bodyChunks,
    bytes: record.bodyBytes,
    ...(record.firstWrite === 0
      ? {}
      : { firstWrite: since(record.firstWrite), lastWrite: since(record.lastWrite) }),
    ...(attachedAt === undefined ? {} : { attachedAt }),
  }
}

function flatHeaders(res: { getHeaders(): NodeJS.Dict<number | string | string[]> }): unknown[] {
  const flat: unknown[] = []
  for (const [name, value] of Object.entries(res.getHeaders())) {
    for (const item of Array.isArray(value) ? value : [value]) flat.push(name, item)
  }
  return flat
}
