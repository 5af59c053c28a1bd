import { fork } from 'node:child_process'
import http from 'node:http'

const program = new URL('server.js', import.meta.url)

/** A server in a process of its own, and the client that loads it. */
export class BenchServer {
  #child
  #port
  #agent = new http.Agent({ keepAlive: true, maxSockets: 16 })

  /** @returns a server that listens, or one that says why it could not be started */
  static async start(framework, variant, node = process.execPath) {
    const server = new BenchServer()
    server.name = variant
    server.#child = fork(program, [framework, variant], {
      execPath: node,
      execArgv: ['--expose-gc'],
      // Without a terminal, whoever starts the benchmark.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let stderr = ''
    server.#child.stderr.on('data', (text) => (stderr = (stderr + text).slice(-2000)))
    server.#port = await new Promise((resolve, reject) => {
      server.#child.once('message', ({ port }) => resolve(port))
      server.#child.once('exit', (code) =>
        reject(new Error(`${framework} ${variant} exited with ${code}:\n${stderr}`)),
      )
    })
    return server
  }

  /** CPU time of the process so far in microseconds: user and system, all threads. */
  cpu() {
    return this.#ask('cpu')
  }

  /** Resident bytes after a garbage collection. */
  memory() {
    return this.#ask('memory')
  }

  /** A request that fails, and waits from now on until `letGo`. */
  async hold(path) {
    const held = this.#ask('hold')
    const answer = this.get(path)
    if ((await held).held === undefined) throw new Error(`${this.name} holds nothing`)
    return {
      letGo: async () => {
        const { released } = await this.#ask('let go')
        if (!released || (await answer).status !== 500) throw new Error(`${this.name} did not let it go`)
      },
    }
  }

  #ask(question) {
    this.#child.send(question)
    return new Promise((resolve) => this.#child.once('message', resolve))
  }

  /** One request, read to its end. @returns status, bytes of the body and milliseconds */
  get(path, headers = {}) {
    const started = performance.now()
    return new Promise((resolve, reject) => {
      const request = http.get(
        { port: this.#port, host: '127.0.0.1', path, headers, agent: this.#agent },
        (response) => {
          let bytes = 0
          response.on('data', (data) => (bytes += data.length))
          response.on('error', reject)
          response.on('end', () =>
            resolve({ status: response.statusCode, bytes, ms: performance.now() - started }),
          )
        },
      )
      request.on('error', reject)
    })
  }

  /** So many requests, 16 at a time, all of which must have this status. @returns CPU microseconds of the server for each */
  async burst(count, path, status = 200) {
    return (await this.load(count, path, status)).us
  }

  /** As `burst`. @returns for each request CPU microseconds of the server, and milliseconds that went by */
  async load(count, path, status = 200) {
    const started = performance.now()
    const before = await this.cpu()
    let left = count
    const worker = async () => {
      while (left-- > 0) {
        const answer = await this.get(typeof path === 'function' ? path(left) : path)
        if (answer.status !== status) throw new Error(`${this.name} answered ${answer.status}, not ${status}`)
      }
    }
    await Promise.all(Array.from({ length: 16 }, worker))
    const us = ((await this.cpu()) - before) / count
    return { us, ms: (performance.now() - started) / count }
  }

  stop() {
    this.#agent.destroy()
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    return gone
  }
}
