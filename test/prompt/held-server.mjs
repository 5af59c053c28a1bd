// A server that holds: GET /fail/:what waits until its hold is let go. The holds are plain objects; the prompt is the real one.
import { appendFileSync } from 'node:fs'
import cluster from 'node:cluster'
import { createServer } from 'node:http'

const { PORT_FILE, LOG, MODE = '' } = process.env
const log = (text) => LOG && appendFileSync(LOG, `${process.pid} ${text}\n`)
log(`start ${process.argv.slice(2).join(' ')}`)

const waiting = []
const watchers = []
const claims = new Set()
const tell = (event, ...args) => watchers.forEach((events) => events[event]?.(...args))
let count = 0
export const holds = {
  list: () => [...waiting],
  get: (number) => waiting.find((hold) => hold.number === number),
  watch: (events) => (watchers.push(events), () => {}),
  claim(where) {
    const claim = { where }
    claims.add(claim)
    log(`claim ${where}`)
    return () => claims.delete(claim)
  },
  get claimed() {
    return claims.size > 0
  },
  quit: (by) => holds.list().forEach((hold) => hold.release({ kind: 'continue' }, by)),
  resume() {},
}
function hold(what, url, goOn) {
  const held = {
    number: ++count,
    reason: 'exception',
    report: {
      error: { name: 'Error', message: what, isError: true },
      request: { method: 'GET', url },
      frames: [],
    },
    link: `http://localhost/__throwpoint/${what}`,
    since: performance.now(),
    deadline: what === 'brief' ? performance.now() + 2000 : undefined,
    clientLeft: false,
    counted: 0,
    released: undefined,
    can: () => true,
    release(release, by) {
      if (held.released) return false
      held.released = release
      waiting.splice(waiting.indexOf(held), 1)
      log(`release ${what} ${release.kind} ${by}`)
      setImmediate(() => goOn())
      tell('released', held, by)
      return true
    },
    extend(ms) {
      held.deadline += ms
      log(`extend ${what}`)
    },
  }
  waiting.push(held)
  tell('held', held)
  return held
}
function converse(held) {
  const what = held.report.error.message
  return {
    prompt: what,
    greet: () => ({ text: `GREETING ${what}`, data: null }),
    async execute(line, _view, signal) {
      log(`execute ${JSON.stringify(line)}`)
      if (/^\.?continue$/.test(line)) {
        held.release({ kind: 'continue' }, 'the terminal')
        return { text: `continued ${what}`, data: null, action: { kind: 'released' } }
      }
      if (line.startsWith('switch '))
        return { text: '', data: null, action: { kind: 'switch', hold: Number(line.slice(7)) } }
      if (line === 'exit') process.exit(3)
      if (line === 'crash')
        throw setImmediate(() => {
          throw new Error('crash')
        })
      if (line === 'abort') process.abort()
      if (line === 'hangup') process.kill(process.pid, 'SIGHUP')
      if (line === 'read') process.stdin.resume()
      if (line === 'wait') await new Promise((resolve) => signal.addEventListener('abort', resolve))
      return { text: `REPLY ${line}`, data: null }
    },
    isComplete: () => true,
    complete: async () => [],
  }
}

function serve() {
  const server = createServer((req, res) => {
    const [, route, what = ''] = req.url.split('/')
    if (route === 'fail' && claims.size > 0) {
      const held = hold(what, req.url, () => res.end(`failed ${what}`))
      req.on('close', () => {
        if (!held.released && req.socket.destroyed)
          tell('clientLeft', Object.assign(held, { clientLeft: true }))
      })
    } else if (route === 'release')
      res.end(String(holds.get(Number(what)).release({ kind: 'continue' }, 'attach 77')))
    else if (route === 'count') {
      const held = holds.get(Number(what))
      held.counted += 1
      tell('counted', held)
      res.end('counted')
    } else {
      if (route === 'log') console.log('APPLICATION LOG')
      res.end(`ok ${route}`)
    }
  })
  server.listen(0, () => {
    if (PORT_FILE) appendFileSync(PORT_FILE, `${process.pid} ${server.address().port}\n`)
    console.log('LISTENING')
  })
}

async function start() {
  if (MODE.includes('patched')) {
    // What loggers and log collectors do to the standard streams.
    const write = process.stdout.write.bind(process.stdout)
    process.stdout.write = (text, ...rest) => write(`{"log":${JSON.stringify(String(text))}}\n`, ...rest)
    console.log = (...args) => process.stdout.write(args.join(' '))
    process.stderr.write = process.stdout.write
  }
  if (MODE.includes('reads')) {
    const readline = await import('node:readline')
    readline.createInterface({ input: process.stdin }).on('line', (line) => log(`application ${line}`))
  }
  const core = new URL('../../packages/core/dist/', import.meta.url)
  const { Runtime } = await import(new URL('index.js', core))
  const { startPrompt } = await import(new URL('prompt/start-prompt.js', core))
  startPrompt({ holds, terminal: Runtime.shared().terminal, subject: () => undefined }, converse)
  serve()
}

if (MODE.includes('cluster') && cluster.isPrimary) {
  cluster.fork()
  cluster.fork()
} else await start()
