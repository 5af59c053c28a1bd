import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { Boundary, Report } from '@throwpoint/protocol'
import { watchResponses } from './body/watch-response.ts'
import { stopAtBoundary } from './break/boundary-stop.ts'
import { debugLog } from './debug-log.ts'
import { DumpWriter } from './dump/dump-writer.ts'
import type { Engine } from './engine/engine.ts'
import { InstrumentedEngine } from './engine/instrumented-engine.ts'
import { StackEngine } from './engine/stack-engine.ts'
import { openSession } from './hold/open-session.ts'
import type { ResolvedOptions } from './options/resolve-options.ts'
import { safeGet } from './primordials.ts'
import type { Answer, Answerer } from './recorder/answerer.ts'
import { fixFor } from './recorder/consequence.ts'
import type { ThrowRecord } from './recorder/throw-record.ts'
import { fault, guard, onFault } from './recorder/guard.ts'
import { Recording } from './recording/recording.ts'
import { Redaction } from './redact/redaction.ts'
import { buildReport, faultNote, sourcesOf } from './report/build-report.ts'
import { responseInfo } from './report/response-info.ts'
import { boundarySentence, errorLine } from './report/sentences.ts'
import type { Watchdog } from './requests/watchdog.ts'
import type { Runtime } from './runtime.ts'
import { type Adapter, Exchange } from './scope/exchange.ts'
import { mark } from './scope/mark.ts'

const log = debugLog('throwpoint:recorder')

onFault((error) => {
  log(error instanceof Error ? (error.stack ?? error.message) : String(error))
})

/** One `debugMiddleware(options)`: its options, and what it does with what the recorder notes. */
export class Debugger {
  readonly options: ResolvedOptions
  readonly runtime: Runtime
  readonly #answerer: Answerer
  readonly #engine: Engine
  readonly #redaction: Redaction
  readonly #dumps: DumpWriter | undefined
  #watchdog: Watchdog | undefined
  /** Keeps both bodies of each request; undefined when nothing asks for them. */
  readonly recording: Recording | undefined

  constructor(options: ResolvedOptions, runtime: Runtime, answerer: Answerer) {
    this.options = options
    this.runtime = runtime
    this.#answerer = answerer
    this.#engine = engineFor(options, runtime)
    this.#redaction = new Redaction(options.redact)
    this.#dumps = options.dump === false ? undefined : new DumpWriter({ directory: options.dump })
    this.recording = this.#recordingFor(options)
    runtime.add(this)
    if (options.terminal === 'session') openSession(runtime)
    if (options.breakOnStart && options.terminal === 'session') runtime.arrivals.breakOnStart(this)
    if (options.terminal === 'session' || options.watchdog !== false) void this.#watchRequests()
    for (const warning of options.warnings) this.runtime.terminal.notice(warning)
  }

  /** Loaded by a process that asks for it alone. */
  async #watchRequests(): Promise<void> {
    try {
      const { watchdog } = this.options
      if (watchdog !== false) {
        this.#watchdog = new (await import('./requests/watchdog.ts')).Watchdog(this, watchdog)
      }
      const { printOnSignal } = await import('./requests/requests-signal.ts')
      printOnSignal(this.runtime)
    } catch (error) {
      fault(error)
    }
  }

  /** Starts to watch one request. */
  open(adapter: Adapter, req: IncomingMessage, res: ServerResponse, mountPath: string): Exchange {
    const exchange = new Exchange(this, adapter, req, res, mountPath + this.options.path)
    mark(exchange)
    const { scope, recorder, requests } = this.runtime
    scope.watchRequests(req)
    watchResponses(res, scope, recorder)
    requests.add(exchange)
    this.#watchdog?.arm()
    // What a session keeps in memory is for who can send it again.
    if (this.options.record !== false || this.runtime.holds.claimed) this.recording?.begin(exchange)
    return exchange
  }

  ignores(thrown: unknown, boundary: Boundary, exchange: Exchange | undefined): boolean {
    const { ignore } = this.options
    if (ignore === undefined) return false
    try {
      return ignore(thrown, { boundary, request: exchange?.req ?? null }) === true
    } catch (error) {
      log(`the option "ignore" failed: ${String(safeGet(error, 'message').value)}`)
      return false
    }
  }

  /** One line for an error that is an answer. */
  expected(thrown: unknown, exchange: Exchange): void {
    if (this.options.terminal === 'off') return
    const { method = 'GET', url = '/' } = exchange.req
    const redactor = this.#redaction.forReport()
    const text = (name: string): string => {
      const { value } = safeGet(thrown, name)
      return typeof value === 'string' ? redactor.text(value.slice(0, 2000)) : ''
    }
    const status = safeGet(thrown, 'status').value
    this.runtime.terminal.expected({
      method,
      url: redactor.text((exchange.req as { originalUrl?: string }).originalUrl ?? url),
      status: typeof status === 'number' ? status : 0,
      name: text('name'),
      message: text('message'),
    })
  }

  /** A throw was noted; the framework has not seen it yet. */
  noted(record: ThrowRecord): void {
    if (this.options.break === 'boundary') stopAtBoundary(record, this.runtime.terminal)
  }

  /** Makes the report of a record, if there is none yet. From here on its text is fixed. */
  reportOf(record: ThrowRecord): Report {
    if (record.report !== undefined) return this.#upToDate(record, record.report)
    const count = this.runtime.fingerprints
    const report = buildReport(record, {
      engine: this.#engine,
      redaction: this.#redaction,
      limits: this.options.limits,
      count: (fingerprint) => count.add(fingerprint),
      onLive: (id, frames) => this.runtime.liveFrames.add(id, frames),
    })
    record.report = report
    this.runtime.store.add(report)
    return report
  }

  /** Makes the report of a record that is about to be held: what becomes of its response is told in it later. */
  reportBefore(record: ThrowRecord): Report {
    if (record.report === undefined) record.preliminary = true
    return this.reportOf(record)
  }

  /** A report that was made for a hold, with the response as it is once the exception has gone on. */
  #upToDate(record: ThrowRecord, report: Report): Report {
    const isLetGo = record.preliminary && !record.waits && record.held !== undefined
    if (!isLetGo && !record.outdated) return report
    record.preliminary = false
    record.outdated = false
    const { exchange } = record
    if (exchange === undefined) return report
    const redactor = this.#redaction.forReport()
    record.report = { ...report, response: redactor.finish(responseInfo(record, exchange, redactor)) }
    this.runtime.store.add(record.report)
    return record.report
  }

  /** Hands a record to the surfaces, once. One that fails does not keep the others from it. */
  show(record: ThrowRecord): void {
    if (record.shown) return
    record.shown = true
    const report = this.#known(record)
    const dump = this.#dump(report)
    const tape = record.exchange?.tape
    if (tape !== undefined) guard(() => this.recording?.reported(tape, report, record.crashes))
    guard(() => {
      if (this.options.terminal === 'off' || record.inSession) return
      if (record.fromSession && !record.crashes) {
        const { link } = linkTo(record, report)
        const where = link === undefined ? '' : `; report: ${link}`
        return this.runtime.terminal.notice(
          `${errorLine(report.error, 200)} ${boundarySentence(report)}${where}`,
        )
      }
      this.runtime.terminal.report(report, { ...dump, ...linkTo(record, report), ...withheldFrom(record) })
    })
    guard(() => this.options.onReport?.(report))
  }

  /** The report of a record; a page may have left before it was known what the exception does to the process. */
  #known(record: ThrowRecord): Report {
    const report = this.reportOf(record)
    const { response, notes } = report
    const crashes = response !== null && record.crashes && response.withoutThrowpoint.process !== 'crashes'
    const note = record.fault && faultNote(record, this.#redaction.forReport())
    const isNew = note !== undefined && !notes.includes(note)
    if (!crashes && !isNew) return report
    const fix = crashes ? fixFor(record) : undefined
    record.report = {
      ...report,
      ...(crashes && {
        response: {
          ...response,
          withoutThrowpoint: { ...response.withoutThrowpoint, process: 'crashes' },
          ...(fix === undefined ? {} : { fix }),
        },
      }),
      ...(isNew && { notes: [...notes, note] }),
    }
    this.runtime.store.add(record.report)
    return record.report
  }

  /** The answer to a failed request. */
  answer(record: ThrowRecord): Answer | undefined {
    const { exchange } = record
    if (exchange === undefined) return undefined
    const report = this.reportOf(record)
    const answer = this.#answerer.answer(report, exchange.req, `${exchange.reportsPath}/${report.id}`)
    record.withheld = answer.withheld
    return answer
  }

  /** What may be written into the body of a response that is about to break off. */
  notice(record: ThrowRecord): string | undefined {
    const { exchange } = record
    if (exchange === undefined) return undefined
    const report = this.reportOf(record)
    return this.#answerer.notice(report, exchange.req, exchange.res, `${exchange.reportsPath}/${report.id}`)
  }

  #recordingFor(options: ResolvedOptions): Recording | undefined {
    const { record, recordSecrets, limits, terminal } = options
    // A session sends the last requests again, so they are kept, but in memory alone.
    if (record === false && terminal !== 'session') return undefined
    return new Recording({
      directory: record,
      redaction: recordSecrets ? undefined : this.#redaction,
      bodyBytes: limits.bodyBytes,
      onFault: (sentence) => this.runtime.terminal.notice(sentence),
    })
  }

  #dump(report: Report): { dumpFile?: string; dumpError?: string } {
    if (this.#dumps === undefined) return {}
    try {
      const written = this.#dumps.write(report, sourcesOf(report))
      return 'file' in written ? { dumpFile: written.file } : { dumpError: written.error }
    } catch (error) {
      log(`dump: ${String(safeGet(error, 'message').value)}`)
      return { dumpError: 'the dump could not be written' }
    }
  }
}

function engineFor({ engine, limits }: ResolvedOptions, { scope }: Runtime): Engine {
  if (engine === 'stack') {
    return new StackEngine({
      limits,
      reason: "These frames come from error.stack, which has no variables: the option engine is 'stack'.",
    })
  }
  const reason =
    engine === 'auto'
      ? {}
      : {
          reason:
            'The engine "instrumented" needs a preload, which this process does not have: start it with ' +
            '"node --import throwpoint/register app.js". Until then frames come from error.stack, which has no variables.',
        }
  const stack = new StackEngine({ limits, ...reason })
  return new InstrumentedEngine(stack, limits, ({ exchange }) =>
    exchange === undefined ? (callback) => callback() : (callback) => scope.run(exchange, callback),
  )
}

function linkTo(record: ThrowRecord, report: Report): { link?: string } {
  const { exchange, port } = record
  // A process that dies serves no report.
  if (exchange === undefined || port === undefined || record.crashes) return {}
  const scheme = (exchange.req.socket as Partial<TLSSocket> | null)?.encrypted === true ? 'https' : 'http'
  return { link: `${scheme}://localhost:${port}${exchange.reportsPath}/${report.id}` }
}

function withheldFrom(record: ThrowRecord): { withheld?: string } {
  return record.withheld === undefined ? {} : { withheld: record.withheld }
}
