import { createServer, type Server } from 'node:http'
import { type AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { debugMiddleware } from '../../packages/express/src/active.ts'
import { request, sendRaw } from './raw-http.ts'

/** In the message, so that the framework's own answer has it too; the source of this file must be in neither. */
const secretInSource: string = 'canary-of-the-source'

function makeError(): Error {
  const error = new Error('boom')
  // Without paths, so that the answers with and without the middleware can be compared.
  if (secretInSource !== '') error.stack = `Error: boom\n    at ${import.meta.filename}:15:17`
  return error
}

function application(debug: boolean): express.Express {
  const app = express()
  if (debug) app.use(debugMiddleware({ enabled: true, terminal: 'off', hosts: ['app.test'] }))
  app.set('trust proxy', true)
  app.get('/fine', (_req, res) => {
    res.send('fine')
  })
  app.get('/crash', () => {
    throw makeError()
  })
  app.get('/half', (_req, res, next) => {
    res.type('html')
    res.write('<p>half')
    setImmediate(() => next(makeError()))
  })
  app.get('/events', (_req, res, next) => {
    res.type('text/event-stream')
    res.write('data: 1\n\n')
    setImmediate(() => next(makeError()))
  })
  return app
}

const servers: Server[] = []

async function listen(app: express.Express, host: string): Promise<number> {
  const server = createServer(app)
  servers.push(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  return (server.address() as AddressInfo).port
}

let port = 0
let plainBody = ''
let plainHeaders: string[] = []

beforeAll(async () => {
  port = await listen(application(true), '0.0.0.0')
  const plain = await sendRaw(
    await listen(application(false), '127.0.0.1'),
    request('GET /crash HTTP/1.1', ['Host: localhost']),
  )
  plainBody = plain.body
  plainHeaders = [...plain.headers.keys()].sort()
  expect(plainBody).toContain('<title>Error</title>')
})

afterAll(() => {
  for (const server of servers) server.close().closeAllConnections()
})

/** The id of a report that was just made: only the last fifty are kept. */
async function freshId(at = port): Promise<string> {
  const { headers, body } = await sendRaw(
    at,
    request('GET /crash HTTP/1.1', ['Host: localhost', 'Accept: text/html']),
  )
  expect(body).toContain(secretInSource)
  return headers.get('x-throwpoint')!
}

interface Where {
  readonly port?: number
  readonly host?: string
}

const refusal = 'Reports are not shown here. The terminal of the server says why.\n'

/** The answer to the failure is the framework's own, byte for byte; the report by its id is refused. */
async function expectRefused(
  headers: readonly string[],
  { port: at = port, host }: Where = {},
): Promise<void> {
  const crash = await sendRaw(at, request('GET /crash HTTP/1.1', headers), host)
  if (crash.status !== 400) {
    expect(crash.status).toBe(500)
    expect(crash.body).toBe(plainBody)
    expect(crash.headers.get('x-throwpoint')).toMatch(/^[0-9a-f]{32}$/)
    expect([...crash.headers.keys()].filter((name) => name !== 'x-throwpoint').sort()).toEqual(plainHeaders)
  }
  const id = await freshId()
  const report = await sendRaw(at, request(`GET /__throwpoint/${id} HTTP/1.1`, headers), host)
  expect([400, 403]).toContain(report.status)
  expect(report.status).toBe(crash.status === 400 ? 400 : 403)
  if (report.status === 403) expect(report.body).toBe(refusal)
  for (const path of ['/half', '/events']) {
    const { bytes } = await sendRaw(at, request(`GET ${path} HTTP/1.1`, headers), host)
    expect(bytes).not.toMatch(/report|event: throwpoint|__throwpoint/)
  }
  for (const { bytes } of [crash, report]) {
    expect(bytes).not.toContain(secretInSource)
    expect(bytes).not.toMatch(/access-control|set-cookie/i)
  }
  const fine = await sendRaw(at, request('GET /fine HTTP/1.1', ['Host: localhost']), host)
  expect(fine.body).toBe('fine')
}

async function expectShown(headers: readonly string[], { port: at = port, host }: Where = {}): Promise<void> {
  const crash = await sendRaw(at, request('GET /crash HTTP/1.1', ['Accept: text/html', ...headers]), host)
  expect(crash.status).toBe(500)
  expect(crash.body).toContain(secretInSource)
  const id = await freshId()
  const report = await sendRaw(
    at,
    request(`GET /__throwpoint/${id} HTTP/1.1`, ['Accept: text/html', ...headers]),
    host,
  )
  expect(report.status).toBe(200)
  expect(report.body).toContain(secretInSource)
}

describe('Host', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'a.localhost',
    'shop.app.localhost',
    '127.0.0.1',
    '[::1]',
    'app.test',
    'APP.test',
  ])('shows reports under %s, with and without a port', async (name) => {
    await expectShown([`Host: ${name}`])
    await expectShown([`Host: ${name}:${port}`])
    await expectShown([`Host: ${name}:8080`])
  })

  it('shows reports under the literal address the connection was made to', async () => {
    await expectShown(['Host: 127.0.0.9'], { host: '127.0.0.9' })
    await expectRefused(['Host: 127.0.0.9'])
  })

  it.each([
    'evil.example',
    'evil.example:PORT',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    'localhost6',
    'localhost.',
    '.localhost',
    'a..localhost',
    '-a.localhost',
    'a_b.localhost',
    'localhost@evil.example',
    'evil.example@localhost',
    'localhost evil.example',
    'localhost,evil.example',
    'localhost:80:80',
    'localhost:',
    'localhost:port',
    'localhost/',
    'localhost#',
    'http://localhost',
    'l\u00f6calhost',
    '0.0.0.0:PORT',
    '[::]:PORT',
    '[::ffff:127.0.0.1]',
    '[::1',
    '[0:0:0:0:0:0:0:1]',
    '::1',
    '0177.0.0.1',
    '0x7f.1',
    '2130706433',
    '127.1',
    '10.0.2.555',
    '10.0.-23.255',
    '127.0.0.4294967296',
    '127.0.0.18446744073709552000',
    '.0.0.1',
    '127..0.1',
    '127.0.0.',
    '127.0.1',
    '127.0.0.0.1',
    '127.0.0.2',
    'sub.app.test',
    'app.test.',
    '',
  ])('withholds them under "%s"', async (host) => {
    await expectRefused([`Host: ${host.replace('PORT', String(port))}`])
  })
})

describe('the request line and its Host', () => {
  it('withholds reports when there are two', async () => {
    await expectRefused(['Host: localhost', 'Host: evil.example'])
    await expectRefused(['Host: localhost', 'Host: localhost'])
  })

  it('withholds reports from HTTP/1.0 without one, and shows them with one', async () => {
    const crash = await sendRaw(port, 'GET /crash HTTP/1.0\r\n\r\n')
    const id = await freshId()
    expect(crash.body).toBe(plainBody)
    expect((await sendRaw(port, `GET /__throwpoint/${id} HTTP/1.0\r\n\r\n`)).status).toBe(403)
    expect((await sendRaw(port, `GET /__throwpoint/${id} HTTP/1.0\r\nHost: localhost\r\n\r\n`)).status).toBe(
      200,
    )
  })

  it.each(['http://evil.example', 'http://localhost', 'https://localhost:1', 'ws://evil.example'])(
    'withholds reports when the request line names %s',
    async (origin) => {
      const crash = await sendRaw(port, request(`GET ${origin}/crash HTTP/1.1`, ['Host: localhost']))
      expect(crash.body).not.toContain(secretInSource)
      const id = await freshId()
      const report = await sendRaw(
        port,
        request(`GET ${origin}/__throwpoint/${id} HTTP/1.1`, ['Host: localhost']),
      )
      expect(report.status).toBe(403)
      expect(report.body).toBe(refusal)
    },
  )
})

describe('the connection', () => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((one) => one !== undefined && !one.internal && one.family === 'IPv4')?.address

  it.skipIf(outside === undefined)(
    'withholds reports from another machine, whatever its headers say',
    async () => {
      const host = outside!
      for (const headers of [
        [],
        ['X-Forwarded-For: 127.0.0.1'],
        ['X-Forwarded-For: ::1'],
        ['X-Forwarded-For: 0000::1'],
        ['X-Forwarded-For: ::ffff:127.0.0.1'],
        ['Forwarded: for=127.0.0.1;host=localhost'],
        ['X-Real-IP: 127.0.0.1'],
        ['Client-IP: 127.0.0.1'],
        ['X-Forwarded-Host: localhost'],
      ]) {
        await expectRefused(['Host: localhost', ...headers], { host })
        await expectRefused([`Host: ${host}:${port}`, ...headers], { host })
      }
    },
  )

  it('shows reports to 127.0.0.1 that came through an IPv6 socket', async () => {
    let at: number
    try {
      at = await listen(application(true), '::')
    } catch {
      return
    }
    await expectShown(['Host: localhost'], { port: at })
  })
})

describe('proxies and tunnels', () => {
  it.each([
    'X-Forwarded-For: 203.0.113.9',
    'X-Forwarded-For: 127.0.0.1',
    'x-forwarded-host: a.ngrok.app',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Server: x',
    'Forwarded: for=203.0.113.9',
    'Via: 1.1 vegur',
    'X-Real-IP: 203.0.113.9',
    'Client-IP: 203.0.113.9',
    'X-Client-IP: 203.0.113.9',
    'True-Client-IP: 203.0.113.9',
    'CF-Connecting-IP: 203.0.113.9',
    'CF-Ray: 1',
    'Fly-Client-IP: 203.0.113.9',
    'X-Original-Forwarded-For: 203.0.113.9',
    'X-Cluster-Client-IP: 203.0.113.9',
  ])('withholds reports when there is a header "%s"', async (header) => {
    await expectRefused(['Host: localhost', header])
  })
})

describe('other origins', () => {
  it.each([
    [
      [
        'Origin: https://evil.example',
        'Sec-Fetch-Site: cross-site',
        'Sec-Fetch-Mode: cors',
        'Sec-Fetch-Dest: empty',
      ],
    ],
    [['Origin: https://evil.example']],
    [['Origin: null']],
    [['Origin: http://localhost:5173', 'Sec-Fetch-Site: same-site']],
    [['Origin: http://localhost:5173']],
    [['Origin: https://localhost']],
    [['Origin: http://localhost.evil.example']],
    [['Origin: ']],
    [['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: script']],
    [['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: image']],
    [['Sec-Fetch-Site: same-site']],
    [['Sec-Fetch-Site: something-new']],
    [['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site']],
    [['Sec-Fetch-Site: same-origin, cross-site']],
    [['Sec-Fetch-Site: same-origin', 'Origin: https://evil.example']],
    [['Sec-Fetch-Site: same-origin', 'Origin: null']],
    [['Origin: http://localhost', 'Origin: https://evil.example']],
    [['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe']],
    [['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe']],
    [['Sec-Fetch-Dest: frame']],
    [['Sec-Fetch-Dest: embed']],
    [['Sec-Fetch-Dest: object']],
    [['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document', 'Origin: null']],
    [['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate']],
    [['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Dest: document']],
  ])('withholds reports from %s', async (headers) => {
    await expectRefused(['Host: localhost', ...headers])
  })

  it.each([
    [['Sec-Fetch-Site: none', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']],
    [['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']],
    [['Sec-Fetch-Site: same-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']],
    [['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Mode: cors', 'Sec-Fetch-Dest: empty']],
    [['Sec-Fetch-Site: same-origin', 'Origin: http://localhost']],
    [['Origin: http://localhost']],
    [[]],
  ])('shows reports to %s', async (headers) => {
    await expectShown(['Host: localhost', ...headers])
  })

  it('drops what the application set to open its answers to other origins', async () => {
    const app = express()
    app.use(debugMiddleware({ enabled: true, terminal: 'off' }))
    app.use((req, res, next) => {
      res.set('Access-Control-Allow-Origin', req.headers.origin ?? '*')
      res.set('Access-Control-Allow-Credentials', 'true')
      res.set('Access-Control-Expose-Headers', 'X-Throwpoint')
      res.set('Set-Cookie', 'session=1')
      res.set('ETag', '"1"')
      res.set('Last-Modified', new Date().toUTCString())
      res.set('Cache-Control', 'public, max-age=3600')
      res.set('Content-Encoding', 'gzip')
      res.set('Content-Security-Policy-Report-Only', "default-src 'self'")
      res.set('Refresh', '0; url=https://evil.example/')
      res.set('Link', '</x.css>; rel=preload')
      res.set('X-Of-The-Application', 'stays')
      next()
    })
    app.get('/crash', () => {
      throw Object.assign(makeError(), { headers: { 'Retry-After': '7' } })
    })
    const at = await listen(app, '127.0.0.1')
    const shown = await sendRaw(at, request('GET /crash HTTP/1.1', ['Host: localhost']))
    expect(Object.fromEntries([...shown.headers].filter(([name]) => name !== 'date'))).toEqual({
      'x-powered-by': 'Express',
      'x-of-the-application': 'stays',
      'cache-control': 'no-store, no-transform',
      'content-length': String(Buffer.byteLength(shown.body, 'latin1')),
      'content-security-policy':
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'content-type': 'text/plain; charset=utf-8',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-throwpoint': expect.stringMatching(/^[0-9a-f]{32}$/),
      connection: 'close',
    })
    const foreign = await sendRaw(
      at,
      request('GET /crash HTTP/1.1', [
        'Host: localhost',
        'Origin: https://evil.example',
        'Sec-Fetch-Site: cross-site',
      ]),
    )
    expect(foreign.headers.get('access-control-allow-origin')).toBe('https://evil.example')
    expect(foreign.body).not.toContain(secretInSource)
  })
})

describe('what lies under the path', () => {
  let id = ''

  beforeAll(async () => {
    id = await freshId()
  })

  const ask = (line: string, ...headers: string[]) =>
    sendRaw(port, request(line, ['Host: localhost', ...headers]))

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND'])(
    'answers 405 to %s',
    async (method) => {
      const answer = await ask(`${method} /__throwpoint/${id} HTTP/1.1`, 'X-HTTP-Method-Override: GET')
      expect(answer.status).toBe(405)
      expect(answer.headers.get('allow')).toBe('GET, HEAD')
      expect(answer.bytes).not.toMatch(/access-control/i)
    },
  )

  it.each([
    '',
    '/',
    '/x',
    '/../fine',
    '/..%2ffine',
    `/${'0'.repeat(32)}`,
    '/0123',
    '/ID/',
    '/ID.html',
    '/ID.json/x',
    '/ID%00',
    '/__proto__',
    '/eval?code=1',
    '?x',
    '/../../../../etc/passwd',
  ])('answers 404 to "%s" and asks nobody else', async (path) => {
    const answer = await ask(`GET /__throwpoint${path.replace('ID', id)} HTTP/1.1`)
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(answer.body).toContain('There is no such report')
    expect(answer.body).not.toContain(id)
  })

  it('leaves its neighbours to the application', async () => {
    for (const path of [
      '/__throwpointer',
      '/__throwpoint\\x',
      '/x/__throwpoint',
      '//__throwpoint/',
      '/%5f_throwpoint/',
    ]) {
      expect((await ask(`GET ${path} HTTP/1.1`)).body).toContain('Cannot GET')
    }
  })

  it('answers HEAD with the head of GET', async () => {
    const get = await ask(`GET /__throwpoint/${id} HTTP/1.1`)
    const head = await ask(`HEAD /__throwpoint/${id} HTTP/1.1`)
    expect(head.status).toBe(200)
    expect(head.body).toBe('')
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'))
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
  })

  it('never opens a WebSocket', async () => {
    const answer = await ask(
      'GET /__throwpoint/ HTTP/1.1',
      'Upgrade: websocket',
      'Origin: https://evil.example',
    )
    expect(answer.status).toBe(403)
  })

  it('drops what middlewares in front of it set', async () => {
    const app = express()
    app.use((_req, res, next) => {
      res.set('Access-Control-Allow-Origin', '*').cookie('a', 'b')
      next()
    })
    app.use(debugMiddleware({ enabled: true, terminal: 'off' }))
    const at = await listen(app, '127.0.0.1')
    const answer = await sendRaw(at, request(`GET /__throwpoint/${id} HTTP/1.1`, ['Host: localhost']))
    expect(answer.status).toBe(200)
    expect(answer.bytes).not.toMatch(/access-control|set-cookie/i)
  })
})
