import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'

/**
 * How a reply ended:
 * - `complete`: whole by its own framing
 * - `cut`: the head came, and the connection ended before the rest
 * - `reset`: the connection ended before a head came
 * - `hang`: nothing happened any more within the time
 */
export type End = 'complete' | 'cut' | 'reset' | 'hang'

export interface Reply {
  readonly end: End
  /** 0 when no head came. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The code of the RST_STREAM frame that ended it, over HTTP/2. */
  readonly streamError?: number
}

export interface RequestOptions {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What goes over the wire for one HTTP/1.1 request. */
export function requestText(port: number, request: RequestOptions): string {
  const { method = 'GET', path, headers = {}, body } = request
  const all: Record<string, string> = {
    Host: `localhost:${port}`,
    Accept: 'text/html,*/*;q=0.8',
    Connection: 'close',
    ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`
}

/**
 * Sends requests over one connection of its own and reads one reply to each.
 *
 * @param waitMs how long it may take until a reply counts as hanging
 */
export function converse(
  port: number,
  requests: readonly RequestOptions[],
  { waitMs, pipelined = false }: { waitMs: number; pipelined?: boolean },
): Promise<Reply[]> {
  const methods = requests.map(({ method = 'GET' }) => method)
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: false })
    const chunks: Buffer[] = []
    let sent = 0
    const send = (): void => {
      const request = requests[sent++]
      if (request !== undefined) socket.write(requestText(port, request))
    }
    const finish = (how: 'closed' | 'hang' | 'done'): void => {
      clearTimeout(timer)
      socket.removeAllListeners()
      socket.on('error', () => {})
      socket.destroy()
      resolve(readReplies(Buffer.concat(chunks), methods, how))
    }
    const timer = setTimeout(finish, waitMs, 'hang')
    socket.on('connect', () => {
      if (pipelined) while (sent < requests.length) send()
      else send()
    })
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      const replies = readReplies(Buffer.concat(chunks), methods, 'hang')
      const complete = replies.filter(({ end }) => end === 'complete').length
      if (complete === requests.length) finish('done')
      else if (!pipelined && complete === sent) send()
    })
    socket.on('end', () => finish('closed'))
    socket.on('close', () => finish('closed'))
    socket.on('error', () => finish('closed'))
  })
}

/** Replies in the bytes of one connection; the first that is not whole ends as the connection did. */
export function readReplies(
  bytes: Buffer,
  methods: readonly string[],
  ended: 'closed' | 'hang' | 'done',
): Reply[] {
  const replies: Reply[] = []
  let rest = bytes
  for (const method of methods) {
    const read = readReply(rest, method, ended === 'closed')
    if (read === undefined) {
      replies.push({ end: ended === 'closed' ? 'reset' : 'hang', status: 0, headers: {}, body: '' })
      rest = Buffer.alloc(0)
      continue
    }
    const { whole, length, ...reply } = read
    replies.push({ ...reply, end: whole ? 'complete' : ended === 'closed' ? 'cut' : 'hang' })
    rest = rest.subarray(whole ? length : rest.length)
  }
  return replies
}

interface ReadReply {
  status: number
  headers: Record<string, string>
  body: string
  whole: boolean
  /** Bytes from the start of the head to the end of the body. */
  length: number
}

function readReply(bytes: Buffer, method: string, closed: boolean): ReadReply | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n')
  const status = Number(statusLine.split(' ')[1])
  if (status >= 100 && status < 200) return readReply(bytes.subarray(headEnd + 4), method, closed)
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const start = headEnd + 4
  const after = bytes.subarray(start)
  const reply = (body: Buffer, whole: boolean, length: number): ReadReply => {
    return { status, headers, body: body.toString(), whole, length: start + length }
  }
  if (method === 'HEAD' || status === 204 || status === 304) return reply(Buffer.alloc(0), true, 0)
  if (headers['transfer-encoding'] === 'chunked') {
    const { body, whole, length } = readChunks(after)
    return reply(body, whole, length)
  }
  const length = headers['content-length']
  if (length === undefined) return reply(after, closed, after.length)
  return reply(after.subarray(0, Number(length)), after.length >= Number(length), Number(length))
}

function readChunks(bytes: Buffer): { body: Buffer; whole: boolean; length: number } {
  const parts: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) break
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    const end = lineEnd + 2 + size
    if (Number.isNaN(size) || end + 2 > bytes.length) {
      parts.push(bytes.subarray(lineEnd + 2))
      break
    }
    if (size === 0) return { body: Buffer.concat(parts), whole: true, length: end + 2 }
    parts.push(bytes.subarray(lineEnd + 2, end))
    at = end + 2
  }
  return { body: Buffer.concat(parts), whole: false, length: bytes.length }
}

/** One request over HTTP/2 without TLS. */
export function converseHttp2(port: number, request: RequestOptions, waitMs: number): Promise<Reply> {
  return new Promise((resolve) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`)
    const stream = session.request({
      ':path': request.path,
      ':method': request.method ?? 'GET',
      ':authority': `localhost:${port}`,
      accept: 'text/html,*/*;q=0.8',
    })
    const reply = { status: 0, headers: {} as Record<string, string>, body: '' }
    const finish = (end: End): void => {
      clearTimeout(timer)
      // When the connection is lost, the code is one Node makes up.
      const lost = session.destroyed || session.closed
      const streamError = end === 'complete' || end === 'hang' || lost ? undefined : stream.rstCode
      session.destroy()
      resolve({ ...reply, end, ...(streamError === undefined ? {} : { streamError }) })
    }
    const timer = setTimeout(finish, waitMs, 'hang')
    stream.on('response', (headers) => {
      reply.status = Number(headers[':status'])
      for (const [name, value] of Object.entries(headers)) reply.headers[name] = String(value)
    })
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      reply.body += chunk
    })
    let whole = false
    stream.on('end', () => {
      whole = stream.rstCode === 0
    })
    stream.on('error', () => {})
    session.on('error', () => finish(reply.status === 0 ? 'reset' : 'cut'))
    stream.on('close', () => {
      if (whole && stream.rstCode === 0 && reply.status !== 0) finish('complete')
      else finish(reply.status === 0 ? 'reset' : 'cut')
    })
  })
}

/** When a client gives up: once this many bytes of a reply came, or so long after it sent what it sends. */
export type GivingUp = { readonly afterBytes: number } | { readonly afterMs: number }

/** Sends a request, or the beginning of one, and leaves: with a reset, or with an orderly end. */
export function giveUp(port: number, text: string, when: GivingUp, reset: boolean): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let received = 0
    const leave = (): void => {
      socket.removeAllListeners('data')
      if (reset) socket.resetAndDestroy()
      else socket.destroy()
    }
    socket.on('connect', () => {
      socket.write(text)
      if ('afterMs' in when) setTimeout(leave, when.afterMs)
    })
    socket.on('data', (chunk) => {
      received += chunk.length
      if ('afterBytes' in when && received >= when.afterBytes) leave()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve())
  })
}

/** As `giveUp`, over HTTP/2: cancels the stream once its first bytes came. */
export function giveUpHttp2(port: number, path: string): Promise<void> {
  return new Promise((resolve) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`)
    const stream = session.request({ ':path': path, ':authority': `localhost:${port}` })
    stream.on('data', () => stream.close(8)) // CANCEL, RFC 9113 section 7
    stream.on('error', () => {})
    session.on('error', () => {})
    stream.on('close', () => {
      session.close()
      resolve()
    })
  })
}
