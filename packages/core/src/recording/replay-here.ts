import type { HeldRequest } from '../hold/held-request.ts'
import type { Hold } from '../hold/hold.ts'
import { ThrowpointError } from '../errors.ts'
import { Redaction } from '../redact/redaction.ts'
import { visible } from '../report/visible.ts'
import type { Runtime } from '../runtime.ts'
import type { Exchange } from '../scope/exchange.ts'
import type { Replayed } from '../session/services.ts'
import { expectArrival } from './arrivals.ts'
import { decodedBody } from './content-encoding.ts'
import { hideInBody } from './hide-in-body.ts'
import { type Answer, sendExchange } from './send-exchange.ts'
import { recordedExchange } from './tape-file.ts'
import type { Tape } from './tape.ts'

/** Characters of the answer's body that are shown. */
const shown = 600

/**
 * Sends the request of a report to this same process again, over its own port and as a client would. The new request
 * is known by the port its connection comes from: nothing is added to it.
 *
 * @throws {ThrowpointError} `TP_REPLAY_INCOMPLETE`, `TP_REPLAY_FAILED`
 */
export async function replayHere(
  runtime: Runtime,
  hold: Hold,
  reportId: string,
  args: string,
  signal?: AbortSignal,
): Promise<Replayed> {
  const force = args.trim() === '--force'
  if (args.trim() !== '' && !force) {
    throw new ThrowpointError('TP_REPLAY_FAILED', '"replay" takes nothing but --force.')
  }
  const { record, owner } = hold as HeldRequest
  const tape = record?.exchange?.tape ?? owner?.recording?.ring.ofReport(reportId)
  if (tape === undefined) {
    throw new ThrowpointError(
      'TP_REPLAY_FAILED',
      'No request of this exception is known here, so there is none to send again.',
    )
  }
  const recorded = recordedExchange(tape, undefined)
  const { address, started, outcome, end } = follow(runtime, tape)
  const before = performance.now()
  try {
    const abort = new AbortController()
    const stop = (): void => abort.abort(signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    const sent = sendExchange(recorded, {
      address,
      force,
      signal: abort.signal,
      onConnection: started,
      timeoutMs: 60_000,
    })
    const held = outcome.then((its) => ({ held: its }))
    const first = await Promise.race([sent.then(({ answer }) => ({ answer })), held])
    signal?.removeEventListener('abort', stop)
    // It waits for its answer as any client does; whoever lets it go has seen it.
    if ('held' in first) void sent.catch(() => {})
    const ms = Math.round(performance.now() - before)
    return 'held' in first ? heldAgain(first.held) : answered(first.answer, end(), owner?.options.redact, ms)
  } finally {
    end()
  }
}

interface Following {
  /** Of this server, as it is reached from here. */
  readonly address: string
  readonly started: (localPort: number) => void
  /** It is held. */
  readonly outcome: Promise<Hold>
  /** @returns the exchange of the new request, when it came to the middleware */
  readonly end: () => Exchange | undefined
}

function follow(runtime: Runtime, tape: Tape): Following {
  let exchange: Exchange | undefined
  let forget = (): void => {}
  let unwatch = (): void => {}
  const outcome = new Promise<Hold>((resolve) => {
    unwatch = runtime.holds.watch({
      held(hold) {
        if (exchange !== undefined && (hold as HeldRequest).record?.exchange === exchange) resolve(hold)
      },
    })
  })
  return {
    address: tape.address,
    started: (localPort) => {
      forget = expectArrival(localPort, (arrived) => (exchange = arrived))
    },
    outcome,
    end: () => {
      forget()
      unwatch()
      return exchange
    },
  }
}

function heldAgain(hold: Hold): Replayed {
  const { number, report } = hold
  const { name, message } = report.error
  const what =
    hold.reason === 'breakpoint' ? 'It stopped at a breakpoint' : `It fails again: ${name}: ${message}`
  return {
    lines: [visible(what.split('\n', 1)[0]!.slice(0, 300)), `It waits too: "switch ${number}" goes there.`],
    data: { held: number, error: hold.reason === 'breakpoint' ? null : { name, message }, report: report.id },
  }
}

function answered(
  answer: Answer,
  exchange: Exchange | undefined,
  redact: ConstructorParameters<typeof Redaction>[0] = {},
  ms: number,
): Replayed {
  const value = (wanted: string): string | undefined =>
    answer.headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
  const report = value('x-throwpoint')
  const type = value('content-type')
  // The page carries it; the exchange is told of it when the response is closed.
  const error = exchange?.records?.find((record) => record.report?.id === report)?.report?.error
  const lines = [`${answer.status} after ${ms} ms${type === undefined ? '' : `, ${visible(type)}`}`]
  if (report !== undefined) {
    const what =
      error === undefined
        ? ''
        : `: ${visible(`${error.name}: ${error.message}`.split('\n', 1)[0]!.slice(0, 300))}`
    lines.push(`It fails again${what}`)
    return {
      lines,
      data: {
        status: answer.status,
        ms,
        report,
        error: error === undefined ? null : { name: error.name, message: error.message },
      },
    }
  }
  const plain = decodedBody(answer.body, value('content-encoding'))
  const safe = hideInBody(plain, type, new Redaction(redact).forReport())
  const text = safe.toString('utf8')
  const isText = !text.includes('\uFFFD') && !text.includes('\0')
  const excerpt = isText ? text.slice(0, shown) : ''
  lines.push(isText ? `${visible(excerpt)}${text.length > shown ? '…' : ''}` : `${plain.byteLength} bytes`)
  if (answer.missing !== undefined) lines.push('It has not ended.')
  return {
    lines: lines.filter((line) => line !== ''),
    data: { status: answer.status, ms, body: excerpt, bytes: plain.byteLength },
  }
}
