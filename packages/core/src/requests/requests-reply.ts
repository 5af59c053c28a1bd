import { fit, pad } from '../report/columns.ts'
import { coloured, type Paint, plain } from '../report/paint.ts'
import { milliseconds, sizeOf, placeOf } from '../report/sentences.ts'
import { oneLine } from '../report/visible.ts'
import type { Runtime } from '../runtime.ts'
import type { Reply, View } from '../session/reply.ts'
import { type RequestLine, requestLineOf } from './request-line.ts'
import { knowsWhere } from './waiting-frames.ts'

/** Requests that are described, those of them that are printed, and functions of each that are. */
const mostDescribed = 200
const mostRequests = 50
const mostFrames = 5

/** What is in flight in a process, as plain JSON. */
export interface RequestList {
  readonly total: number
  /** The oldest ones, the oldest first. */
  readonly requests: readonly RequestLine[]
}

export function requestList({ requests, holds }: Runtime): RequestList {
  const held = holds.list()
  const found = requests.list()
  return {
    total: found.length,
    requests: found.slice(0, mostDescribed).map((exchange) => {
      const hold = held.find(({ record }) => record.exchange === exchange)
      return requestLineOf(exchange, hold?.number ?? null)
    }),
  }
}

/** The same as it is printed, for a command and for `SIGUSR2`. */
export function requestsReply(runtime: Runtime, view: View): Reply {
  const list = requestList(runtime)
  return { text: textOf(list, view), data: list }
}

function textOf({ total, requests }: RequestList, { colors, columns }: View): string {
  if (total === 0) return 'No request is in flight.'
  const paint = colors ? coloured : plain
  const count = total === 1 ? '1 request in flight' : `${total} requests in flight, the oldest first`
  const printed = requests.slice(0, mostRequests)
  const width = Math.max(...printed.map(({ ageMs }) => milliseconds(ageMs).length))
  const parts = printed.flatMap((line) => requestText(line, width, columns, paint))
  const left = total - printed.length
  if (left > 0) parts.push(paint.dim(`  … and ${left} more`))
  if (!knowsWhere()) parts.push(paint.dim(howToKnow))
  return [paint.strong(count), ...parts].join('\n')
}

const howToKnow =
  'Where they wait is known with the preload (throwpoint app.js, or node --import throwpoint/register app.js) and THROWPOINT_REQUESTS=1.'

function requestText(line: RequestLine, width: number, columns: number, paint: Paint): string[] {
  const age = milliseconds(line.ageMs).padStart(width)
  const request = oneLine(`${line.method} ${line.url}`)
  const state = stateOf(line)
  const room = columns - width - 6 - state.length
  const head = `  ${paint.warn(age)}  ${paint.strong(room > 20 ? fit(request, room) : request)}  ${paint.dim(state)}`
  const { waitingIn = [] } = line
  const cwd = process.cwd()
  const names = waitingIn
    .slice(0, mostFrames)
    .map(({ functionName }) => oneLine(functionName || '(anonymous)'))
  const most = Math.min(30, Math.max(0, ...names.map((name) => name.length)))
  const indent = ' '.repeat(width + 4)
  const frames = waitingIn.slice(0, mostFrames).map((frame, at) => {
    const place = placeOf({ ...frame, exact: true }, cwd)
    const taken = indent.length + most + place.length + 4
    const source = columns - taken > 12 ? fit(oneLine(frame.source), columns - taken) : ''
    return `${indent}${pad(names[at]!, most)}  ${paint.place(place)}  ${paint.dim(source)}`.trimEnd()
  })
  const left = waitingIn.length - frames.length
  return [head, ...frames, ...(left > 0 ? [paint.dim(`${indent}… ${left} more`)] : [])]
}

/** What has become of the answer. */
export function stateOf(line: RequestLine): string {
  const parts: string[] = []
  if (line.state === 'held') parts.push(`held: session ${line.hold}`)
  else if (line.state === 'waiting') parts.push('no answer yet')
  else {
    const written =
      line.chunks === 0
        ? ''
        : `, ${line.chunks} ${line.chunks === 1 ? 'chunk' : 'chunks'}, ${sizeOf(line.bytes)}`
    const last = line.lastWrite === null ? '' : `, the last ${milliseconds(line.lastWrite)} ago`
    parts.push(
      line.state === 'leaving' ? `${line.status} written, leaving` : `${line.status} sent${written}${last}`,
    )
  }
  if (line.clientLeft) parts.push('client left')
  else if (line.clientIsSlow) parts.push('the client reads slowly')
  if (line.receiving && line.state === 'waiting') parts.push('its body has not arrived whole')
  return parts.join('; ')
}
