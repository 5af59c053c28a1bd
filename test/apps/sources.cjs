'use strict'
// Streams that fail, in all the ways a stream can.
const { createReadStream, mkdtempSync, openAsBlob, rmSync, writeFileSync } = require('node:fs')
const net = require('node:net')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { PassThrough, pipeline, Readable, Stream, Transform } = require('node:stream')
const { boom, soon } = require('./values.cjs')

async function* failsBefore() {
  await soon()
  throw boom('failed before the first chunk')
}

async function* failsMidway() {
  yield 'first '
  await soon()
  yield 'second '
  await soon()
  throw boom('failed midway')
}

/** As above, but behind something that holds back: it fails when bytes have been written to the socket. */
async function* failsOnceBegun(res) {
  yield 'first '
  while (!res.socket.bytesWritten) await soon()
  await soon()
  throw boom('failed midway')
}

function* failsMidwaySync() {
  yield 'first '
  yield 'second '
  throw boom('failed midway')
}

async function* failsInFinally() {
  try {
    yield 'first '
    await soon()
  } finally {
    throw boom('failed in finally')
  }
}

/** For ever, slowly; `cleanUp` runs when somebody gives up. */
async function* endless(cleanUp = () => {}) {
  try {
    for (;;) {
      yield 'tick '
      await soon()
    }
  } finally {
    cleanUp()
  }
}

async function* yieldsNumberFirst() {
  yield 42
}

async function* yieldsNumberLater() {
  yield 'first '
  await soon()
  yield 42
}

async function* good() {
  yield 'first '
  await soon()
  yield 'second '
}

function transform(options) {
  return new Transform({ transform: (chunk, encoding, done) => done(null, chunk), ...options })
}

/** A web stream of one good chunk, or of none, that then fails. */
function webStream(when) {
  let sent = false
  return new ReadableStream({
    async pull(controller) {
      await soon()
      if (when === 'before' || sent) throw boom('the web stream failed')
      sent = true
      controller.enqueue(new TextEncoder().encode('first '))
    },
  })
}

function temporaryFile(text) {
  const directory = mkdtempSync(join(tmpdir(), 'throwpoint-matrix-'))
  const file = join(directory, 'file.txt')
  writeFileSync(file, text)
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
  return file
}

const streams = {
  before: () => Readable.from(failsBefore()),
  midway: () => Readable.from(failsMidway()),
  'midway-sync': () => Readable.from(failsMidwaySync()),
  finally: () => Readable.from(failsInFinally()),
  flush: () => Readable.from(good()).pipe(transform({ flush: (done) => done(boom('failed in flush')) })),
  read() {
    let sent = false
    return new Readable({
      read() {
        if (sent) throw boom('failed in _read')
        sent = true
        setTimeout(() => this.push('first '), 2)
      },
    })
  },
  destroy() {
    const stream = new PassThrough()
    stream.write('first ')
    setTimeout(() => stream.destroy(boom('destroyed')), 8)
    return stream
  },
  compose: () =>
    Readable.from(good()).compose(async function* (source) {
      for await (const chunk of source) {
        yield chunk
        await soon()
        throw boom('failed in compose')
      }
    }),
  'from-web': () => Readable.fromWeb(webStream('midway')),
  legacy() {
    const stream = new Stream()
    stream.readable = true
    setTimeout(() => stream.emit('data', 'first '), 2)
    setTimeout(() => stream.emit('error', boom('a legacy stream failed')), 10)
    return stream
  },
  'number-first': () => Readable.from(yieldsNumberFirst()),
  'number-later': () => Readable.from(yieldsNumberLater()),
  'number-buffered': () =>
    new Readable({
      objectMode: true,
      read() {
        this.push(42)
        this.push(null)
      },
    }),
  'transform-throws': () =>
    Readable.from(good()).pipe(
      transform({
        transform() {
          throw boom('threw in _transform')
        },
      }),
    ),
  'transform-callback': () =>
    Readable.from(good()).pipe(
      transform({ transform: (chunk, encoding, done) => done(boom('failed in _transform')) }),
    ),
  'upstream-before': () => Readable.from(failsBefore()).pipe(transform()),
  'upstream-midway': () => Readable.from(failsMidway()).pipe(transform()),
  'upstream-logged'() {
    const source = Readable.from(failsMidway())
    source.on('error', () => {})
    return source.pipe(transform())
  },
  logged() {
    const source = Readable.from(failsMidway())
    source.on('error', () => {})
    return source
  },
  passthrough() {
    const through = new PassThrough()
    pipeline(failsMidway, through, () => {})
    return through
  },
  closed() {
    const stream = new PassThrough()
    stream.write('first ')
    setTimeout(() => stream.destroy(), 8)
    return stream
  },
  'missing-file': () => createReadStream(join(__dirname, 'there-is-no-such-file')),
  directory: () => createReadStream(__dirname),
}

/** A server that begins an answer and then closes the connection. */
function breakingServer() {
  const server = net.createServer((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst ')
      setTimeout(() => socket.destroy(), 20)
    })
    socket.on('error', () => {})
  })
  return server.listen(0, '127.0.0.1')
}

/** A Blob of a file that was changed after it was opened: reading it fails. */
async function changedBlob() {
  const file = temporaryFile('as it was')
  const blob = await openAsBlob(file)
  writeFileSync(file, 'something longer than it was')
  return blob
}

module.exports = {
  streams,
  failsBefore,
  failsMidway,
  failsMidwaySync,
  failsOnceBegun,
  good,
  endless,
  webStream,
  changedBlob,
  temporaryFile,
  breakingServer,
  transform,
}
