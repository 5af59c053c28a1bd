import { createHash, randomBytes } from 'node:crypto'
import type { Cause, ErrorInfo, Frame, Limits, Report } from '@throwpoint/protocol'
import type { Engine, FramesOfThrow, LiveFrame } from '../engine/engine.ts'
import type { ThrowRecord } from '../recorder/throw-record.ts'
import { safeGet } from '../primordials.ts'
import type { Redaction } from '../redact/redaction.ts'
import type { Redactor } from '../redact/redactor.ts'
import { sourceText } from '../source/source-file.ts'
import { describeThrown } from '../thrown/thrown.ts'
import { ValueReader } from '../value/read-value.ts'
import { processInfo } from './process-info.ts'
import { requestInfo } from './request-info.ts'
import { responseInfo } from './response-info.ts'

export interface ReportParts {
  readonly engine: Engine
  readonly redaction: Redaction
  readonly limits: Limits
  /** How often this fingerprint was seen, this time included. */
  readonly count: (fingerprint: string) => number
  /** Told of the frames that can still be evaluated in, in the order of the report's. */
  readonly onLive?: (id: string, frames: ReadonlyArray<LiveFrame | undefined>) => void
}

/** Turns the facts of a throw into its report. Runs no user code and leaves every live object as it was. */
export function buildReport(record: ThrowRecord, parts: ReportParts): Report {
  const { engine, limits } = parts
  const redactor = parts.redaction.forReport()
  const reader = new ValueReader({ limits, redactor, deadline: performance.now() + limits.budgetMs })
  const look = { reader, exchange: record.exchange, isCause: false }
  const stalled = record.kind === 'stalled'
  const described = describeThrown(record.thrown, reader, { limits, redactor })
  const found =
    record.waiting ?? engine.frames(record.thrown, described.stackText, stalled ? undefined : look)
  const error = stalled ? { ...stalledError, ...messageOf(record) } : withStack(described.error, found)
  const causes = described.causes.map((cause): Cause => {
    const { thrown, stackText, error: info, ...rest } = cause
    if (rest.ref !== undefined) return { ...rest, error: info, frames: [] }
    const its = engine.frames(thrown, stackText, { ...look, isCause: true })
    return { ...rest, error: withStack(info, its), frames: framesOf(its) }
  })
  const frames = framesOf(found)
  const request =
    record.exchange === undefined ? null : requestInfo(record.exchange, { reader, redactor, limits })
  const fingerprint = fingerprintOf(record, error, frames, request)
  const fault = faultNote(record, redactor)
  const report = redactor.finish<Report>({
    format: 'throwpoint-report',
    version: 1,
    id: randomBytes(16).toString('hex'),
    kind: record.kind,
    time: record.time.toISOString(),
    boundary: record.boundary,
    engine: found.engine,
    error,
    causes,
    frames,
    request,
    response: record.exchange === undefined ? null : responseInfo(record, record.exchange, redactor),
    process: processInfo(),
    fingerprint,
    count: parts.count(fingerprint),
    hidden: 0,
    notes: fault === undefined ? found.notes : [...found.notes, fault],
  })
  parts.onLive?.(
    report.id,
    found.frames.map(({ live }) => live),
  )
  return withinBytes({ ...report, hidden: redactor.hidden }, limits.reportBytes)
}

const stalledError: ErrorInfo = {
  name: 'StalledResponse',
  message: 'The stream that produces this response closed without ending and without an error',
  stack: '',
  isError: false,
  properties: {},
}

/** What the framework threw when it was to answer. */
export function faultNote({ fault, exchange }: ThrowRecord, redactor: Redactor): string | undefined {
  if (fault === undefined || exchange === undefined) return undefined
  const [name, message] = ['name', 'message'].map((key) => {
    const { value } = safeGet(fault.thrown, key)
    return typeof value === 'string' ? redactor.text(value.slice(0, 300)) : ''
  })
  const what = name === '' ? `a thrown ${typeof fault.thrown}` : `${name}${message && `: ${message}`}`
  return `${exchange.framework === 'koa' ? 'Koa' : 'Express'} failed while it answered this exception: ${what}`
}

function messageOf({ waiting }: ThrowRecord): { readonly message?: string } {
  return waiting === undefined ? {} : { message: waiting.message }
}

function withStack(error: ErrorInfo, found: FramesOfThrow): ErrorInfo {
  return found.stack === '' ? error : { ...error, stack: found.stack }
}

function framesOf(found: FramesOfThrow): Frame[] {
  return found.frames.map(({ frame }) => frame)
}

function fingerprintOf(
  record: ThrowRecord,
  error: ErrorInfo,
  frames: readonly Frame[],
  request: Report['request'],
): string {
  const frame = frames.find(({ kind }) => kind === 'app') ?? frames[0]
  const place = frame?.location
    ? `${frame.location.file}:${frame.location.line}:${frame.location.column}`
    : record.kind === 'stalled'
      ? `${request?.method} ${request?.route ?? request?.url.replace(/\?.*$/s, '')}`
      : error.message
  return createHash('sha256').update(`${record.boundary}\n${error.name}\n${place}`).digest('hex').slice(0, 16)
}

/** A report that is still too large loses its variables, then its excerpts; it says so. */
function withinBytes(report: Report, limit: number): Report {
  if (JSON.stringify(report).length <= limit) return report
  const note = `The report was larger than ${limit} bytes: variables and request data were left out.`
  const { params: _params, query: _query, body: _body, ...request } = report.request ?? {}
  const bare = (frame: Frame): Frame => ({ ...frame, scopes: [] })
  return {
    ...report,
    request: report.request === null ? null : (request as Report['request']),
    error: { ...report.error, properties: {} },
    causes: report.causes.slice(0, 5).map((cause) => ({
      ...cause,
      error: { ...cause.error, properties: {} },
      frames: cause.frames.map(bare),
    })),
    frames: report.frames.map(bare),
    notes: [...report.notes, note],
  }
}

/** The whole text of every user file a report shows, for dumps. */
export function sourcesOf(report: Report): Record<string, string> {
  const sources: Record<string, string> = Object.create(null)
  for (const frame of [report, ...report.causes].flatMap(({ frames }) => frames)) {
    const file = frame.kind === 'app' ? frame.location?.file : undefined
    if (file === undefined || file in sources) continue
    const text = sourceText(file)
    if (text !== undefined) sources[file] = text
  }
  return sources
}
