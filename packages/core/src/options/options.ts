import type { Boundary, Limits, Report } from '@throwpoint/protocol'

/** What `debugMiddleware(options)` takes. Every option has an environment variable (`THROWPOINT_…`). */
export interface DebugOptions {
  /**
   * Switch on or off. `NODE_ENV=production` wins over it.
   * @default true in a development process: `NODE_ENV=development`, or unset and no production marker present
   */
  readonly enabled?: boolean
  /**
   * What makes frames: `instrumented` shows variables and needs `node --import throwpoint/register`, `stack` is
   * `error.stack` alone, `auto` the best there is.
   * @default 'auto'
   */
  readonly engine?: 'auto' | 'instrumented' | 'stack'
  /** Answer unhandled exceptions with the error page, problem details or text. @default true */
  readonly page?: boolean
  /**
   * Print a report of each exception to stderr (`report`), hold the request and open a prompt in the terminal
   * (`session`; `throwpoint attach` reaches it from another one), or neither.
   * @default 'report'
   */
  readonly terminal?: 'report' | 'session' | 'off'
  /** How long a session holds a request before the exception goes on by itself; false: until somebody acts. @default '10m' */
  readonly hold?: false | string
  /** Write each report to a file; `true`: `$XDG_STATE_HOME/throwpoint/<project>/dumps`. @default false */
  readonly dump?: boolean | string
  /**
   * Write each request with its answer and its exceptions to a file, to send it again with `throwpoint replay`;
   * `true`: in `$XDG_STATE_HOME/throwpoint/<project>/exchanges`.
   * @default false
   */
  readonly record?: boolean | string
  /** Leave secrets in recorded exchanges: a request that needs a login can then be sent again as it was. @default false */
  readonly recordSecrets?: boolean
  /** Stop an attached debugger before the framework sees the exception. @default false */
  readonly break?: false | 'boundary'
  /** Open a prompt before the first request: its routes, and `break on route`. Implies a session. @default false */
  readonly breakOnStart?: boolean
  /**
   * Report a request that has not answered after so many seconds, once; `SIGUSR2` then prints all requests in flight.
   * @default false
   */
  readonly watchdog?: number | false
  /** Exceptions that are expected: return true and Throwpoint leaves them alone. */
  readonly ignore?: (error: unknown, context: BoundaryContext) => boolean
  /** Names of variables, properties and headers to hide (`names`) or to show (`keep`), beside the built-in list. */
  readonly redact?: { readonly names?: readonly string[]; readonly keep?: readonly string[] }
  readonly limits?: Partial<Limits>
  /** Path under which reports are served. @default '/__throwpoint' */
  readonly path?: string
  /** More host names a report page may be shown on, beside loopback names. */
  readonly hosts?: readonly string[]
  /**
   * The editor in which the places of frames open from the page: its name (`vscode`, `cursor`, `zed`, `webstorm` …), or a
   * URL such as `zed://file/{file}:{line}:{column}`; false for no links. Without it what `LAUNCH_EDITOR`, the terminal
   * of an editor, `VISUAL` or `EDITOR` say, and no links where they name none.
   */
  readonly editor?: false | string
  /** Called with each finished report. */
  readonly onReport?: (report: Report) => void
}

/** What `ignore` is told. */
export interface BoundaryContext {
  readonly boundary: Boundary
  /** The request, as `node:http` has it; null outside of any. */
  readonly request: import('node:http').IncomingMessage | null
}
