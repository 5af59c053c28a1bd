import { execFile, fork } from 'node:child_process'
import http from 'node:http'
import { promisify } from 'node:util'

export const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]

/** Runs a program that prints one line of JSON. */
export async function printed(node, args, environment) {
  const { stdout } = await promisify(execFile)(node, args, {
    env: { ...process.env, NODE_ENV: 'development', NODE_OPTIONS: '', ...environment },
    timeout: 300_000,
  })
  return JSON.parse(stdout)
}

/** A process that answers questions with CPU microseconds. */
export class Program {
  #child
  #agent = new http.Agent({ keepAlive: true, maxSockets: 16 })
  #port

  static async start(node, execArgv, program, args = [], environment = {}) {
    const started = new Program()
    started.#child = fork(program, args, {
      execPath: node,
      execArgv,
      env: { ...process.env, NODE_ENV: 'development', NODE_OPTIONS: '', ...environment },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const first = await started.#answer()
    started.#port = first.port
    return started
  }

  #answer() {
    return new Promise((resolve, reject) => {
      this.#child.once('message', resolve)
      this.#child.once('exit', (code) => reject(new Error(`a program of the benchmark ended with ${code}`)))
    })
  }

  ask(question) {
    this.#child.removeAllListeners('exit')
    const answer = this.#answer()
    this.#child.send(question)
    return answer
  }

  /** So many requests, 16 at a time. @returns CPU microseconds of the server for each */
  async requests(count, path) {
    const before = await this.ask('cpu')
    let left = count
    const worker = async () => {
      while (left-- > 0) await this.#get(path)
    }
    await Promise.all(Array.from({ length: 16 }, worker))
    return ((await this.ask('cpu')) - before) / count
  }

  #get(path) {
    return new Promise((resolve, reject) => {
      http
        .get({ port: this.#port, host: '127.0.0.1', path, agent: this.#agent }, (response) => {
          if (response.statusCode !== 200) reject(new Error(`answered ${response.statusCode}`))
          response.on('error', reject).on('end', resolve).resume()
        })
        .on('error', reject)
    })
  }

  stop() {
    this.#agent.destroy()
    this.#child.removeAllListeners('exit')
    this.#child.kill('SIGKILL')
  }
}

/**
 * Lets variants take turns, in an order that changes, so that a machine whose speed drifts moves them all.
 *
 * @param variants - name to a function that gives a number; the first is what the others are compared with
 * @returns name to its median and the median of its ratios to the first one in the same round
 */
export async function takeTurns(variants, rounds, warmUp = 2) {
  const names = Object.keys(variants)
  const values = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = -warmUp; round < rounds; round++) {
    const order = round % 2 === 0 ? names : names.toReversed()
    for (const name of order) {
      const value = await variants[name]()
      if (round >= 0) values[name].push(value)
    }
  }
  const [base] = names
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        value: median(values[name]),
        ratio: median(values[name].map((value, index) => value / values[base][index])),
      },
    ]),
  )
}
