import { execFile, spawnSync } from 'node:child_process'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { promisify } from 'node:util'
import type { RequestInfo, Value } from '@throwpoint/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handlerReport, samples } from '../../../../test/report-samples.ts'
import { curlCommand, renderCurl } from './curl.ts'

const isFull = process.env['THROWPOINT_FULL'] === '1'

function request(parts: Partial<RequestInfo> = {}): RequestInfo {
  return { method: 'GET', url: '/', httpVersion: '1.1', headers: [['host', 'localhost:3000']], ...parts }
}

function curl(parts: Partial<RequestInfo>, origin?: string): { command: string; notes: readonly string[] } {
  const report = { ...handlerReport, request: request(parts) }
  return curlCommand(report, origin === undefined ? {} : { origin })!
}

/** The words of the command, without the lines. */
function command(parts: Partial<RequestInfo>): string {
  return curl(parts).command.replaceAll(' \\\n ', '')
}

function text(value: string): Value {
  return { type: 'string', description: JSON.stringify(value), value }
}

function object(members: Readonly<Record<string, Value>>): Value {
  const children = Object.entries(members).map(([name, value]) => ({ name, kind: 'data' as const, value }))
  return { type: 'object', description: 'Object', children }
}

function array(...items: Value[]): Value {
  const children = items.map((value, index) => ({ name: `[${index}]`, kind: 'data' as const, value }))
  return { type: 'object', subtype: 'array', description: `Array(${items.length})`, children }
}

const hidden: Value = { type: 'string', description: '[redacted]', unavailable: 'redacted' }
const both = "-H 'Accept:' -H 'User-Agent:'"
const json = ['content-type', 'application/json'] as const
const form = ['content-type', 'application/x-www-form-urlencoded'] as const

function posted(
  body: Value,
  type: readonly [string, string],
  ...more: ReadonlyArray<readonly [string, string]>
) {
  const headers = [
    ['Host', 'localhost'],
    ['accept', '*/*'],
    ['user-agent', 'x'],
    type,
    ['content-length', '9'],
    ...more,
  ]
  return { method: 'POST', url: '/', headers: headers as RequestInfo['headers'], body }
}

describe('curlCommand', () => {
  it('is a command a person can read', () => {
    expect(renderCurl(handlerReport)).toBe(
      "curl 'http://localhost:3000/orders/7?full=1' \\\n  -H 'User-Agent:'\n",
    )
    const headers = [
      ['Host', 'localhost:3000'],
      ['Connection', 'keep-alive, X-Hop'],
      ['X-Hop', '1'],
      ['User-Agent', 'Mozilla/5.0'],
      ['Accept', 'text/html'],
      ['Accept-Encoding', 'gzip'],
      ['Authorization', 'Bearer [redacted]'],
      ['Cookie', 'sid=[redacted]; theme=dark'],
      ['Content-Type', 'application/json'],
      ['Content-Length', '34'],
    ] as const
    const body = object({
      id: { type: 'number', description: '7', value: 7 },
      name: text("O'Hara"),
      password: hidden,
    })
    const report = {
      ...handlerReport,
      request: request({ method: 'PUT', url: '/a?token=[redacted]', headers, body }),
    }
    expect(renderCurl(report)).toMatchInlineSnapshot(`
      "# Set BODY_PASSWORD, URL_TOKEN, AUTHORIZATION and COOKIE_SID first: their values are hidden in the report.
      # The body is written anew from what its parser made of it.
      curl -X PUT \\
        'http://localhost:3000/a?token='"\${URL_TOKEN:?}" \\
        --globoff \\
        -H 'User-Agent: Mozilla/5.0' \\
        -H 'Accept: text/html' \\
        -H 'Accept-Encoding: gzip' \\
        --compressed \\
        -H 'Authorization: Bearer '"\${AUTHORIZATION:?}" \\
        -H 'Cookie: sid='"\${COOKIE_SID:?}"'; theme=dark' \\
        -H 'Content-Type: application/json' \\
        --data-raw '{"id":7,"name":"O'\\''Hara","password":"'"\${BODY_PASSWORD:?}"'"}'
      "
    `)
  })

  it('is none outside of any request', () => {
    expect(curlCommand(samples.background!)).toBeUndefined()
    expect(renderCurl(samples.background!)).toBe('# This exception happened outside of any request.\n')
  })

  it.each([
    ['HEAD', '--head '],
    ['GET', ''],
    ['POST', '-X POST '],
    ['--config', "-X'--config' "],
    ['M-SEARCH', "-X 'M-SEARCH' "],
    ['$(id)', ''],
    ['', ''],
  ])('has the method %s', (method, words) => {
    expect(command({ method })).toBe(`curl ${words}'http://localhost:3000/' ${both}`)
  })

  it.each([
    ['/a[1]{x,y}', "'http://localhost:3000/a[1]{x,y}' --globoff"],
    ['/a/../b', "'http://localhost:3000/a/../b' --path-as-is"],
    ['/a/%2e%2E', "'http://localhost:3000/a/%2e%2E' --path-as-is"],
    ['/a.b/..c', "'http://localhost:3000/a.b/..c'"],
    ['*', "'http://localhost:3000/' --request-target '*'"],
    ['/a#b', "'http://localhost:3000/' --request-target '/a#b'"],
    ['http://evil.test/x', "'http://localhost:3000/' --request-target 'http://evil.test/x'"],
    ['--config', "'http://localhost:3000/' --request-target '--config'"],
    ["/'$(id)`", String.raw`'http://localhost:3000/'\''$(id)${'`'}'`],
    ['/\u00c3\u00a9\x1b', `'http://localhost:3000/' --request-target '/é'"$(printf '\\033')"`],
    ['/a\nb', "'http://localhost:3000/'"],
    ['/long… (9999 characters)', "'http://localhost:3000/long'"],
    [
      '/reset/[redacted]?token=[redacted]',
      `'http://localhost:3000/reset/'"\${URL:?}"'?token='"\${URL_TOKEN:?}" --globoff`,
    ],
  ])('has the target %j', (url, words) => {
    expect(command({ url })).toBe(`curl ${words} ${both}`)
  })

  it.each([
    ['localhost:3000', undefined, "'http://localhost:3000/'"],
    ['[::1]:3000', undefined, "'http://[::1]:3000/' --globoff"],
    ['shop.test', 'https://localhost:8443', "'https://localhost:8443/' -H 'Host: shop.test'"],
    ['shop.test:8443', 'https://shop.test:8443', "'https://shop.test:8443/'"],
    ["a' --config /x", undefined, String.raw`'http://localhost/' -H 'Host: a'\'' --config /x'`],
    ['@/etc/passwd', undefined, "'http://localhost/' -H 'Host: @/etc/passwd'"],
  ])('has the host %s', (host, origin, words) => {
    const made = curl({ headers: [['Host', host]] }, origin).command.replaceAll(' \\\n ', '')
    expect(made).toBe(`curl ${words} ${both}`)
  })

  it.each([
    ['1.0', '--http1.0 '],
    ['2.0', '--http2-prior-knowledge '],
  ])('has the version %s', (httpVersion, words) => {
    expect(command({ httpVersion })).toBe(`curl 'http://localhost:3000/' ${words}${both}`)
  })

  it.each([
    ['x', 'y\r\nz: 1', 'A header is left out: it cannot be sent.'],
    ['@/etc/passwd', 'y', 'A header is left out: it cannot be sent.'],
    ['x', 'y… (20000 characters)', 'The header x is left out: it was too long for the report.'],
  ])('leaves out the header %j: %j, and says so', (name, value, note) => {
    const made = curl({
      headers: [
        ['host', 'localhost:3000'],
        [name, value],
      ],
    })
    expect(made.command.replaceAll(' \\\n ', '')).toBe(`curl 'http://localhost:3000/' ${both}`)
    expect(made.notes).toEqual([note])
  })

  it('gives every hidden value a variable of its own', () => {
    const headers = [
      ['cookie', 'a b=[redacted]; [redacted]; sid=[redacted]'],
      ['cookie', 'sid=[redacted]'],
      ['x-path', '[redacted]'],
      ['ключ', '[redacted]'],
    ] as const
    const { command: made, notes } = curl({ headers })
    expect(made.match(/\$\{\w+/g)).toEqual([
      '${COOKIE_A_B',
      '${COOKIE',
      '${COOKIE_SID',
      '${COOKIE_SID_2',
      '${HEADER_X_PATH',
    ])
    expect(notes[0]).toBe(
      'Set COOKIE_A_B, COOKIE, COOKIE_SID, COOKIE_SID_2 and HEADER_X_PATH first: their values are hidden in the report.',
    )
  })

  it.each([
    [
      'JSON',
      posted(object({ a: array(text('"'), object({})), b: hidden }), json),
      `'{"a":["\\"",{}],"b":"'"\${BODY_B:?}"'"}'`,
    ],
    [
      'a form',
      posted(object({ a: text("1&'"), b: object({ c: text('2') }), d: array(text('3'), text('4')) }), form),
      "'a=1%26'\\''&b[c]=2&d=3&d=4'",
    ],
    [
      'a form with a hidden value',
      posted(object({ a: text('1'), password: hidden }), form),
      `'a=1&password='"\${BODY_PASSWORD:?}"`,
    ],
    ['text', posted(text('@/etc/passwd\nx'), ['content-type', 'text/plain']), "'@/etc/passwd\nx'"],
    ['text as JSON', posted(text('{ "a": 1 }'), json), `'{ "a": 1 }'`],
    ['nothing in text', posted(text(''), ['content-type', 'text/plain']), "''"],
  ])('has a body: %s', (_, parts, word) => {
    const [, body] = command(parts).split(' --data-raw ')
    expect(body).toBe(word)
  })

  it.each([
    ['that was cut', posted({ ...object({ a: text('1') }), size: 70 }, json), 'not whole in the report'],
    [
      'that is cut deep inside',
      posted(object({ a: array({ ...text('x'), size: 20_000 }) }), json),
      'not whole in the report',
    ],
    [
      'of bytes',
      posted({ type: 'object', subtype: 'typedarray', description: 'Buffer(4)' }, [
        'content-type',
        'image/png',
      ]),
      'of the type image/png',
    ],
    ['with a NUL', posted(text('a\0b'), ['content-type', 'text/plain']), 'not what a command can hold'],
    [
      'of a class',
      posted({ type: 'object', subtype: 'map', description: 'Map(0)', children: [] }, json),
      'not of a kind that can be written again',
    ],
  ])('leaves out a body %s, and says so', (_, parts, reason) => {
    const made = curl(parts)
    expect(made.command).not.toContain('--data')
    expect(made.notes).toEqual([`The body (9 bytes) is left out: it is ${reason}.`])
  })

  it('says that a body was not kept', () => {
    const headers = [
      ['host', 'localhost'],
      ['transfer-encoding', 'chunked'],
    ] as const
    expect(curl({ method: 'POST', headers }).notes).toEqual([
      'The body is left out: it was not kept. No middleware had parsed it.',
    ])
    expect(curl({ method: 'POST', headers: [['content-length', '0']] }).notes).toEqual([])
  })

  it('stops before anything is sent when a variable is not set', () => {
    const { command: made } = curl({ headers: [['authorization', '[redacted]']] })
    const run = spawnSync('sh', ['-c', `curl() { echo sent; }\n${made}`], { encoding: 'utf8', env: {} })
    expect(run.stdout).toBe('')
    expect(run.stderr).toContain('AUTHORIZATION')
    expect(run.status).not.toBe(0)
  })
})

const bytes = fc.oneof(
  fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)) }),
  fc.string({
    unit: fc.constantFrom(
      "'",
      '"',
      '\\',
      '$',
      '`',
      '!',
      '\n',
      '$(',
      ' ',
      '%s',
      '\\0',
      '@',
      '-',
      ';',
      '\x1b',
      '\t',
    ),
  }),
  fc
    .string({ unit: 'binary' })
    .map((whole) => Buffer.from(whole, 'utf8').toString('latin1').replaceAll('\0', '')),
)
const fieldName = fc.oneof(
  fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/),
  fc.constantFrom('--config', '-K', '$(id)', 'X-A', 'Cookie', 'Accept', 'User-Agent', 'Accept-Encoding'),
)
const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE', '--config', '-K', '-o', 'M-SEARCH', "x'y"),
  url: fc.oneof(
    fc.webPath(),
    bytes.map((rest) => `/${rest}`),
    fc.constantFrom('/a[1-9]{b,c}', '/../x/./y?/../', '*', '/?#'),
  ),
  headers: fc.array(fc.tuple(fieldName, bytes), { maxLength: 5 }),
  body: fc.option(bytes, { nil: undefined }),
})

interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: ReadonlyArray<readonly [string, string]>
  readonly body: string | undefined
}

const left = new Set(['connection', 'te', 'trailer', 'upgrade', 'expect', 'host'])

/** What of it is to arrive. */
function meant({ method, url, headers, body }: Sent): Sent {
  const kept = headers.filter(([name, value]) => {
    return !left.has(name.toLowerCase()) && /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/[\r\n]/.test(value)
  })
  return {
    method,
    url: /[\r\n]/.test(url) ? '/' : url,
    headers: kept.map(([name, value]) => [name, value.trim() === '' ? '' : value] as const),
    body,
  }
}

function commandFor({ method, url, headers, body }: Sent, port: number): string {
  const more =
    body === undefined
      ? []
      : ([
          ['content-type', 'text/plain'],
          ['content-length', '1'],
        ] as const)
  return curl({
    method,
    url,
    headers: [['host', `127.0.0.1:${port}`], ...headers, ...more],
    ...(body === undefined ? {} : { body: text(body) }),
  }).command
}

/** What each of the commands gives curl, byte by byte. */
function argumentsOf(commands: readonly string[], shell: string): string[][] {
  const run = spawnSync(shell, [], {
    input: Buffer.from(`curl() { printf '%s\\0' "$#" "$@"; }\n${commands.join('\n')}\n`),
    encoding: 'latin1',
    maxBuffer: 1e8,
  })
  expect(run.stderr).toBe('')
  const words = run.stdout.split('\0')
  const all: string[][] = []
  for (let at = 0; at < words.length - 1; at += Number(words[at]) + 1) {
    all.push(words.slice(at + 1, at + 1 + Number(words[at])))
  }
  return all
}

/** Reads arguments as curl does: what it would send. */
function read(words: readonly string[]): Sent {
  let method: string | undefined
  let url = ''
  let body: string | undefined
  const headers: Array<readonly [string, string]> = []
  const queue = [...words]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (next === '--globoff' || next === '--path-as-is' || next === '--compressed') continue
    if (next === '-X') method = queue.shift()!
    else if (next.startsWith('-X')) method = next.slice(2)
    else if (next === '--request-target') url = queue.shift()!
    else if (next === '--data-raw') body = queue.shift()!
    else if (next === '-H') {
      const [, name, value] = /^([^:;]+)(?:;|: ?)([^]*)$/.exec(queue.shift()!)!
      headers.push([name!, value!])
    } else if (next.startsWith('http://127.0.0.1:1/')) url = next.slice('http://127.0.0.1:1'.length)
    else throw new Error(`an argument of nobody: ${next}`)
  }
  return { method: method ?? (body === undefined ? 'GET' : 'POST'), url, headers, body }
}

describe.each(['sh', 'bash'])('in %s', (shell) => {
  it('curl gets exactly what was meant', () => {
    const batch = fc.array(requests, { minLength: 40, maxLength: 40 })
    fc.assert(
      fc.property(batch, (all) => {
        const got = argumentsOf(
          all.map((one) => commandFor(one, 1)),
          shell,
        ).map(read)
        const wanted = all.map((one) => {
          const { headers, body, ...line } = meant({ ...one, body: one.body })
          const has = (name: string): boolean => one.headers.some(([other]) => other.toLowerCase() === name)
          const anything = headers.filter(([name]) => name.toLowerCase() === 'accept').length === 1
          return {
            ...line,
            headers: [
              ...headers.filter(
                ([name, value]) => !(anything && name.toLowerCase() === 'accept' && value === '*/*'),
              ),
              ...(body === undefined ? [] : [['content-type', 'text/plain']]),
              ...['Accept', 'User-Agent']
                .filter((name) => !has(name.toLowerCase()))
                .map((name) => [name, '']),
            ],
            // The body is text in UTF-8 already.
            body: body === undefined ? undefined : Buffer.from(body, 'utf8').toString('latin1'),
          }
        })
        expect(got).toEqual(wanted)
      }),
      { numRuns: isFull ? 30 : 1, endOnFailure: true },
    )
  })
})

describe.skipIf(spawnSync('curl', ['--version']).status !== 0)('the real curl', () => {
  const seen: string[] = []
  let server: Server
  let port = 0

  beforeAll(async () => {
    server = createServer((socket) => {
      let got = ''
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        got += chunk
        const end = got.indexOf('\r\n\r\n')
        const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(got)?.[1] ?? 0)
        if (end === -1 || got.length < end + 4 + length) return
        seen.push(got)
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      })
      socket.on('error', () => {})
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })

  afterAll(() => void server.close())

  function parsed(raw: string): Sent {
    const end = raw.indexOf('\r\n\r\n')
    const [line = '', ...fields] = raw.slice(0, end).split('\r\n')
    const [, method = '', url = ''] = /^(\S+) ([^]*) HTTP\/1\.1$/.exec(line) ?? []
    const headers = fields.map((field) => {
      const colon = field.indexOf(':')
      return [field.slice(0, colon), trimmed(field.slice(colon + 1))] as const
    })
    const own = new Set(['host', 'content-length'])
    const body = raw.slice(end + 4)
    return { method, url, headers: sorted(headers.filter(([name]) => !own.has(name.toLowerCase()))), body }
  }

  const trimmed = (value: string): string => value.replaceAll(/^[ \t]+|[ \t]+$/g, '')
  const sorted = (headers: Sent['headers']): Sent['headers'] =>
    headers.toSorted(([a, b], [c, d]) => (`${a}: ${b}` < `${c}: ${d}` ? -1 : 1))

  it('sends the same request again', async () => {
    const all = fc
      .sample(requests, { numRuns: isFull ? 300 : 15, seed: 7 })
      // A server that reads HTTP sees no more of these.
      .map((one) => ({ ...one, method: one.method === "x'y" ? 'x-y' : one.method }))
    const script = all.map((one) => commandFor(one, port)).join('\n')
    // No `.curlrc` of anybody's.
    const env = { PATH: process.env['PATH'], HOME: '/nowhere' }
    seen.length = 0
    const running = promisify(execFile)('sh', ['-c', script], { env, encoding: 'latin1' })
    expect((await running).stdout).toBe('')
    const wanted = all.map((one) => {
      const { headers, body, ...line } = meant(one)
      const typed = body === undefined ? [] : ([['content-type', 'text/plain']] as const)
      const values = [...headers, ...typed].map(([name, value]) => [name, trimmed(value)] as const)
      return { ...line, headers: sorted(values), body: Buffer.from(body ?? '', 'utf8').toString('latin1') }
    })
    expect(seen.map(parsed)).toEqual(wanted)
  })
})
