import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import compression from 'compression'
import express from 'express'
import Koa from 'koa'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { debugMiddleware } from '../../packages/express/src/active.ts'
import { debugMiddleware as koaMiddleware } from '../../packages/koa/src/active.ts'
import { closeBrowser, launchBrowser } from '../browser/launch.ts'
import { request, sendRaw } from './raw-http.ts'

/** Where a page may break off. */
const halfOpen: Readonly<Record<string, string>> = {
  nothing: '',
  text: '<p>some text',
  'a start tag': '<div',
  'a start tag with a space': '<div ',
  'an attribute name': '<div title',
  'an attribute without value': '<div title=',
  'a double-quoted attribute': '<div title="half',
  'a single-quoted attribute': "<div title='half",
  'an unquoted attribute': '<div title=half',
  'an attribute with markup': '<div title="<p>half</p>',
  'an end tag': '<div></di',
  'a less-than sign': '<p>1 <',
  'a character reference': '<p>&am',
  'a comment': '<!-- half',
  'a comment that nearly ends': '<!-- half --',
  'a doctype': '<!DOCTYPE html PUBLIC "-//half',
  'a script': '<script>__pwn = 1',
  'a script in a string': '<script>__pwn = 1; x = "half',
  'a script in a template': '<script>__pwn = 1; x = `half',
  'a script in a comment': '<script>__pwn = 1; /* half',
  'a script in a line comment': '<script>__pwn = 1 // half',
  'a script in a regular expression': '<script>__pwn = 1; x = /half',
  'a script in a call': '<script>__pwn = 1; f([{a: (',
  'an escaped script': '<script><!-- <script> __pwn = 1',
  'a module': '<script type="module">globalThis.__pwn = 1',
  'a script with an address': '<script src="/pwn.js',
  'a script with an address in single quotes': "<script src='/pwn.js",
  'a script with a bare address': '<script src=/pwn.js',
  'a style': '<style>body { color: red; } p { content: "half',
  'a style in a comment': '<style>/* half',
  'a textarea': '<textarea>half',
  'a title': '<title>half',
  'a head': '<head><meta name="x" content="half">',
  'a select': '<select><option>half',
  'a select with a group': '<select><optgroup label="x"><option>half',
  'a datalist': '<datalist><option>half',
  'a table': '<table><tr><td>a</td>',
  'a table cell with a table': '<table><tr><td><table><tr><td>half',
  'a table without cells': '<table><colgroup><col>',
  'an svg': '<svg width="10" height="10"><text>half',
  'an svg with html': '<svg width="10" height="10"><foreignObject><div><p>half',
  'an svg style': '<svg><style>half',
  'a cdata section': '<svg><![CDATA[ half',
  math: '<math><mi>half',
  'a noscript': '<noscript><p>half',
  'an iframe': '<iframe>half',
  'a template': '<template><div><p>half',
  'a closed details': '<details><summary>more</summary><p>half',
  'a closed dialog': '<dialog><p>half',
  'a video': '<video><p>half',
  'an object': '<object data="data:text/plain,x"><p>half',
  'a canvas': '<canvas width="1" height="1"><p>half',
  'a button': '<button>half',
  'a link': '<a href="/elsewhere">half',
  'a hidden segment of a streaming renderer': '<div hidden id="S:1"><section><div><p>half',
  'boxes in boxes': '<div style="display:none">'.repeat(8),
  'a base': '<base href="https://evil.example/"><p>half',
  'styles that hide': '<style>div, a { display: none; visibility: hidden; opacity: 0 }</style><p>half',
  'styles that cover': '<div style="position:fixed;inset:0;z-index:2147483647;background:#fff"><p>half',
}

const servers: Server[] = []

async function listen(app: express.Express): Promise<number> {
  const server = createServer(app)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

type Write = (res: express.Response) => void

/** Writes a beginning and fails. */
function failingApplication(writes: Readonly<Record<string, Write>>): express.Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(debugMiddleware({ enabled: true, terminal: 'off' }))
  app.use('/compressed', compression({ threshold: 0 }))
  Object.entries(writes).forEach(([name, write], index) => {
    for (const path of [`/${index}`, `/compressed/${index}`]) {
      app.all(path, (_req, res, next) => {
        write(res)
        setTimeout(next, 10, new Error(name))
      })
    }
  })
  app.get('/pwn.js*rest', (_req, res) => {
    res.type('js').send('__pwn = 1')
  })
  return app
}

afterAll(() => {
  for (const server of servers) server.close().closeAllConnections()
})

describe('the notice in a page that breaks off', () => {
  const names = Object.keys(halfOpen)
  let browser: Browser
  let page: Page
  let port = 0

  beforeAll(async () => {
    const writes = Object.fromEntries(
      names.map((name): [string, Write] => [
        name,
        (res) => {
          const inHead = /head|title|doctype|nothing/.test(name)
          res.type('html')
          res.write(
            inHead
              ? halfOpen[name]! || ' '
              : `<!DOCTYPE html><title>x</title><h1>Streamed</h1>${halfOpen[name]!}`,
          )
        },
      ]),
    )
    port = await listen(failingApplication(writes))
    browser = await launchBrowser()
    page = await browser.newPage()
  })

  afterAll(closeBrowser)

  it.each(names)('is seen inside %s, and runs nothing', async (name) => {
    await page.goto(`http://127.0.0.1:${port}/${names.indexOf(name)}`, { waitUntil: 'commit' })
    const link = page.getByRole('link', { name: 'See the report' })
    await link.waitFor({ state: 'visible', timeout: 60_000 })
    await page.waitForTimeout(30)
    const seen = await link.evaluate((element) => {
      const { left, top, width, height } = element.getBoundingClientRect()
      const hit = document.elementFromPoint(left + width / 2, top + height / 2)
      const { __pwn } = globalThis as { __pwn?: unknown }
      return {
        onTop: hit === element,
        size: width > 50 && height > 10,
        href: (element as HTMLAnchorElement).href,
        text: element.parentElement!.innerText,
        pwned: __pwn,
        junk: document.body.innerText.includes('-->') || document.body.innerText.includes(']]>'),
      }
    })
    expect(seen).toMatchObject({ onTop: true, size: true, pwned: undefined, junk: false })
    expect(seen.href).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/__throwpoint/[0-9a-f]{32}$`))
    expect(seen.text).toContain('an exception ended it')
  })

  it('leads to the report', async () => {
    await page.goto(`http://127.0.0.1:${port}/1`, { waitUntil: 'commit' })
    const [report] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'See the report' }).click(),
    ])
    await report.getByRole('heading', { level: 1 }).waitFor()
    expect(await report.getByRole('heading', { level: 1 }).innerText()).toContain('text')
    await report.close()
  })
})

describe('the event in a stream of events', () => {
  const pieces = ['', 'data: whole\n\n', 'data: ha', 'event: tick\ndata: 1\n', ': comment\n', 'id: 7\n\nda']
  let port = 0

  beforeAll(async () => {
    const writes = Object.fromEntries(
      pieces.map((piece): [string, Write] => [
        JSON.stringify(piece),
        (res) => {
          res.type('text/event-stream')
          res.write(`data: first\n\n${piece}`)
        },
      ]),
    )
    port = await listen(failingApplication(writes))
  })

  it.each(pieces)('reaches its listener, and no half event another one, after %j', async (piece) => {
    const { EventReader } = await import('./event-reader.ts')
    const raw = await sendRaw(port, request(`GET /${pieces.indexOf(piece)} HTTP/1.1`, ['Host: localhost']))
    const events = new EventReader(raw.body.replaceAll(/\r?\n?^[0-9a-f]+\r\n/gim, '').replaceAll('\r\n', ''))
      .events
    const own = events.filter(({ type }) => type === 'throwpoint')
    expect(own.length).toBe(1)
    expect(JSON.parse(own[0]!.data.split('\n').at(-1)!)).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      link: expect.stringMatching(/^http:\/\/localhost\/__throwpoint\/[0-9a-f]{32}$/),
    })
    const others = events.filter(({ type }) => type !== 'throwpoint').map(({ data }) => data)
    expect(others).toEqual(piece === 'data: whole\n\n' ? ['first', 'whole'] : ['first'])
  })
})

describe('what follows a notice', () => {
  const ends = (bytes: string): void => {
    expect(bytes.slice(-300)).toMatch(/See the report<\/a><\/div>\s*$/)
    expect(bytes).not.toContain('zzlate')
  }

  it('is nothing: an application that goes on writing and ends its answer does not end it', async () => {
    const app = express()
    app.use(debugMiddleware({ enabled: true, terminal: 'off' }))
    app.get('/', (_req, res, next) => {
      res.type('html').write('<p>')
      next(new Error('half'))
      setTimeout(() => res.write('zzlate'), 20)
      setTimeout(() => res.end('zzlate'), 40)
    })
    const port = await listen(app)
    ends((await sendRaw(port, request('GET / HTTP/1.1', ['Host: localhost']))).bytes)
  })

  it('is nothing in Koa, whose body is a stream that fails', async () => {
    const app = new Koa()
    app.silent = true
    app.use(koaMiddleware({ enabled: true, terminal: 'off' }))
    app.use((ctx) => {
      ctx.type = 'html'
      ctx.body = Readable.from(
        (async function* () {
          yield '<p>'
          await new Promise((resolve) => setTimeout(resolve, 10))
          throw new Error('half')
        })(),
      )
    })
    const server = createServer(app.callback())
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    ends((await sendRaw(port, request('GET / HTTP/1.1', ['Host: localhost']))).bytes)
  })
})

describe('bodies without a notice', () => {
  const writes: Readonly<Record<string, Write>> = {
    'plain text': (res) => void res.type('text').write('half'),
    CSV: (res) => void res.type('csv').write('a,b\n1'),
    JSON: (res) => void res.type('json').write('{"a":'),
    XHTML: (res) => void res.type('application/xhtml+xml').write('<html>'),
    JavaScript: (res) => void res.type('js').write('f('),
    bytes: (res) => void res.type('bin').write(Buffer.alloc(10)),
    'no type': (res) => void res.write('half'),
    'a promised length': (res) => void res.type('html').set('Content-Length', '100').write('<p>'),
    'a promised length in writeHead': (res) => {
      res.writeHead(200, { 'content-type': 'text/html', 'content-length': 100 })
      res.write('<p>')
    },
    'an encoding': (res) => void res.type('html').set('Content-Encoding', 'br').write('xx'),
    'an encoding in writeHead': (res) => {
      res.writeHead(200, ['Content-Type', 'text/html', 'Content-Encoding', 'gzip'])
      res.write('xx')
    },
    'UTF-16': (res) =>
      void res.set('Content-Type', 'text/html; charset=utf-16le').write(Buffer.from('<p>', 'utf16le')),
    'ISO-2022': (res) => void res.set('Content-Type', 'text/html; charset="iso-2022-jp"').write('<p>'),
    'a part': (res) => void res.status(206).type('html').set('Content-Range', 'bytes 0-9/99').write('<p>'),
  }
  const names = Object.keys(writes)
  let port = 0

  beforeAll(async () => {
    port = await listen(failingApplication({ ...writes, html: (res) => void res.type('html').write('<p>') }))
  })

  it.each(names)('%s', async (name) => {
    const { bytes, body } = await sendRaw(
      port,
      request(`GET /${names.indexOf(name)} HTTP/1.1`, ['Host: localhost']),
    )
    expect(bytes.startsWith('HTTP/1.1 20')).toBe(true)
    expect(bytes).not.toContain('See the report')
    expect(bytes).not.toContain('__throwpoint')
    // Cut, not ended.
    expect(body.endsWith('0\r\n\r\n')).toBe(false)
  })

  it('the answer to HEAD', async () => {
    const { bytes } = await sendRaw(port, request(`HEAD /${names.length} HTTP/1.1`, ['Host: localhost']))
    expect(bytes).not.toContain('See the report')
  })

  it('a compressed page', async () => {
    const headers = ['Host: localhost', 'Accept-Encoding: gzip']
    const { bytes, headers: sent } = await sendRaw(
      port,
      request(`GET /compressed/${names.length} HTTP/1.1`, headers),
    )
    if (sent.size > 0) expect(sent.get('content-encoding')).toBe('gzip')
    expect(bytes).not.toContain('See the report')
  })

  it('but a page to an old client has one', async () => {
    const { bytes } = await sendRaw(port, `GET /${names.length} HTTP/1.0\r\nHost: localhost\r\n\r\n`)
    expect(bytes).toContain('See the report')
  })

  it('and so has a page whose head was written by hand', async () => {
    const at = await listen(
      failingApplication({
        hand: (res) => {
          res.writeHead(200, { 'Content-TYPE': 'Text/HTML;charset=UTF-8' })
          res.write('<p>')
        },
      }),
    )
    expect((await sendRaw(at, request('GET /0 HTTP/1.1', ['Host: localhost']))).bytes).toContain(
      'See the report',
    )
  })
})
