import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Report } from '@throwpoint/protocol'

/** A whole answer to a failed request, in the form its client asked for. */
export interface Answer {
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  /**
   * Lower-case names of headers the application had set that must not stay beside this body; one that ends with `*`
   * stands for all that begin so.
   */
  readonly removeHeaders: readonly string[]
  readonly body: string
  /** Set when this client may not see the report: the framework's own body stays, and `body` is a last resort. */
  readonly withheld?: string | undefined
}

/** How reports become bytes. The recorder decides when, this decides what. */
export interface Answerer {
  answer(report: Report, req: IncomingMessage, reportPath: string): Answer
  /** What may be written into a body that breaks off here; undefined for bodies that cannot carry a notice. */
  notice(report: Report, req: IncomingMessage, res: ServerResponse, reportPath: string): string | undefined
}
