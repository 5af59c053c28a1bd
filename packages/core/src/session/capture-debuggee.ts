import type { TLSSocket } from 'node:tls'
import { types } from 'node:util'
import type { Report, Value } from '@throwpoint/protocol'
import type { Debugger } from '../debugger.ts'
import { ThrowpointError } from '../errors.ts'
import { uncurry } from '../primordials.ts'
import type { ThrowRecord } from '../recorder/throw-record.ts'
import { redactSource } from '../redact/redaction.ts'
import { sourceText } from '../source/source-file.ts'
import { evaluateBeside } from './evaluate-beside.ts'
import { Describer } from './describe.ts'
import type {
  Debuggee,
  DebuggeeObjects,
  DescribeOptions,
  EvaluateOptions,
  Evaluated,
  LiveScope,
} from './debuggee.ts'

/** Looks at a throw of this process, while its frames are alive. */
export function captureDebuggee(record: ThrowRecord, owner: Debugger): Debuggee {
  return new CaptureDebuggee(record, owner)
}

class CaptureDebuggee implements Debuggee {
  readonly origin = 'capture'
  readonly link: string | undefined
  readonly objects: DebuggeeObjects
  readonly #record: ThrowRecord
  readonly #owner: Debugger
  readonly #describer: Describer

  constructor(record: ThrowRecord, owner: Debugger) {
    const { exchange, thrown } = record
    this.#record = record
    this.#owner = owner
    this.#describer = new Describer(owner.options, this)
    this.link = linkTo(record, this.report.id)
    this.objects = { err: thrown, req: exchange?.req, res: exchange?.res, ctx: exchange?.context }
  }

  get report(): Report {
    return this.#owner.reportOf(this.#record)
  }

  get live(): boolean {
    return this.report.frames.some((_, index) => this.scopes(index) !== undefined)
  }

  source(file: string): string | undefined {
    const text = sourceText(file)
    return text === undefined ? undefined : redactSource(text)
  }

  async evaluate(frame: number, code: string, options: EvaluateOptions = {}): Promise<Evaluated> {
    const value =
      this.scopes(frame) === undefined
        ? evaluateBeside(code, options)
        : this.#owner.runtime.liveFrames.frame(this.report.id, frame).run(code, options)
    if (!types.isPromise(value)) return { value }
    // A rejection nobody handles would end the process.
    attempt(() => void then(value, undefined, () => {}))
    if (!/\bawait\b/.test(code)) return { value }
    return { value: await givenUp(value, options.signal) }
  }

  describe(value: unknown, options: DescribeOptions = {}): Value {
    return this.#describer.describe(value, options)
  }

  scopes(frame: number): readonly LiveScope[] | undefined {
    try {
      return this.#owner.runtime.liveFrames.frame(this.report.id, frame).scopes()
    } catch {
      return undefined
    }
  }
}

/* oxlint-disable-next-line typescript/unbound-method, unicorn/no-thenable -- taken from its prototype on purpose */
const then = uncurry(Promise.prototype.then) as (
  self: unknown,
  done: undefined,
  failed: () => void,
) => unknown

function attempt(action: () => void): void {
  try {
    action()
  } catch {
    // A promise of a class of the application.
  }
}

/** What it gives, or an error when somebody stops waiting for it; it goes on by itself then. */
function givenUp(value: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal === undefined) return value
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      const message = 'Given up. What the code has started goes on by itself.'
      reject(new ThrowpointError('TP_ABORTED', message))
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

function linkTo({ exchange, port }: ThrowRecord, id: string): string | undefined {
  if (exchange === undefined || port === undefined) return undefined
  const scheme = (exchange.req.socket as Partial<TLSSocket> | null)?.encrypted === true ? 'https' : 'http'
  return `${scheme}://localhost:${port}${exchange.reportsPath}/${id}`
}
