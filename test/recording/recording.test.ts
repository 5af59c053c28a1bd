import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import http2 from 'node:http2'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RecordedBody } from '@throwpoint/core/recording'
import { AppProcess, until } from './app-process.ts'

const base = mkdtempSync(join(tmpdir(), 'throwpoint-recording-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

const bytesOf = ({ encoding, data }: RecordedBody): Buffer => Buffer.from(data, encoding)
const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const binary = Buffer.concat([Buffer.from([0, 1, 2, 255, 254, 13, 10, 0]), randomBytes(150_000)])

const versions = [
  ['Express 5', { EXPRESS: 'express' }],
  ['Express 4', { EXPRESS: 'express4' }],
] as const

describe.each(process.env['THROWPOINT_FULL'] === '1' ? versions : versions.slice(0, 1))(
  'a recording, %s',
  (name, env) => {
    let app: AppProcess
    beforeAll(async () => {
      app = await AppProcess.start(join(base, name.replace(' ', '-')), 'express-app.cjs', env)
    })
    afterAll(() => app.stop())

    it.each(['/flowing', '/paused', '/iterated', '/piped', '/raw'])(
      'has the bytes of a binary body, read by %s, and the application has them too',
      async (path) => {
        const answer = await app.send('POST', path, binary, { 'content-type': 'application/x' })
        const { request, response } = await app.recording(path)
        expect(request.body).toMatchObject({ bytes: binary.byteLength })
        expect(request.body.missing).toBeUndefined()
        expect(bytesOf(request.body).equals(binary)).toBe(true)
        if (path === '/piped') expect(answer.body.equals(binary)).toBe(true)
        else expect(JSON.parse(answer.body.toString())).toMatchObject({ sha: sha(binary) })
        expect(bytesOf(response!.body).equals(answer.body)).toBe(true)
        expect(response).toMatchObject({ status: 200, end: 'finished', answeredBy: 'application' })
      },
    )

    it('has a text as text, and one that is read with an encoding as its bytes', async () => {
      await app.send('POST', '/text', 'grüße 🦀')
      const { request, response } = await app.recording('/text')
      expect(request.body).toEqual({ encoding: 'utf8', data: 'grüße 🦀', bytes: 12 })
      expect(response!.body.data).toBe('GRÜSSE 🦀')
    })

    it('has the headers as they came and as they left', async () => {
      await app.send('GET', '/binary?a=1', undefined, { 'X-MiXed': '1', accept: ['a/b', 'c/d'] })
      const { request, response } = await app.recording('/binary?a=1')
      expect(request).toMatchObject({
        method: 'GET',
        url: '/binary?a=1',
        httpVersion: '1.1',
        port: app.port,
        hidden: [],
      })
      expect(request.headers).toContainEqual(['X-MiXed', '1'])
      expect(response!.status).toBe(201)
      expect(response!.headers).toEqual(
        expect.arrayContaining([
          ['X-Two', 'a'],
          ['X-Two', 'b'],
          ['X-Late', 'yes'],
        ]),
      )
      expect(bytesOf(response!.body)).toEqual(Buffer.from([0, 255, 1, 254, 0xc3, 0xa9, 0x65, 0x6e, 0x64]))
    })

    it('has what a chunked request and one with Expect: 100-continue bring', async () => {
      await app.send('POST', '/raw?chunked', binary, {
        'transfer-encoding': 'chunked',
        'content-type': 'a/b',
      })
      await app.send('POST', '/iterated?expect', 'when you like', {
        expect: '100-continue',
        'content-length': 13,
      })
      const chunked = await app.recording('/raw?chunked')
      expect(bytesOf(chunked.request.body).equals(binary)).toBe(true)
      const expected = await app.recording('/iterated?expect')
      expect(expected.request.body.data).toBe('when you like')
    })

    it('has a body that a middleware in front of ours let wait, and says when one was read there', async () => {
      await app.send('POST', '/behind/flowing', 'waited for')
      expect((await app.recording('/behind/flowing')).request.body.data).toBe('waited for')
      await app.send('POST', '/eaten', 'gone', { 'content-type': 'a/b' })
      expect((await app.recording('/eaten')).request.body).toMatchObject({ data: '', missing: 'late' })
    })

    it('says which body is not whole', async () => {
      await app.send('POST', '/unread', 'short')
      expect((await app.recording('/unread')).request.body).toEqual({
        encoding: 'utf8',
        data: 'short',
        bytes: 5,
      })
      await app.send('POST', '/unread?much', Buffer.alloc(900_000, 'x'))
      const { body } = (await app.recording('/unread?much')).request
      expect([body.missing, body.bytes < 900_000]).toEqual(['unread', true])
      await app.send('POST', '/raw?long', Buffer.alloc(3_000_000, 'x'), { 'content-type': 'a/b' })
      const long = await app.recording('/raw?long')
      expect(long.request.body).toMatchObject({ bytes: 3_000_000, missing: 'limit' })
      expect(long.request.body.data).toHaveLength(1024 * 1024)

      const socket = net.connect(app.port, '127.0.0.1')
      socket.write('POST /iterated?aborted HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nonly this')
      await new Promise((resolve) => setTimeout(resolve, 100))
      socket.destroy()
      const aborted = await app.recording('/iterated?aborted')
      expect(aborted.request.body).toEqual({
        encoding: 'utf8',
        data: 'only this',
        bytes: 9,
        missing: 'aborted',
      })
      expect(aborted.response).toBeNull()
    })

    it('names the exception of each phase by its report', async () => {
      await app.send('POST', '/throws', '{"items":[1,2]}', { 'content-type': 'application/json' })
      const thrown = await app.recording('/throws')
      expect(thrown.exceptions).toEqual([
        {
          phase: 'handler',
          report: expect.stringMatching(/^[\da-f]{32}$/),
          name: 'Error',
          message: 'cannot take 2 items',
          fingerprint: expect.stringMatching(/^[\da-f]{16}$/),
        },
      ])
      expect(thrown.response).toMatchObject({ status: 500, answeredBy: 'throwpoint', body: { data: '' } })
      await app.send('GET', '/breaks').catch(() => {})
      const broken = await app.recording('/breaks')
      expect(broken.exceptions.map(({ phase, message }) => [phase, message])).toEqual([['body', 'no more']])
      expect(broken.response).toMatchObject({ end: 'aborted', body: { missing: 'aborted' } })
      expect(broken.response!.body.data).toMatch(/^half/)
      // One that comes behind the answer is written into the same file.
      await app.send('GET', '/later')
      const later = await app.recording('/later', ({ exceptions }) => exceptions.length > 0)
      expect(later.exceptions).toMatchObject([{ phase: 'background', message: 'after the answer' }])
      expect(app.recordings().filter(({ request }) => request.url === '/later')).toHaveLength(1)
    })

    it('is a file that only its owner can read, one for each request', async () => {
      await app.send('GET', '/counter')
      await app.recording('/counter')
      expect(statSync(app.directory).mode & 0o777).toBe(0o700)
      for (const name of readdirSync(app.directory)) {
        expect(name).toMatch(/^\d{8}T\d{6}\.\d{3}Z-\d+-\d+\.throwpoint-exchange\.json$/)
        expect(statSync(join(app.directory, name)).mode & 0o777).toBe(0o600)
      }
    })

    it('has no secrets, and says where they were', async () => {
      const form =
        '--XX\r\nContent-Disposition: form-data; name="password"\r\n\r\nS3CR3T multi\r\n' +
        '--XX\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n\u0000\u00ff\r\n--XX--\r\n'
      await app.send('GET', '/secret?token=S3CR3T-url-1234abcd', undefined, {
        authorization: 'Bearer S3CR3T-header-4711aaaa',
        cookie: 'sid=S3CR3T-cookie-77aa66; theme=dark',
      })
      await app.send('POST', '/raw?form', Buffer.from(form, 'latin1'), {
        'content-type': 'multipart/form-data; boundary=XX',
      })
      await app.send('POST', '/json', '{"user":"ann","password":"S3CR3T-json"}', {
        'content-type': 'application/json',
      })
      await app.send('GET', '/compressed', undefined, { 'accept-encoding': 'gzip' })
      const secret = await until(
        () => app.recordings().find(({ request }) => request.url.startsWith('/secret')),
        app,
      )
      expect(secret.request.hidden).toEqual(['url', 'header authorization', 'header cookie'])
      expect(secret.response!.hidden).toEqual(['header set-cookie'])
      const multi = await app.recording('/raw?form')
      expect(multi.request.hidden).toEqual(['body'])
      expect(bytesOf(multi.request.body).toString('latin1')).toContain('\u0000\u00ff')
      const json = await app.recording('/json')
      expect(json.request.body.data).toContain('"user":"ann"')
      const compressed = await app.recording('/compressed')
      expect(compressed.response).toMatchObject({ hidden: ['body'], body: { decoded: true } })
      expect(compressed.response!.body.data).toMatch(/xxxx/)
      for (const file of app.names()) {
        expect(readFileSync(join(app.directory, file), 'utf8')).not.toMatch(/S3CR3T|abcdef0123456789/)
      }
    })
  },
)

describe('what is recorded', () => {
  it('is whole with recordSecrets, compressed bytes included', async () => {
    const app = await AppProcess.start(join(base, 'secrets'), 'express-app.cjs', {
      THROWPOINT_RECORD_SECRETS: '1',
    })
    try {
      await app.send('GET', '/secret', undefined, { authorization: 'Bearer S3CR3T-header-4711aaaa' })
      expect((await app.recording('/secret')).request).toMatchObject({
        hidden: [],
        headers: expect.arrayContaining([['authorization', 'Bearer S3CR3T-header-4711aaaa']]),
      })
      const answer = await app.send('GET', '/compressed', undefined, { 'accept-encoding': 'gzip' })
      const { response } = await app.recording('/compressed')
      expect(bytesOf(response!.body).equals(answer.body)).toBe(true)
      expect(gunzipSync(bytesOf(response!.body)).toString()).toContain('abcdef0123456789abcdef')
    } finally {
      await app.stop()
    }
  })

  it('are the same events in the same order as without it', async () => {
    const seen: unknown[] = []
    for (const env of [{}, { THROWPOINT_RECORD: '' }, { THROWPOINT_TEST: 'off', THROWPOINT_RECORD: '' }]) {
      const app = await AppProcess.start(join(base, 'events'), 'express-app.cjs', env)
      try {
        seen.push(JSON.parse((await app.send('POST', '/flowing', 'a body')).body.toString()))
      } finally {
        await app.stop()
      }
    }
    expect(seen[0]).toMatchObject({ events: expect.arrayContaining(['data 6', 'end']) })
    expect(seen[1]).toEqual(seen[0])
    expect(seen[2]).toEqual(seen[0])
  })

  it('over HTTP/2 is the same', async () => {
    const app = await AppProcess.start(join(base, 'http2'), 'koa-app.mjs', { HTTP2: '1' })
    const client = http2.connect(app.url)
    try {
      const request = client.request({ ':method': 'POST', ':path': '/iterated' })
      request.end(binary)
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { request: recorded, response } = await app.recording('/iterated')
      expect(bytesOf(recorded.body).equals(binary)).toBe(true)
      expect(recorded.body.missing).toBeUndefined()
      expect(recorded.httpVersion).toBe('2.0')
      expect(recorded.headers).toContainEqual(['host', `127.0.0.1:${app.port}`])
      expect(bytesOf(response!.body).equals(Buffer.concat(chunks))).toBe(true)
      const get = client.request({ ':path': '/stream' })
      get.resume()
      await once(get, 'close')
      const streamed = await app.recording('/stream')
      expect(streamed.request.body).toEqual({ encoding: 'utf8', data: '', bytes: 0 })
      expect(streamed.response!.body.data).toBe('one\ntwo\nthree\n')
    } finally {
      client.destroy()
      await app.stop()
    }
  })

  it('in Koa is the same', async () => {
    const app = await AppProcess.start(join(base, 'koa'), 'koa-app.mjs')
    try {
      const answer = await app.send('POST', '/iterated', binary)
      const { request, response } = await app.recording('/iterated')
      expect(bytesOf(request.body).equals(binary)).toBe(true)
      expect(bytesOf(response!.body).equals(answer.body)).toBe(true)
      await app.send('GET', '/broken').catch(() => {})
      expect((await app.recording('/broken')).exceptions).toMatchObject([
        { phase: 'body', message: 'no third line' },
      ])
      await app.send('GET', '/throws')
      expect((await app.recording('/throws')).exceptions).toMatchObject([{ phase: 'handler' }])
    } finally {
      await app.stop()
    }
  })

  it('is there too when the process dies of the exception, or ends while a request is open', async () => {
    for (const [path, message] of [
      ['/crash', 'the process dies'],
      ['/exit', undefined],
    ] as const) {
      const app = await AppProcess.start(join(base, `dies${path.slice(1)}`), 'express-app.cjs')
      const ended = once(app.child, 'exit')
      await app.send('GET', path).catch(() => {})
      await ended
      const [recorded] = app.recordings()
      expect(recorded!.request.url).toBe(path)
      expect(recorded!.exceptions.map((exception) => exception.message)).toEqual(
        message === undefined ? [] : [message],
      )
      if (message === undefined) expect(recorded!.response).toBeNull()
    }
  })

  it('cannot be written: that is said once, and the application answers', async () => {
    const target = join(base, 'elsewhere')
    mkdirSync(target)
    const link = join(base, 'link')
    symlinkSync(target, link)
    const app = await AppProcess.start(link, 'express-app.cjs')
    try {
      for (let count = 0; count < 3; count++) {
        expect((await app.send('GET', '/counter')).status).toBe(200)
      }
      await until(() => (app.err.includes('symbolic link') ? true : undefined), app)
      expect(app.err.match(/Requests are not recorded/g)).toHaveLength(1)
      expect(readdirSync(target)).toEqual([])
    } finally {
      await app.stop()
      chmodSync(target, 0o700)
    }
  })

  it('of open input is byte for byte what was sent', async () => {
    const app = await AppProcess.start(join(base, 'open'), 'express-app.cjs', {
      THROWPOINT_RECORD_SECRETS: '1',
    })
    let count = 0
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ maxLength: 2000 }),
          fc.constantFrom('/flowing', '/paused', '/iterated', '/piped', '/raw'),
          fc.boolean(),
          async (bytes, path, chunked) => {
            const body = Buffer.from(bytes)
            const url = `${path}?${++count}`
            const framing = chunked
              ? { 'transfer-encoding': 'chunked' }
              : { 'content-length': body.byteLength }
            await app.send('POST', url, body, { 'content-type': 'a/b', ...framing })
            const { request } = await app.recording(url)
            return bytesOf(request.body).equals(body) && request.body.missing === undefined
          },
        ),
        { numRuns: 30 },
      )
    } finally {
      await app.stop()
    }
  })
})
