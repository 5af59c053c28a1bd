import { connect } from 'node:net'

export interface RawAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
  /** Everything that came. */
  readonly bytes: string
}

/**
 * Sends bytes as they are, which no HTTP client would, and collects what comes until the other side closes. Ask for
 * that with `Connection: close`.
 */
export function sendRaw(port: number, bytes: string, host = '127.0.0.1'): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host)
    let text = ''
    socket.setTimeout(60_000, () => socket.destroy(new Error(`no answer to ${JSON.stringify(bytes)}`)))
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(parse(text)))
    socket.write(bytes, 'latin1')
  })
}

/** A request of which every line is given. */
export function request(line: string, headers: readonly string[]): string {
  return [line, ...headers, 'Connection: close', '', ''].join('\r\n')
}

function parse(bytes: string): RawAnswer {
  const end = bytes.indexOf('\r\n\r\n')
  const [first = '', ...lines] = bytes.slice(0, Math.max(0, end)).split('\r\n')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  const body = bytes.slice(end + 4)
  return { status: Number(first.split(' ')[1] ?? 0), headers, body, bytes }
}
