import type { ErrorInfo, Frame, Report, Value } from '@throwpoint/protocol'
import { ThrowpointError } from '../errors.ts'
import type { Hold, Holds } from '../hold/hold.ts'
import { Chatter } from './chatter.ts'
import type { Debuggee, Evaluated, LiveScope } from './debuggee.ts'
import { whyNot } from './dump-debuggee.ts'
import type { Services } from './services.ts'
import type { Subject } from './subject.ts'
import { Transcript } from './transcript.ts'
import { expanded, lastName, parsePath, rootValue, walk } from './value-path.ts'

/** Lines that are remembered. */
const mostHistory = 1000

/** Where `list` has come to. */
export interface Listed {
  readonly file: string
  readonly from: number
  readonly to: number
}

/** The state of one conversation. */
export class Session {
  readonly debuggee: Debuggee
  readonly hold: Hold | undefined
  readonly holds: Holds | undefined
  readonly services: Services
  readonly client: string
  /** -1: the error itself; else an index in `report.causes`. */
  cause = -1
  /** Index of the selected frame. */
  frame: number
  listed: Listed | undefined
  readonly displays: string[] = []
  readonly aliases: Map<string, string> = new Map()
  readonly history: string[] = []
  readonly transcript: Transcript = new Transcript()
  readonly chatter: Chatter
  /** What code may use beside the variables of its frame. */
  readonly names: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  /** What was explained before. */
  readonly #told = new Set<string>()
  /** What is asked for a second time before it is done. */
  asked: string | undefined

  constructor({ debuggee, hold, holds, services = {}, client }: Subject) {
    this.debuggee = debuggee
    this.hold = hold
    this.holds = holds
    this.services = services
    this.client = client
    this.frame = firstFrame(debuggee.report.frames)
    this.chatter = new Chatter((value) => debuggee.describe(value, { depth: 2 }))
    this.names['console'] = this.chatter.console
    this.names['$_'] = undefined
    const { objects } = debuggee
    if (objects !== undefined) {
      const { err, req, res, ctx } = objects
      Object.assign(this.names, { $err: err, $req: req, $res: res, $ctx: ctx })
    }
  }

  get report(): Report {
    return this.debuggee.report
  }

  get error(): ErrorInfo {
    return this.cause === -1 ? this.report.error : this.report.causes[this.cause]!.error
  }

  /** Those of the selected error. */
  get frames(): readonly Frame[] {
    return this.cause === -1 ? this.report.frames : this.report.causes[this.cause]!.frames
  }

  get selected(): Frame | undefined {
    return this.frames[this.frame]
  }

  select(frame: number): void {
    this.frame = frame
    this.listed = undefined
  }

  selectCause(cause: number): void {
    this.cause = cause
    this.select(firstFrame(this.frames))
  }

  /** The scopes of the selected frame as they are now; undefined when nothing of it is alive. */
  get scopes(): readonly LiveScope[] | undefined {
    return this.cause === -1 ? this.debuggee.scopes(this.frame) : undefined
  }

  /** Variables of the selected frame, the innermost first. */
  variableNames(): string[] {
    const scopes = this.scopes
    if (scopes !== undefined) return [...new Set(scopes.flatMap(({ names }) => names))]
    return [
      ...new Set((this.selected?.scopes ?? []).flatMap(({ variables }) => variables.map(({ name }) => name))),
    ]
  }

  /** Whether the selected frame, or this session, has a variable of this name. */
  hasVariable(name: string): boolean {
    return this.hasOwnVariable(name) || this.variableNames().includes(name)
  }

  /** One that was declared at the prompt. */
  hasOwnVariable(name: string): boolean {
    return !name.startsWith('$') && name !== 'console' && name in this.names
  }

  /** True the first time. */
  tell(what: string): boolean {
    if (this.#told.has(what)) return false
    this.#told.add(what)
    return true
  }

  remember(line: string): void {
    if (line.trim() === '' || this.history.at(-1) === line) return
    this.history.push(line)
    if (this.history.length > mostHistory) this.history.shift()
  }

  /** Runs code in the selected frame. */
  async run(code: string, signal?: AbortSignal): Promise<Evaluated> {
    if (this.scopes === undefined && this.debuggee.objects === undefined) throw this.#notLive()
    this.names['$frame'] = this.#frameObject()
    return this.debuggee.evaluate(this.frame, code, {
      names: this.names,
      ...(signal === undefined ? {} : { signal }),
    })
  }

  /**
   * What code gives, as it may be shown: evaluated where the frame is alive, else looked up in the report.
   *
   * @throws ThrowpointError `TP_NOT_LIVE` where it can be neither; and what the code throws
   */
  async look(code: string, depth: number, signal?: AbortSignal): Promise<Value> {
    if (this.#isOnlyCaptured(code)) return expanded(this.#lookUp(code), this.report, depth)
    const { value } = await this.#runHere(code, signal)
    this.names['$_'] = value
    return this.picture(value, depth, lastName(code))
  }

  picture(value: unknown, depth: number, name?: string): Value {
    return this.debuggee.describe(value, name === undefined ? { depth } : { depth, name })
  }

  /** Whether it can only be looked up in the report. */
  #isOnlyCaptured(code: string): boolean {
    if (this.scopes !== undefined) return false
    if (this.debuggee.objects === undefined) return true
    const root = parsePath(code)?.root ?? ''
    if (root.startsWith('$')) return this.cause !== -1 && root === '$err'
    return rootValue(root, this.selected, this.report, this.error) !== undefined
  }

  async #runHere(code: string, signal: AbortSignal | undefined): Promise<Evaluated> {
    try {
      return await this.run(code, signal)
    } catch (error) {
      if (this.scopes === undefined && error instanceof ReferenceError) throw this.#notLive()
      throw error
    }
  }

  #lookUp(code: string): Value {
    const path = parsePath(code.replace(/;\s*$/, ''))
    if (path === undefined) throw this.#notLive()
    const { root, steps } = path
    if (root === 'undefined' && steps.length === 0) return { type: 'undefined', description: 'undefined' }
    const value = rootValue(root, this.selected, this.report, this.error)
    if (value === undefined) throw this.#unknownName(root)
    const found = walk(value, root, steps, this.report)
    if (typeof found === 'string') throw new ThrowpointError('TP_NOT_LIVE', `${found}.`)
    return found
  }

  #unknownName(name: string): ThrowpointError {
    const elsewhere = this.frames.findIndex(({ scopes }) =>
      scopes.some(({ variables }) => variables.some((variable) => variable.name === name)),
    )
    const where = elsewhere === -1 ? '' : ` Frame ${elsewhere} has one: "frame ${elsewhere}".`
    return new ThrowpointError('TP_NOT_LIVE', `There is no variable ${name} in this frame.${where}`)
  }

  /** Why no code runs in the selected frame; undefined where it does. */
  get whyNoCode(): string | undefined {
    return this.scopes === undefined ? this.#notLive().message : undefined
  }

  #notLive(): ThrowpointError {
    if (this.debuggee.origin !== 'capture') return new ThrowpointError('TP_NOT_LIVE', whyNot)
    const path = 'Names and paths of what was captured are answered, and code with $err, $req, $res.'
    if (this.cause !== -1) {
      const message = `The variables of the frames of a cause are not alive. ${path} "exceptions 0" goes back.`
      return new ThrowpointError('TP_NOT_LIVE', message)
    }
    if (!this.debuggee.live) {
      const reason =
        this.report.engine.reason ?? 'The variables of its frames are gone: the report is too old.'
      return new ThrowpointError('TP_NOT_LIVE', `${reason} ${path}`)
    }
    const kind = this.selected?.kind
    const whose =
      kind === 'app' || kind === undefined
        ? 'This frame has'
        : `Frames of ${kind === 'node' ? 'Node' : 'dependencies'} have`
    return new ThrowpointError(
      'TP_NOT_LIVE',
      `${whose} no variables. "up" and "down" go to frames that have. ${path}`,
    )
  }

  #frameObject(): object | undefined {
    const frame = this.selected
    if (frame === undefined) return undefined
    const { functionName, location, async: isAsync } = frame
    return {
      index: this.frame,
      functionName,
      async: isAsync,
      file: location?.file,
      line: location?.line,
      column: location?.column,
    }
  }
}

/** The innermost frame of the user's code. */
function firstFrame(frames: readonly Frame[]): number {
  return Math.max(
    0,
    frames.findIndex(({ kind }) => kind === 'app'),
  )
}
