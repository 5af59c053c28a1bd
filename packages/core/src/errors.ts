/**
 * A thing Throwpoint cannot do, with the next step in its message. The `code` is stable.
 *
 * - `TP_UNKNOWN_OPTION`, `TP_BAD_OPTION`: thrown by `debugMiddleware(options)`; both are TypeErrors
 * - `TP_DUMP_FAILED`: a dump could not be written
 * - `TP_NOT_LIVE`: the frame's variables are gone
 */
export type ThrowpointErrorCode = 'TP_UNKNOWN_OPTION' | 'TP_BAD_OPTION' | 'TP_DUMP_FAILED' | 'TP_NOT_LIVE'

export class ThrowpointError extends Error {
  readonly code: ThrowpointErrorCode

  constructor(code: ThrowpointErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ThrowpointError'
    this.code = code
  }
}

export class ThrowpointTypeError extends TypeError {
  readonly code: ThrowpointErrorCode

  constructor(code: ThrowpointErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
