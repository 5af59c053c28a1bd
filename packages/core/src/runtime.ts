import type { Debugger } from './debugger.ts'
import { setInstrumentContext } from './engine/instrument-runtime.ts'
import { HeldRequests } from './hold/held-requests.ts'
import type { Hold } from './hold/hold.ts'
import { ProcessHooks } from './recorder/process-hooks.ts'
import { Recorder } from './recorder/recorder.ts'
import { RequestsInFlight } from './requests/requests-in-flight.ts'
import { RequestScope } from './scope/request-scope.ts'
import type { Subject } from './session/subject.ts'
import { Arrivals } from './start/arrivals.ts'
import { FingerprintCounter } from './store/fingerprint-counter.ts'
import { LiveFrames } from './store/live-frames.ts'
import { ReportStore } from './store/report-store.ts'
import { TerminalReport } from './terminal/terminal-report.ts'

const runtimeKey = Symbol.for('throwpoint.runtime.1')

/** What there is once in a process, however many copies of this package are loaded and however many applications run. */
export class Runtime {
  readonly scope: RequestScope = new RequestScope()
  readonly recorder: Recorder = new Recorder()
  readonly store: ReportStore = new ReportStore()
  readonly liveFrames: LiveFrames = new LiveFrames()
  readonly fingerprints: FingerprintCounter = new FingerprintCounter()
  readonly terminal: TerminalReport = new TerminalReport()
  readonly requests: RequestsInFlight = new RequestsInFlight()
  /** Requests that wait before the application sees them. */
  readonly arrivals: Arrivals = new Arrivals()
  /** What a session holds. */
  readonly holds: HeldRequests = new HeldRequests()
  #first: Debugger | undefined
  readonly #hooks = new ProcessHooks(this.recorder, this.scope, this.holds, () => this.#first)

  static shared(): Runtime {
    const registry = globalThis as { [runtimeKey]?: Runtime }
    const existing = registry[runtimeKey]
    if (existing !== undefined) return existing
    const runtime = new Runtime()
    Object.defineProperty(globalThis, runtimeKey, { value: runtime, configurable: true })
    return runtime
  }

  /** Whose surfaces show what no request started. */
  get first(): Debugger | undefined {
    return this.#first
  }

  /** What a conversation about a hold is given. @param client who talks, as it is shown to others */
  subject(hold: Hold, client: string): Subject {
    return {
      debuggee: hold.debuggee,
      hold,
      holds: this.holds,
      client,
      services: {
        replay: async (id, args, signal) =>
          (await import('./recording/replay-here.ts')).replayHere(this, hold, id, args, signal),
        breaks: this.arrivals.breaks,
        routes: async () => (await import('./start/routes.ts')).routesOf(this.arrivals.applications()),
        requests: async (view) => (await import('./requests/requests-reply.ts')).requestsReply(this, view),
      },
    }
  }

  /** An exception that nobody of ours has seen: there was no middleware when it was thrown. */
  uncaught(error: unknown, origin: string, owner: () => Debugger | undefined): void {
    if (this.#first !== undefined || owner() === undefined) return
    this.#hooks.uncaught(error, origin)
  }

  /** The first one also shows what no request started. */
  add(owner: Debugger): void {
    this.#first ??= owner
    this.#hooks.install()
    setInstrumentContext(() => this.scope.current())
  }
}
