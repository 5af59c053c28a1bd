/**
 * A thing Throwpoint cannot do, with the next step in its message. The `code` is stable.
 *
 * - `TP_UNKNOWN_OPTION`, `TP_BAD_OPTION`: thrown by `debugMiddleware(options)`; both are TypeErrors
 * - `TP_DUMP_FAILED`: a dump could not be written
 * - `TP_DUMP_MISSING`: there is no such file, or it cannot be read
 * - `TP_DUMP_TOO_LARGE`: it is larger than a dump ever is
 * - `TP_DUMP_NOT_JSON`: it is not JSON; a dump is written whole, so somebody changed it or it is none
 * - `TP_DUMP_NEWER`: a later version of Throwpoint wrote it
 * - `TP_NOT_A_REPORT`: JSON, but no report
 * - `TP_RECORDING_MISSING`, `TP_NOT_A_RECORDING`, `TP_RECORDING_NEWER`: as for dumps, of a recorded request
 * - `TP_REPLAY_INCOMPLETE`: the recording has not the whole request
 * - `TP_REPLAY_FAILED`: nobody answered the request that was sent again
 * - `TP_NOT_LIVE`: the frame's variables are gone
 * - `TP_TIMEOUT`: evaluated code did not return in time
 * - `TP_ABORTED`: somebody stopped waiting for it
 * - `TP_NO_HOLD`: nothing is held, so nothing can be let go
 * - `TP_UNKNOWN_COMMAND`, `TP_BAD_COMMAND`: what was typed at the prompt
 * - `TP_NOT_IN_SESSION`: a thing a post-mortem cannot do
 * - `TP_GONE`: the process that was attached to has ended, or has hung up
 * - `TP_NO_ANSWER`: it is there and says nothing: it is busy, stopped, or stands in a debugger
 * - `TP_OTHER_VERSION`: it speaks another version of the protocol
 * - `TP_UNSAFE_SOCKET`: somebody else could have made its socket
 */
export type ThrowpointErrorCode =
  | 'TP_UNKNOWN_OPTION'
  | 'TP_BAD_OPTION'
  | 'TP_DUMP_FAILED'
  | 'TP_DUMP_MISSING'
  | 'TP_DUMP_TOO_LARGE'
  | 'TP_DUMP_NOT_JSON'
  | 'TP_DUMP_NEWER'
  | 'TP_NOT_A_REPORT'
  | 'TP_RECORDING_MISSING'
  | 'TP_NOT_A_RECORDING'
  | 'TP_RECORDING_NEWER'
  | 'TP_REPLAY_INCOMPLETE'
  | 'TP_REPLAY_FAILED'
  | 'TP_NOT_LIVE'
  | 'TP_TIMEOUT'
  | 'TP_ABORTED'
  | 'TP_NO_HOLD'
  | 'TP_UNKNOWN_COMMAND'
  | 'TP_BAD_COMMAND'
  | 'TP_NOT_IN_SESSION'
  | 'TP_GONE'
  | 'TP_NO_ANSWER'
  | 'TP_OTHER_VERSION'
  | 'TP_UNSAFE_SOCKET'

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
