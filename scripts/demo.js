// Starts the example applications and prints what fails where. Works on a fresh clone.
//   npm run demo            all of them; the list is served as text on port 3000 (or PORT)
//   npm run demo -- koa     those whose name contains "koa"
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { end, root, running } from './command.js'
import { setup } from './setup.js'

/** An example application in a process of its own, started again when a failure of its has ended it. */
class Example {
  /** @type {string | undefined} where it listens */
  origin
  #child
  #starts = 0
  #port

  constructor(name, port) {
    this.name = name
    this.folder = join(root, 'examples', name)
    this.failures = JSON.parse(readFileSync(join(this.folder, 'failures.json'), 'utf8'))
    this.description = JSON.parse(readFileSync(join(this.folder, 'package.json'), 'utf8')).description
    this.#port = port
  }

  /** Fulfilled when it listens. */
  start() {
    return new Promise((resolve, reject) => {
      const windows = process.platform === 'win32'
      const child = spawn(windows ? 'npm.cmd' : 'npm', ['start', '--silent'], {
        cwd: this.folder,
        env: { ...process.env, PORT: String(this.#port) },
        // The reports go to stderr, and keep their colours there.
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: !windows,
        shell: windows,
      })
      this.#child = child
      running.add(child)
      this.#starts += 1
      const timer = setTimeout(() => {
        this.stop()
        reject(new Error(`${this.name} did not start within a minute`))
      }, 60_000)
      let text = ''
      let listening = false
      child.stdout.setEncoding('utf8').on('data', (chunk) => {
        if (listening) {
          process.stdout.write(chunk)
          return
        }
        text += chunk
        const url = /http:\/\/[^\s/]+/.exec(text)
        if (url === null) return
        clearTimeout(timer)
        this.origin = url[0]
        this.#port = new URL(this.origin).port
        listening = true
        resolve()
      })
      child.on('error', reject)
      child.on('exit', (code, signal) => {
        clearTimeout(timer)
        end(child)
        running.delete(child)
        this.#child = undefined
        if (!listening) reject(new Error(`${this.name} did not start (${signal ?? code})`))
        else void this.#startAgain(signal ?? `exit code ${code}`)
      })
    })
  }

  async #startAgain(why) {
    if (stopping) return
    if (this.#starts > 100) {
      console.log(`\ndemo: ${this.name} has ended (${why}) a hundred times, and stays down`)
      return
    }
    console.log(
      `\ndemo: ${this.name} has ended (${why}), as it would without Throwpoint; it is started again`,
    )
    try {
      await this.start()
    } catch (error) {
      console.log(`demo: ${error.message}`)
    }
  }

  stop() {
    if (this.#child !== undefined) end(this.#child)
  }

  /** URL → what fails → what you will see. */
  list() {
    const lines = [`${this.name}: ${this.description}`, '']
    for (const { method, url, boundary, fails, see, killsProcess } of this.failures) {
      const address = this.origin + url
      lines.push(
        method === 'GET' ? address : `curl -X ${method} '${address}'`,
        `  fails  ${boundary}: ${fails}`,
        `  see    ${see}${killsProcess ? ' (the process ends, and is started again)' : ''}`,
      )
    }
    return `${lines.join('\n')}\n`
  }
}

/** @type {Example[]} */
const examples = []
let stopping = false

function stop() {
  stopping = true
  for (const example of examples) example.stop()
}

/** As text: a page of links would be another origin, from which the error page is not shown. */
function serveList(text, port) {
  return new Promise((resolve) => {
    const server = createServer((req, res) => {
      res.setHeader('Content-Type', 'text/plain; charset=utf-8')
      res.end(text)
    })
    const listening = () => resolve(server.address().port)
    server.once('error', () => server.listen(0, 'localhost', listening))
    server.listen(port, 'localhost', listening)
  })
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, 'localhost', () => server.close(() => resolve(true)))
  })
}

async function demo() {
  await setup()
  const wanted = process.argv[2] ?? ''
  const names = readdirSync(join(root, 'examples')).filter((name) => {
    return name.includes(wanted) && existsSync(join(root, 'examples', name, 'failures.json'))
  })
  if (names.length === 0) throw new Error(`no example has "${wanted}" in its name`)
  const first = Number(process.env.PORT ?? 3000)
  for (const [index, name] of names.entries()) {
    const port = first + index + 1
    examples.push(new Example(name, first !== 0 && (await isFree(port)) ? port : 0))
  }
  await Promise.all(examples.map((example) => example.start()))
  const list = examples.map((example) => example.list()).join('\n')
  const port = await serveList(list, first)
  console.log(`\n${list}\nThe list is at http://localhost:${port}/ too. Ctrl-C ends the examples.\n`)
}

try {
  await demo()
} catch (error) {
  console.error(`demo: ${error.message}`)
  stop()
  process.exit(1)
}
